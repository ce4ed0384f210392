"""Signing in as the bot's client does it: the answer's words decide, whatever the HTTP status."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.clock import utc_now
from bot.coze import errors, oauth
from bot.coze.answers import DeviceCode, TokenPair
from bot.coze.client import CozeClient
from bot.coze.site import is_coze_page
from bot.playground.coze.platform import CozePlatform
from tests.serving import serving

Facts = dict[str, Any]


@pytest.fixture(params=[400, 200])
async def app(coze: CozePlatform, facts: Facts, request: pytest.FixtureRequest) -> str:
    """The client ID of an app to sign in to, at a Coze that shows refusals in the HTTP status, or does not."""
    await coze.act("settings", {"sign_in_status": request.param, "sign_in_interval": 0})
    return str(facts["sign_in"]["client_id"])


async def signed_in(coze: CozePlatform, client: CozeClient, app: str, who: str = "mei") -> TokenPair:
    code = await oauth.device_code(client, app)
    assert (await coze.act("sign_in", {"name": who, "user_code": code.user_code, "approve": True}))["ok"]
    return await oauth.redeem(client, app, code.value)


async def test_a_yes(coze: CozePlatform, client: CozeClient, app: str, facts: Facts) -> None:
    code = await oauth.device_code(client, app)
    assert (code.life, code.interval) == (300, 0)
    assert is_coze_page(code.page, client.base_url)
    with pytest.raises(errors.NotYet):
        await oauth.redeem(client, app, code.value)
    await coze.act("sign_in", {"name": "mei", "user_code": code.user_code, "approve": True})
    pair = await oauth.redeem(client, app, code.value)
    assert (await client.me(pair.access)).user_id == facts["users"]["mei"]
    assert timedelta(minutes=14) < pair.expires_at - utc_now() < timedelta(minutes=16)
    with pytest.raises(errors.SignedOut) as used:
        await oauth.redeem(client, app, code.value)
    for secret in (code.value, pair.access, pair.refresh):
        assert secret.get_secret_value() not in f"{used.value!r} {used.value} {pair!r} {code!r}"


async def test_a_no_too_often_and_too_late(coze: CozePlatform, client: CozeClient, app: str) -> None:
    code = await oauth.device_code(client, app)
    await coze.act("settings", {"sign_in_interval": 60})
    with pytest.raises(errors.NotYet) as first:
        await oauth.redeem(client, app, code.value)
    assert type(first.value) is errors.NotYet, "the first question is never too soon"
    with pytest.raises(errors.SlowDown):
        await oauth.redeem(client, app, code.value)
    await coze.act("settings", {"sign_in_interval": 0})
    await coze.act("sign_in", {"name": "mei", "user_code": code.user_code, "approve": False})
    with pytest.raises(errors.Declined):
        await oauth.redeem(client, app, code.value)
    late = await oauth.device_code(client, app)
    coze.state.sign_ins.open(coze.state.now())[-1].ends_at = 0
    with pytest.raises(errors.CodeExpired):
        await oauth.redeem(client, app, late.value)


async def test_a_refresh_token_is_good_once(coze: CozePlatform, client: CozeClient, app: str) -> None:
    first = await signed_in(coze, client, app)
    tries = [oauth.refresh(client, app, first.refresh) for _ in range(8)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    (second,) = [each for each in answers if isinstance(each, TokenPair)]
    assert [type(each) for each in answers if not isinstance(each, TokenPair)] == [errors.SignedOut] * 7
    assert second.refresh != first.refresh
    await client.me((await oauth.refresh(client, app, second.refresh)).access)


async def test_an_app_that_is_off_or_unknown(coze: CozePlatform, client: CozeClient, app: str) -> None:
    for client_id in ("1.app.coze", str(coze.ready()["jwt_app"]["client_id"])):
        with pytest.raises(errors.NotAuthorised):
            await oauth.device_code(client, client_id)
    await coze.act("oauth_app", {"name": "owner", "client_id": app, "enabled": False})
    with pytest.raises(errors.NotAuthorised) as caught:
        await oauth.device_code(client, app)
    assert caught.value.kind == "disabled"


@asynccontextmanager
async def answering(http: httpx.AsyncClient, body: Any, status: int = 200) -> AsyncIterator[CozeClient]:
    """A client of a Coze that answers this to everything."""

    async def answer(_: object) -> JSONResponse:
        return JSONResponse(body, status)

    site = Starlette(routes=[Route("/{path:path}", answer, methods=["POST"])])
    async with serving(site) as url:
        yield CozeClient(url, http, playground=True)


PAIR = {"access_token": "czu_a", "refresh_token": "r", "expires_in": 2_000_000_000}


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"error": "authorization_pending"}, 200, errors.NotYet),
        ({"error_code": "slow_down", "error_message": ""}, 429, errors.SlowDown),
        ({"error_code": "", "error": "access_denied"}, 401, errors.Declined),
        ({"error_code": "internal_error"}, 200, errors.CozeUnreachable),
        ({"error_code": "new_word"}, 400, errors.Unknown),
        ({"error_code": "new_word"}, 500, errors.CozeUnreachable),
        ({"code": 0, "data": PAIR}, 200, errors.CozeUnreachable),
        ({}, 429, errors.RateLimited),
        ({}, 200, errors.CozeUnreachable),
        (PAIR | {"refresh_token": ""}, 200, errors.CozeUnreachable),
        (PAIR | {"expires_in": "soon"}, 200, errors.CozeUnreachable),
    ],
)
async def test_a_body_without_a_token_is_no_success(
    http: httpx.AsyncClient, body: Any, status: int, error: type[errors.CozeError]
) -> None:
    async with answering(http, body, status) as client:
        with pytest.raises(errors.CozeError) as caught:
            await oauth.redeem(client, "1", SecretStr("canary-7742"))
        assert type(caught.value) is error
        assert "canary-7742" not in f"{caught.value!r} {caught.value}"


async def test_a_body_with_a_token_is_one(http: httpx.AsyncClient) -> None:
    async with answering(http, PAIR, 500) as client:
        assert (await oauth.redeem(client, "1", SecretStr("x"))).refresh.get_secret_value() == "r"


CODE = {"device_code": "d", "user_code": 1234, "verification_uri": "https://www.coze.cn/x", "expires_in": 1800}


async def test_a_code_of_digits_and_no_interval(http: httpx.AsyncClient) -> None:
    async with answering(http, CODE) as client:
        code: DeviceCode = await oauth.device_code(client, "1")
    assert (code.user_code, code.life, code.interval) == ("1234", 1800, 5)


async def test_nobody_is_sent_to_another_site(http: httpx.AsyncClient) -> None:
    async with answering(http, CODE | {"verification_uri": "https://coze.cn.evil.example/x"}) as client:
        with pytest.raises(errors.CozeUnreachable):
            await oauth.device_code(client, "1")


@pytest.mark.parametrize(
    ("page", "fine"),
    [
        ("https://www.coze.cn/open/oauth/device", True),
        ("https://coze.com/device", True),
        ("http://www.coze.cn/device", False),
        ("https://www.coze.cn@evil.example/", False),
        ("https://user:word@www.coze.cn/", False),
        ("https://www.coze.cn:8443/", False),
        ("https://notcoze.cn/", False),
        ("https://[::1/", False),
        ("javascript:alert(1)", False),
        ("http://127.0.0.1:9/device", False),
    ],
)
def test_which_pages_are_cozes(page: str, *, fine: bool) -> None:
    assert is_coze_page(page, "https://api.coze.cn") is fine


def test_beside_an_api_on_this_machine() -> None:
    assert is_coze_page("http://127.0.0.1:8/oauth2/device", "http://127.0.0.1:8")
    assert not is_coze_page("http://127.0.0.1:9/oauth2/device", "http://127.0.0.1:8")
