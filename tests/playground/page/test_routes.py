"""The page over HTTP: what it promises the browser, and that only the page itself may act."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.playground.server import Playground


@pytest.fixture
async def http(playground: Playground) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a screen."""
    async with httpx.AsyncClient(base_url=playground.url, trust_env=False, timeout=5) as client:
        yield client


async def test_everything_the_page_names_is_there_and_local(http: httpx.AsyncClient) -> None:
    page = await http.get("/")
    assert "script-src 'self'; style-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert " style=" not in page.text
    assert "<style" not in page.text
    assert " onclick=" not in page.text
    named = re.findall(r'(?:src|href)="(/page/static/[^"]+)"', page.text)
    assert {"/page/static/htmx.min.js", "/page/static/page.css"} <= set(named)
    for path in [*named, "/favicon.ico"]:
        assert (await http.get(path)).status_code == 200, path
    assert not re.findall(r'(?:src|href|action|hx-\w+)="https?:', page.text)


@pytest.mark.parametrize(
    ("query", "lang", "word"), [("?lang=zh", "zh-CN", "演练场"), ("?lang=en", "en", "Playground")]
)
async def test_the_frame_speaks_the_chosen_language(
    http: httpx.AsyncClient, query: str, lang: str, word: str
) -> None:
    page = await http.get(f"/{query}")
    assert f'<html lang="{lang}"' in page.text
    assert f"<title>{word}</title>" in page.text


async def test_another_site_can_do_nothing(http: httpx.AsyncClient, playground: Playground) -> None:
    before = playground.clock.offset
    for path in ("/page/clock", "/page/reset", "/page/coze", "/page/1/say"):
        answer = await http.post(path, data={"advance": "3600", "text": "hi", "path": "token"})
        assert answer.status_code == 403
    assert playground.clock.offset == before


@pytest.mark.parametrize(
    "query", ["left=nobody:nowhere", "right=:", "left=mei:home&right=stranger:admins", "hit=x&panel=inspector"]
)
async def test_a_strange_address_shows_a_page(http: httpx.AsyncClient, query: str) -> None:
    assert (await http.get(f"/?{query}")).status_code == 200


async def test_strange_presses_are_answered_not_crashed(http: httpx.AsyncClient) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://127.0.0.1/?lang=en"}
    for path in ("click", "ask", "submit", "close", "hide", "toast", "again", "shortcut", "say"):
        answer = await http.post(f"/page/1/{path}", headers=headers, data={"at": "1.2", "block": "x"})
        assert answer.status_code == 200, path
    assert (await http.post("/page/clock", headers=headers, data={"advance": "-5"})).status_code == 200
    assert (await http.post("/page/fault", headers=headers, data={"fault": "coze:nonsense"})).status_code == 200


async def test_a_change_reaches_the_page_at_once(http: httpx.AsyncClient, playground: Playground) -> None:
    async with http.stream("GET", "/page/events") as stream:
        lines = stream.aiter_lines()

        async def changed() -> None:
            async for line in lines:
                if line == "event: changed":
                    return

        await asyncio.wait_for(changed(), 2)
        await playground.human.say("mei", "hello")
        await asyncio.wait_for(changed(), 0.5)


async def test_only_what_changed_is_sent(http: httpx.AsyncClient, playground: Playground) -> None:
    page = (await http.get("/?lang=en")).text
    known = ";".join(f"{name}={digest}" for name, digest in re.findall(r'id="([^"]+)" data-v="(\w+)"', page))
    headers = {"HX-Request": "true", "HX-Current-URL": f"{playground.url}?lang=en", "X-Parts": known}
    assert (await http.get("/page/parts", headers=headers)).text == ""
    await playground.human.say("lin", "*hi*", "admins")
    update = (await http.get("/page/parts", headers=headers)).text
    assert "<b>hi</b>" in update
    assert 'id="body-2"' in update
    assert "composer-2" not in update
    assert "desk-1" not in update


async def test_faults_are_armed_and_cleared(http: httpx.AsyncClient, playground: Playground) -> None:
    headers = {"HX-Request": "true"}
    await http.post("/page/fault", headers=headers, data={"fault": "coze:slow"})
    assert [one["kind"] for one in playground.world.faults["coze"].active] == ["slow"]
    await http.post("/page/fault", headers=headers, data={"fault": "slack:rate_limited"})
    assert playground.world.faults["coze"].active == []
    assert [one["kind"] for one in playground.world.faults["slack"].active] == ["rate_limited"]
    await http.post("/page/fault", headers=headers, data={"fault": ""})
    assert playground.world.faults["slack"].active == []


async def test_a_scenario_starts_anew(http: httpx.AsyncClient, playground: Playground) -> None:
    await playground.human.say("mei", "forget me")
    answer = await http.post("/page/reset", headers={"HX-Request": "true"}, data={"seed": "newcomer"})
    assert answer.status_code == 200
    assert "forget me" not in (await http.get("/")).text


async def test_an_open_page_does_not_hold_up_the_end(
    playground: Playground, caplog: pytest.LogCaptureFixture
) -> None:
    async with httpx.AsyncClient(base_url=playground.url, trust_env=False) as client:
        stream = client.stream("GET", "/page/events")
        response = await stream.__aenter__()
        assert response.status_code == 200
        await asyncio.wait_for(playground.stop(), 4)
        await asyncio.sleep(0.05)  # nothing happens: this can only be too short to show anything, never wrong
    assert [record.getMessage() for record in caplog.records if record.levelname in ("ERROR", "WARNING")] == []
