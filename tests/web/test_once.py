"""The one-time page over real HTTP: what it answers, what it refuses, what it never says."""

import re
from collections.abc import AsyncIterator, Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.playground.coze.platform import CozePlatform
from bot.services.secret_store import SecretStore
from bot.store.tables import link, secret
from bot.texts.catalogue import catalogues
from bot.texts.locale import Locale
from bot.web.endpoints import create_app
from bot.web.once import LARGEST, OncePage
from tests.secret_stores import World, told
from tests.serving import coze_platform, serving

CANARY = "-----BEGIN PUBLIC KEY-----\ncAnArY0123456789\n-----END PUBLIC KEY-----"


class Site:
    """The page served, and a browser."""

    def __init__(
        self, world: World, secret_store: SecretStore, part: str, http: httpx.AsyncClient, origin: str
    ) -> None:
        self.world, self.secret_store, self.part, self.http, self.origin = world, secret_store, part, http, origin

    async def opens(self) -> str:
        """Opens the page; its hidden field."""
        found = re.search(r'name="form" value="([^"]+)"', (await self.http.get(f"/once/{self.part}")).text)
        assert found is not None
        return found[1]

    async def sends(self, value: str, form: str, part: str = "", **headers: str) -> httpx.Response:
        """Sends the form."""
        headers = {"origin": self.origin, **headers}
        return await self.http.post(
            f"/once/{part or self.part}", data={"form": form, "value": value}, headers=headers
        )

    async def untouched(self) -> bool:
        """Nothing was taken, nothing spent."""
        states = [row["tries"] for row in await self.world.rows(link)]
        return states == [0] and await self.world.rows(secret) == []


def ready() -> dict[str, bool | str]:
    """Always."""
    return {}


class Front:
    """Serves what is there only once its address is known."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def platform() -> Iterator[CozePlatform]:
    """One platform for all tests: its RSA keys take time to make."""
    platform = coze_platform()
    yield platform
    platform.close()


@pytest.fixture
async def site(tmp_path: Path, platform: CozePlatform) -> AsyncIterator[Site]:
    """A page for mei's key, over plain http as in the playground."""
    front = Front()
    async with told("sqlite", tmp_path, platform) as world, serving(front) as url:
        secret_store, part = await world.page_for(world.key)
        front.app = create_app(ready, once=OncePage(secret_store, url, "zh"))
        async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
            yield Site(world, secret_store, part, http, url)


async def test_the_page_and_its_headers(site: Site) -> None:
    answer = await site.http.get(f"/once/{site.part}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    for rule in ("form-action 'self'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script|<link|src=|https?://", answer.text), "nothing of anybody else's, and no script"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert '<html lang="zh-CN"' in answer.text


async def test_over_https_the_cookie_is_bound_to_the_host(site: Site) -> None:
    secure = create_app(ready, once=OncePage(site.secret_store, "https://bot.example", "zh"))
    async with serving(secure) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        answer = await http.get(f"/once/{site.part}")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-once=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_what_is_entered_is_taken_once_and_never_shown(site: Site) -> None:
    pem = site.world.pem.get_secret_value()
    answer = await site.sends(pem, await site.opens())
    assert answer.status_code == 200
    assert len(await site.world.rows(secret)) == 1
    assert not any(each in answer.text for each in pem.splitlines())
    assert "小美" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_what_is_no_use_is_named_and_not_shown(site: Site) -> None:
    answer = await site.sends(CANARY, await site.opens())
    assert answer.status_code == 422
    assert "这是公钥" in answer.text
    assert "cAnArY" not in answer.text
    assert "<form" not in answer.text


async def test_unknown_used_and_run_out_answer_alike(site: Site) -> None:
    form = await site.opens()
    unknown = await site.http.get(f"/once/{'x' * 43}")
    posted = await site.sends(CANARY, form, part="x" * 43)
    await site.sends(site.world.pem.get_secret_value(), form)
    used = await site.http.get(f"/once/{site.part}")
    for answer in (used, posted, await site.http.get("/once/a"), await site.http.get("/once/%00%0a")):
        assert (answer.status_code, answer.text) == (404, unknown.text)
        same = {name: value for name, value in answer.headers.items() if name != "date"}
        assert same == {name: value for name, value in unknown.headers.items() if name != "date"}
    english = await site.http.get("/once/a", headers={"accept-language": "en-GB,en;q=0.9"})
    assert "doesn't work any more" in unescape(english.text)


@pytest.mark.parametrize("language", catalogues())
async def test_a_page_about_nobody_is_in_the_browsers_language(site: Site, language: str) -> None:
    answer = await site.http.get("/once/a", headers={"accept-language": f"{language}, xx;q=0.5"})
    assert f'<html lang="{catalogues()[language].html_lang}"' in answer.text
    assert Locale(language, "UTC")._("This link doesn't work any more") in unescape(answer.text)


async def test_a_browser_that_keeps_the_address_to_itself(site: Site) -> None:
    """`no-referrer` makes the form's origin "null": then the browser's own word counts, and nobody else's."""
    form = await site.opens()
    for elsewhere in ("cross-site", "same-site", "none", ""):
        answer = await site.sends(CANARY, form, origin="null", **{"sec-fetch-site": elsewhere})
        assert answer.status_code == 403
    assert await site.untouched()
    answer = await site.sends(
        site.world.pem.get_secret_value(), form, origin="null", **{"sec-fetch-site": "same-origin"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("wrong", ["origin", "no origin", "hidden", "no cookie", "another site's cookie"])
async def test_only_our_own_page_may_send_it(site: Site, wrong: str) -> None:
    form = await site.opens()
    headers = {}
    if wrong == "origin":
        headers = {"origin": "https://evil.example"}
    elif wrong == "no origin":
        headers = {"origin": ""}
    elif wrong == "hidden":
        form = "x" * 43
    else:
        site.http.cookies.clear()
        if wrong == "another site's cookie":
            site.http.cookies.set("once", "x" * 43)
    answer = await site.sends(CANARY, form, **headers)
    assert answer.status_code == 403
    assert await site.untouched()
    assert "cAnArY" not in answer.text


async def test_what_is_too_large_or_no_form(site: Site) -> None:
    form = await site.opens()
    assert (await site.sends("x" * LARGEST, form)).status_code == 413
    for body in (b"\xff\xfe", b"a&" * 100, b""):
        answer = await site.http.post(f"/once/{site.part}", content=body, headers={"origin": site.origin})
        assert answer.status_code in (400, 403)
    assert (await site.http.put(f"/once/{site.part}")).status_code == 405
    assert await site.untouched()


async def test_a_preview_spends_nothing(site: Site) -> None:
    for method in ("GET", "HEAD", "GET"):
        assert (await site.http.request(method, f"/once/{site.part}")).status_code == 200
    assert await site.untouched()
