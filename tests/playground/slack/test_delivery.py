"""Deliveries at the wire, seen by an app without a framework: bytes, signatures, repeats, connections."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.playground.server import Playground
from bot.playground.slack.socket import CONNECTIONS
from bot.playground.wire import Served
from tests.waiting import eventually

from .samples import form

Json = dict[str, Any]
Answer = Callable[[Request], Awaitable[Response]]


@asynccontextmanager
async def app_at(playground: Playground, answer: Answer) -> AsyncIterator[None]:
    """The main app is this one endpoint."""
    served = Served(Starlette(routes=[Route("/", answer, methods=["POST"])]), 0)
    await served.start()
    app = playground.main_app
    app.transport, app.events_url = "http", served.url
    try:
        yield
    finally:
        await served.stop()


async def test_bytes_and_signatures(playground: Playground) -> None:
    """A command is a form, an interaction a form with JSON inside, an event JSON; all are signed."""
    got: list[tuple[bytes, str]] = []

    async def answer(request: Request) -> Response:
        body = await request.body()
        verifier = SignatureVerifier(playground.main_app.signing_secret)
        assert verifier.is_valid_request(body, dict(request.headers))
        assert not verifier.is_valid_request(body + b" ", dict(request.headers))
        got.append((body, request.headers["content-type"]))
        return Response()

    async with app_at(playground, answer):
        assert (await playground.human.command("mei", "/raw a&b=c"))["ok"]
        assert (await playground.human.shortcut("mei", "ask"))["ok"]
        assert (await playground.human.say("mei", "hello"))["ok"]
    kinds = [content_type for _, content_type in got]
    assert kinds == ["application/x-www-form-urlencoded"] * 2 + ["application/json"]
    command = dict(parse_qsl(got[0][0].decode()))
    assert (command["command"], command["text"], command["is_enterprise_install"]) == ("/raw", "a&b=c", "false")
    assert (command["user_id"], command["channel_name"]) == ("U0MEI", "directmessage")
    assert command["response_url"].startswith(playground.url)
    assert json.loads(dict(parse_qsl(got[1][0].decode()))["payload"])["type"] == "shortcut"
    event = json.loads(got[2][0])
    assert (event["type"], event["authorizations"][0]["is_bot"]) == ("event_callback", True)


async def test_an_app_can_ask_for_no_repeats(playground: Playground) -> None:
    """X-Slack-No-Retry: 1 ends it; without it three repeats follow, with number and reason."""
    seen: list[tuple[str | None, str | None]] = []
    quiet = {"X-Slack-No-Retry": "1"}

    async def answer(request: Request) -> Response:
        seen.append((request.headers.get("x-slack-retry-num"), request.headers.get("x-slack-retry-reason")))
        return Response(status_code=503, headers=quiet)

    async with app_at(playground, answer):
        assert (await playground.human.say("mei", "one"))["status"] == 503
        quiet.clear()
        await playground.human.say("mei", "two")

        async def all_repeats() -> bool:
            return len(seen) == 5

        await eventually(all_repeats)
        await asyncio.sleep(0.1)  # nothing happens: this can only be too short to show anything, never wrong
    assert seen[2:] == [(str(n), "http_error") for n in (1, 2, 3)]
    shown = [(d.attempt, d.status) for d in playground.workspace.deliveries if d.kind == "event_callback"]
    assert shown == [(0, 503), (0, 503), (1, 503), (2, 503), (3, 503)]


@pytest.mark.parametrize(
    ("body", "status", "toast"),
    [
        (b"\xff\xfe\x00{", 200, None),
        (b'{"text": ', 200, None),
        (b"[" * 100_000, 200, "invalid_response"),
        (b"x" * 3_000_000, 200, "invalid_response"),
    ],
    ids=["binary", "broken", "deep", "long"],
)
async def test_whatever_an_app_answers_is_borne(
    playground: Playground, body: bytes, status: int, toast: str | None
) -> None:
    """Bytes that are no text, half JSON, far too much: the person sees something or is told, and all goes on."""

    async def answer(_: Request) -> Response:
        return Response(body)

    async with app_at(playground, answer):
        outcome = await playground.human.command("mei", "/raw")
    assert outcome["status"] == status
    assert [one.code for one in playground.workspace.toasts] == ([toast] if toast else [])
    assert (await playground.human.screen("mei"))["ok"]


async def test_three_seconds(playground: Playground) -> None:
    """An app that takes longer has failed, and the command is not brought again."""
    count, given_up = 0, asyncio.Event()

    async def answer(_: Request) -> Response:
        nonlocal count
        count += 1
        await given_up.wait()
        return Response()

    async with app_at(playground, answer):
        outcome = await playground.human.command("mei", "/raw")
        given_up.set()
        assert (outcome["ok"], outcome["status"]) == (False, "timeout")
        assert count == 1
    [toast] = playground.workspace.toasts
    assert (toast.user, toast.code, toast.about) == ("U0MEI", "timeout", "/raw")


async def test_clearing_all_modals(playground: Playground, web: AsyncWebClient) -> None:
    """response_action clear closes the whole stack; nonsense is a failure and closes nothing."""
    workspace, app = playground.workspace, playground.main_app
    bodies = [b'{"response_action": "dance"}', b'{"response_action": "clear"}']

    async def answer(_: Request) -> Response:
        return Response(bodies.pop(0), media_type="application/json")

    for method in (web.views_open, web.views_push):
        await method(trigger_id=workspace.triggers.issue(app.id, "U0MEI"), view=form())
    async with app_at(playground, answer):
        refused = await playground.human.submit("mei", {"Your name": "Mei"})
        assert "response_action" in refused["error"]
        assert len(workspace.modals["U0MEI"]) == 2
        assert (await playground.human.submit("mei"))["ok"]
    assert "U0MEI" not in workspace.modals


async def test_each_envelope_goes_to_one_connection(playground: Playground, web: AsyncWebClient) -> None:
    """Two connections share the work; an ack needs its envelope_id; an eleventh connection is sent away."""
    app = playground.main_app
    async with aiohttp.ClientSession() as session:

        async def connect() -> aiohttp.ClientWebSocketResponse:
            opened = await web.apps_connections_open(app_token=app.app_token)
            return await session.ws_connect(opened["url"])

        first, second = [await connect() for _ in range(2)]
        hellos = [await each.receive_json() for each in (first, second)]
        assert [hello["num_connections"] for hello in hellos] == [1, 2]
        assert hellos[0]["connection_info"]["app_id"] == app.id
        counts = [0, 0]

        async def serve(index: int, socket: aiohttp.ClientWebSocketResponse) -> None:
            async for frame in socket:
                envelope = json.loads(frame.data)
                assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
                counts[index] += 1
                await socket.send_str("nonsense")
                await socket.send_json({"envelope_id": "wrong"})
                await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "yes"}})

        tasks = [asyncio.create_task(serve(index, each)) for index, each in enumerate((first, second))]
        answers = await asyncio.gather(*(playground.human.command("mei", "/raw") for _ in range(40)))
        assert all(answer["ok"] for answer in answers)
        assert sum(counts) == 40
        assert min(counts) > 0
        others = [await connect() for _ in range(CONNECTIONS - 2)]
        late = await connect()
        assert await late.receive_json() == {
            "type": "disconnect",
            "reason": "too_many_websockets",
            "debug_info": {"host": "playground"},
        }
        for each in (first, second, late, *others):
            await each.close()
        await asyncio.gather(*tasks)


async def test_a_ticket_opens_one_connection(playground: Playground, web: AsyncWebClient) -> None:
    """It can't be used twice, and a made-up one opens nothing."""
    opened = await web.apps_connections_open(app_token=playground.main_app.app_token)
    async with aiohttp.ClientSession() as session:
        socket = await session.ws_connect(opened["url"])
        for url in (opened["url"], opened["url"].replace("ticket=", "ticket=x")):
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await session.ws_connect(url)
            assert caught.value.status == 403
        await socket.close()


async def test_answers_do_not_wait_for_the_network(playground: Playground) -> None:
    """Twenty calls on one connection take far less than the 40 ms each that Nagle's algorithm would cost."""
    headers = {"Authorization": f"Bearer {playground.main_app.bot_token}"}
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession() as session:
        started = loop.time()
        for _ in range(20):
            async with session.post(f"{playground.url}api/auth.test", json={}, headers=headers) as response:
                assert (await response.json())["ok"]
    assert loop.time() - started < 0.6
