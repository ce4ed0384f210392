"""A Slack that does not answer as itself is away, whatever comes instead: a page, half an object, nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import SystemClock
from bot.core.errors import StartError, Unreachable
from bot.network import Network
from bot.slack import connection
from bot.slack.connection import Connection, Identity, SlackTime, call, handshake, refusal, told
from bot.slack.socket import Socket

PAGE = "<!doctype html><title>503</title>"
ODD = {
    "a page": (200, "text/html", PAGE),
    "a page with 503": (503, "text/html", PAGE),
    "a page with 404": (404, "text/html", PAGE),
    "half an object": (200, "application/json", '{"ok": tr'),
    "half an object with 503": (503, "application/json", '{"ok"'),
    "a list": (200, "application/json", "[]"),
    "null": (200, "application/json", "null"),
    "nothing": (200, "application/json", ""),
    "a text": (200, "application/json", '"ok"'),
    "a number": (200, "application/json", "1"),
    "bytes of another encoding": (200, "application/json", "UTF-16"),
    "words": (404, "text/plain", "nope"),
    "no without a word": (404, "application/json", '{"ok": false}'),
    "neither yes nor no": (200, "application/json", '{"ok": "yes"}'),
    "another code than a word": (200, "application/json", '{"ok": false, "error": 7}'),
}
FINE = (200, "application/json", json.dumps({"ok": True, "team_id": "T1", "bot_id": "B1", "user_id": "U1"}))

Serve = Callable[..., Awaitable[AsyncWebClient]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """A client of a Slack that gives these answers, one after the other, the last one for ever."""
    runners: list[web.AppRunner] = []
    session = aiohttp.ClientSession()

    async def begin(*answers: tuple[int, str, str]) -> AsyncWebClient:
        left = list(answers)

        async def answer(_: web.Request) -> web.Response:
            status, kind, body = left.pop(0) if len(left) > 1 else left[0]
            return web.Response(
                status=status, body=body.encode("utf-16" if body == "UTF-16" else "utf-8"), content_type=kind
            )

        app = web.Application()
        app.router.add_route("*", "/{method}", answer)
        runner = web.AppRunner(app)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        return AsyncWebClient(token="xoxb-1", base_url=url, session=session, retry_handlers=[])

    yield begin
    await session.close()
    for runner in runners:
        await runner.cleanup()


@pytest.mark.parametrize("odd", ODD)
async def test_it_is_no_answer(serve: Serve, odd: str) -> None:
    """Unreachable, or an error without a word of Slack's, which is the same to everybody."""
    client = await serve(ODD[odd])
    with pytest.raises((SlackApiError, Unreachable)) as refused:
        await call(client, "chat.postMessage", json={})
    error = refused.value
    assert (told(error)[1] if isinstance(error, SlackApiError) else "") == ""


@pytest.mark.parametrize("odd", ODD)
async def test_the_start_waits_until_slack_is_itself(serve: Serve, odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HANDSHAKE", 0.01)
    client = await serve(ODD[odd], ODD[odd], FINE)
    async with asyncio.timeout(5):
        identity = await handshake(client, SlackTime(SystemClock()))
    assert (identity.team_id, identity.bot_id, identity.bot_user_id) == ("T1", "B1", "U1")


@pytest.mark.parametrize("code", ["invalid_auth", "team_access_not_granted", "a_word_of_tomorrow"])
async def test_a_refusal_ends_the_start_with_its_word(serve: Serve, code: str) -> None:
    client = await serve((200, "application/json", json.dumps({"ok": False, "error": code})))
    with pytest.raises(StartError, match=code):
        await handshake(client, SlackTime(SystemClock()))


def socket(client: AsyncWebClient) -> Socket:
    """Socket Mode at this Slack; no delivery comes."""
    slack = Connection(client, Identity("T1", "B1", "U1"), SlackTime(SystemClock()), None, Network())
    return Socket("xapp-1-A1-1-x", slack, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("odd", [*ODD, "yes without an address"])
async def test_a_socket_gets_no_address(serve: Serve, odd: str) -> None:
    """An outage like any other: the client goes on trying."""
    answer = ODD.get(odd, (200, "application/json", '{"ok": true, "url": 7}'))
    one = socket(await serve(answer))
    with pytest.raises((SlackApiError, Unreachable)) as refused:
        await one._client.issue_new_wss_url()
    assert not isinstance(refused.value, SlackApiError) or refusal(refused.value) == ""
    await one.close()


@pytest.mark.parametrize("code", ["invalid_auth", "missing_scope", "account_inactive", "a_word_of_tomorrow"])
async def test_a_refused_app_token_ends_the_start_with_its_word(serve: Serve, code: str) -> None:
    one = socket(await serve((200, "application/json", json.dumps({"ok": False, "error": code}))))
    with pytest.raises(StartError, match=f"SLACK_APP_TOKEN: {code}"):
        await one.connect()
    await one.close()


async def test_another_services_yes_is_no_answer(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names no workspace; and where it sends us elsewhere, that is none either."""
    monkeypatch.setattr(connection, "HANDSHAKE", 0.01)
    client = await serve((200, "application/json", '{"ok": true}'), (301, "text/html", PAGE), FINE)
    told: list[str] = []
    async with asyncio.timeout(5):
        await handshake(client, SlackTime(SystemClock()), lambda _what, why: told.append(why))
    assert told[0] == "auth.test names no workspace"
    assert told[1]
    assert told[-1] == ""
