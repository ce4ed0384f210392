"""A playground about somebody else's app: nothing is handed in but a manifest."""

import re
from collections.abc import AsyncIterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.playground import server
from bot.playground.coze.human import ACTS
from bot.playground.server import Options, Playground, serve
from bot.playground.setup import Setup
from bot.playground.world.faults import KINDS

from .conftest import MANIFEST, Connect

README = (Path(server.__file__).parent / "README.md").read_text("utf-8")


@pytest.fixture
async def plain() -> AsyncIterator[Playground]:
    """Ada, Bo and the app."""
    playground = await serve(Options(), Setup(MANIFEST))
    yield playground
    await playground.stop()


@pytest.fixture
async def http(plain: Playground) -> AsyncIterator[httpx.AsyncClient]:
    """The human side and the page."""
    async with httpx.AsyncClient(base_url=plain.url, trust_env=False, timeout=10) as client:
        yield client


async def test_an_app_of_ones_own_is_served(plain: Playground, http: httpx.AsyncClient, connect: Connect) -> None:
    """People, channels, a page, a ready file; the app answers."""

    def listeners(app: Any) -> None:
        @app.command("/echo")  # type: ignore[untyped-decorator]
        async def echo(ack: Any, command: Any) -> None:
            await ack(text=command["text"])

    await connect(plain, "socket", listeners)
    assert (await http.post("human/command", json={"who": "ada", "text": "/echo hello"})).json()["status"] == 200
    seen = (await http.get("human/screen", params={"who": "ada"})).json()
    assert [message["text"] for message in seen["dm"]] == ["hello"]
    for panel in ("", "coze", "inspector"):
        page = await http.get("/", params={"panel": panel, "lang": "en"})
        assert page.status_code == 200
        assert "Ada" in page.text
    ready = plain.ready()
    assert (ready["env"], ready["slack"]["users"]) == ({}, {"ada": "U0ADA", "bo": "U0BO"})
    assert (await http.post("human/reset", json={})).json() == {"ok": True, "seed": "newcomer"}


async def test_what_was_not_handed_in_is_not_there(http: httpx.AsyncClient) -> None:
    """No story to export, nobody on Coze: said in words, never a 500."""
    assert (await http.get("human/story")).status_code == 404
    assert "inspector-story" not in (await http.get("/", params={"panel": "inspector"})).text
    for act in ACTS:
        assert (await http.post(f"human/coze/{act}", json={})).status_code == 200, act
    assert (await http.get("human/coze/actions")).json() == {"ok": True, "actions": []}


def test_the_readme_names_every_failure_and_every_part_of_a_setup() -> None:
    said = re.search(r"^Failures of `slack`: (.*?)\. Of `coze`: (.*?)\.$", README, re.M | re.S)
    assert said
    named = [[word.strip() for word in each.split(",")] for each in said.groups()]
    assert named == [[str(kind) for kind in KINDS[side]] for side in ("slack", "coze")]
    assert {field.name for field in fields(Setup)} <= set(re.findall(r"\w+", README))


def test_the_readmes_program_is_right() -> None:
    (program,) = re.findall(r"```python\n(.*?)```", README, re.S)
    names: dict[str, Any] = {}
    exec(program.replace("asyncio.run(", "coroutine = ("), names)  # noqa: S102 (our own text)
    names["coroutine"].close()
