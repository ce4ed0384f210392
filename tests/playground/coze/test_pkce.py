"""Signing in with a browser: the link with its challenge, the way back with a code, the tokens for it."""

import asyncio
import base64
import hashlib
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.playground.coze.platform import CozePlatform
from bot.playground.world.clock import SimulatedClock

from .conftest import Ask
from .test_sign_in import ROOT, Device, Facts, invalid, refused

VERIFIER = "a-verifier-of-forty-three-characters-or-more"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


class Browser(Device):
    """A browser in front of the seeded app, which keeps no cookies."""

    def __init__(self, http: httpx.AsyncClient, client_id: str, redirect_uri: str) -> None:
        super().__init__(http, client_id)
        self.redirect_uri = redirect_uri

    async def visit(self, space: str = "", **changes: str | None) -> httpx.Response:
        """The link, as clients make it; None takes a parameter away."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "state": "a b&c=d/é",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        given = {name: value for name, value in query.items() if value is not None}
        return await self.http.get(f"{ROOT}{space}/authorize", params=given)

    async def key(self, **changes: str | None) -> str:
        """The authorize_key of a new request."""
        answer = await self.visit("", **changes)
        assert answer.status_code == 302, answer.text
        target = httpx.URL(answer.headers["location"])
        assert target.path == "/oauth2/authorize"
        return str(target.params["authorize_key"])

    async def redeem(self, code: str, **changes: str) -> httpx.Response:
        """Tokens for a code."""
        body = {"code": code, "redirect_uri": self.redirect_uri, "code_verifier": VERIFIER, **changes}
        return await self.post("/token", grant_type="authorization_code", **body)


@pytest.fixture
async def browser(http: httpx.AsyncClient, facts: Facts) -> Browser:
    """See `Browser`."""
    app = facts["sign_in"]["pkce"]
    return Browser(http, app["client_id"], app["redirect_url"])


async def answered(coze: CozePlatform, browser: Browser, *, approve: bool = True, **changes: str) -> httpx.URL:
    """Where the browser goes after somebody's answer."""
    key = await browser.key(**changes)
    answer = await coze.act("sign_in", {"name": "tom", "authorize_key": key, "approve": approve})
    assert set(answer) == {"ok", "redirect_url"}, answer
    return httpx.URL(answer["redirect_url"])


@pytest.mark.parametrize("method", ["S256", "plain", None])
async def test_yes(coze: CozePlatform, browser: Browser, ask: Ask, method: str | None) -> None:
    """With either challenge; plain is meant where nothing is said."""
    changes: dict[str, Any] = {"code_challenge_method": method}
    key = await browser.key(code_challenge=CHALLENGE if method == "S256" else VERIFIER, **changes)
    answer = await coze.act("sign_in", {"name": "tom", "authorize_key": key, "approve": True})
    back = httpx.URL(answer["redirect_url"])
    assert str(back).startswith(f"{browser.redirect_uri}?")
    assert back.params["state"] == "a b&c=d/é"
    assert back.params["code"].startswith("code_")
    pair = (await browser.redeem(back.params["code"])).json()
    assert set(pair) == {"access_token", "expires_in", "refresh_token"}
    assert (await ask("GET", "/v1/users/me", token=pair["access_token"]))[1]["data"]["user_name"] == "tom"
    assert (await browser.refresh(pair["refresh_token"])).status_code == 200


async def test_no(coze: CozePlatform, browser: Browser) -> None:
    back = await answered(coze, browser, approve=False)
    assert dict(back.params) == {"error": "access_denied", "state": "a b&c=d/é"}


async def test_an_empty_state_comes_back_empty(coze: CozePlatform, browser: Browser) -> None:
    """Both of Coze's own clients send one unless they are told otherwise."""
    assert (await answered(coze, browser, state="")).params["state"] == ""


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"response_type": "token"}, "response_type"),
        ({"response_type": None}, "response_type"),
        ({"client_id": None}, "client_id"),
        ({"redirect_uri": None}, "redirect_uri"),
        ({"redirect_uri": "http://localhost:8080/callback/"}, "redirect_uri"),
        ({"redirect_uri": "https://evil.example/"}, "redirect_uri"),
        ({"state": None}, "state"),
        ({"code_challenge": None}, "code_challenge"),
        ({"code_challenge": ""}, "code_challenge"),
        ({"code_challenge_method": "s256"}, "code_challenge_method"),
    ],
)
async def test_a_link_that_is_no_good(browser: Browser, changes: dict[str, str | None], parameter: str) -> None:
    """The browser is sent nowhere."""
    assert invalid(await browser.visit("", **changes)) == parameter


async def test_a_link_of_another_app(browser: Browser, facts: Facts) -> None:
    assert refused(await browser.visit(client_id="1"), 401) == "invalid_client"
    assert refused(await browser.visit(client_id=facts["sign_in"]["client_id"])) == "access_deny"
    assert refused(await browser.visit(f"/workspace_id/{facts['workspace_id']}")) == "access_deny"


async def test_a_code_is_for_who_asked(coze: CozePlatform, browser: Browser, facts: Facts) -> None:
    """What does not fit is named, and does not spend the code; its use does."""
    code = (await answered(coze, browser)).params["code"]
    assert invalid(await browser.redeem(code, code_verifier=VERIFIER[1:])) == "code_verifier"
    assert invalid(await browser.redeem(code, code_verifier="")) == "code_verifier"
    assert invalid(await browser.redeem(code, redirect_uri="http://localhost:8080/")) == "redirect_uri"
    assert invalid(await browser.redeem("code_x")) == "code"
    device = facts["sign_in"]["client_id"]
    assert refused(await browser.redeem(code, client_id=device)) == "access_deny"
    assert (await browser.redeem(code)).status_code == 200
    assert invalid(await browser.redeem(code)) == "code"


async def test_exactly_one_of_many_gets_tokens(coze: CozePlatform, browser: Browser) -> None:
    code = (await answered(coze, browser)).params["code"]
    answers = await asyncio.gather(*(browser.redeem(code) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7


async def test_too_late(coze: CozePlatform, browser: Browser, clock: SimulatedClock) -> None:
    """For the answer, and for fetching the tokens: five minutes each."""
    key, code = await browser.key(), (await answered(coze, browser)).params["code"]
    clock.advance(timedelta(minutes=5))
    assert invalid(await browser.redeem(code)) == "code"
    assert not (await coze.act("sign_in", {"name": "tom", "authorize_key": key, "approve": True}))["ok"]


@pytest.mark.parametrize("url", ["https://a.example/back", "http://localhost:1/", "http://127.0.0.1:1/x?y=z"])
async def test_where_an_app_may_send_browsers(coze: CozePlatform, browser: Browser, url: str) -> None:
    made = await coze.act("oauth_app", {"name": "tom", "kind": "pkce", "redirect_urls": [url]})
    browser.client_id, browser.redirect_uri = made["client_id"], url
    back = await answered(coze, browser)
    assert str(back).startswith(url)
    assert (await browser.redeem(back.params["code"])).status_code == 200


@pytest.mark.parametrize(
    "urls", [[], None, "x", ["http://a.example/"], ["ftp://localhost/"], ["https://a.example/"] * 4]
)
async def test_where_no_app_may_send_browsers(coze: CozePlatform, urls: Any) -> None:
    assert not (await coze.act("oauth_app", {"name": "tom", "kind": "pkce", "redirect_urls": urls}))["ok"]
