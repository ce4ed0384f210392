"""Slack's Python libraries, unmodified: the blocking client, both Socket Mode clients, Bolt's App and AsyncApp.

Each app is registered as any stranger's app would be, by `POST human/apps`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest
from slack_bolt import App
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient as AiohttpClient
from slack_sdk.socket_mode.builtin import SocketModeClient as BuiltinClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import Playground
from bot.playground.wire import Served
from tests.waiting import eventually

Json = dict[str, Any]
APP: Json = {"name": "plain", "commands": ["/plain"]}


async def register(human: httpx.AsyncClient, **more: Any) -> Json:
    """The app's own part of the workspace."""
    mine: Json = (await human.post("apps", json={**APP, **more})).json()
    assert mine["ok"], mine
    return mine


def blocking_app(mine: Json) -> App:
    """A small app with Bolt's App."""
    client = WebClient(mine["bot_token"], base_url=mine["api_url"])
    app = App(client=client, signing_secret=mine["signing_secret"], token_verification_enabled=False)

    @app.command("/plain")
    def plain(ack: Any, command: Json) -> None:
        ack(f"you said {command['text']}")

    @app.event("app_mention")
    def mentioned(event: Json, say: Any) -> None:
        say(text="heard", thread_ts=event["ts"])

    @app.event("message")
    def message() -> None:
        pass

    return app


def waiting_app(mine: Json) -> AsyncApp:
    """The same with AsyncApp."""
    client = AsyncWebClient(mine["bot_token"], base_url=mine["api_url"])
    app = AsyncApp(client=client, signing_secret=mine["signing_secret"])

    @app.command("/plain")
    async def plain(ack: Any, command: Json) -> None:
        await ack(f"you said {command['text']}")

    @app.event("app_mention")
    async def mentioned(event: Json, say: Any) -> None:
        await say(text="heard", thread_ts=event["ts"])

    @app.event("message")
    async def message() -> None:
        pass

    return app


class Quiet(WSGIRequestHandler):
    """A handler that writes no log and waits for nobody who connects and says nothing."""

    timeout = 5  # seconds

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@asynccontextmanager
async def in_threads(app: App) -> AsyncIterator[str]:
    """A blocking app behind the standard library's own server."""
    with make_server("127.0.0.1", 0, SlackRequestHandler(app), handler_class=Quiet) as server:
        serving = asyncio.create_task(asyncio.to_thread(server.serve_forever, 0.01))
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            await asyncio.to_thread(server.shutdown)  # not in the loop: a request in hand may need its answers
            await serving


@asynccontextmanager
async def in_the_loop(app: AsyncApp) -> AsyncIterator[str]:
    """An asynchronous app as ASGI."""
    handler: Any = AsyncSlackRequestHandler(app)  # its types are narrower than ASGI's
    served = Served(handler, 0)
    await served.start()
    try:
        yield served.url
    finally:
        await served.stop()


@asynccontextmanager
async def listening(human: httpx.AsyncClient, kind: str) -> AsyncIterator[Json]:
    """The app behind an HTTP server of its own."""
    mine = await register(human, transport="http")
    async with in_threads(blocking_app(mine)) if kind == "App" else in_the_loop(waiting_app(mine)) as url:
        yield await register(human, transport="http", events_url=f"{url}slack/events")


@asynccontextmanager
async def connected(human: httpx.AsyncClient, kind: str) -> AsyncIterator[Json]:
    """The app by Socket Mode."""
    mine = await register(human, transport="socket")
    if kind == "App":
        blocking = SocketModeHandler(blocking_app(mine), mine["app_token"])
        await asyncio.to_thread(blocking.connect)
        try:
            yield mine
        finally:
            await asyncio.to_thread(blocking.close)
    else:
        waiting = AsyncSocketModeHandler(waiting_app(mine), mine["app_token"])
        await waiting.connect_async()  # type: ignore[no-untyped-call]
        try:
            yield mine
        finally:
            await waiting.close_async()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("kind", ["App", "AsyncApp"])
@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_a_bolt_app(human: httpx.AsyncClient, kind: str, transport: str) -> None:
    """A command is answered, a mention is heard."""
    async with (listening if transport == "http" else connected)(human, kind) as mine:
        answer = (await human.post("command", json={"who": "mei", "text": "/plain hi"})).json()
        assert answer["ok"], answer
        assert await texts(human, "plain") == ["you said hi"]
        body = {"who": "mei", "text": f"<@{mine['bot_user']}> hello", "channel": "general"}
        said = (await human.post("say", json=body)).json()

        async def heard() -> bool:
            shown = (await human.get("screen", params={"who": "tom"})).json()["channels"]["general"]
            return any(m["text"] == "heard" and m["thread_ts"] == said["ts"] for m in shown)

        await eventually(heard)


async def texts(human: httpx.AsyncClient, app: str) -> list[str]:
    """What mei reads of an app."""
    shown = (await human.get("screen", params={"who": "mei"})).json()
    return [message["plain"] for message in shown["dms"].get(app, [])]


async def test_the_blocking_client(human: httpx.AsyncClient) -> None:
    """Messages, pages, an upload, an error: the same as with the asynchronous one."""
    mine = await register(human, transport="socket")
    web = WebClient(mine["bot_token"], base_url=mine["api_url"])

    def story() -> Json:
        sent = web.chat_postMessage(channel="U0MEI", text="one")
        web.chat_update(channel=sent["channel"], ts=sent["ts"], text="two")
        people = [len(page["members"]) for page in web.users_list(limit=5)]
        file = web.files_upload_v2(filename="a.txt", content="x", channel=sent["channel"])["file"]
        try:
            web.chat_postMessage(channel="C0NO", text="x")
        except SlackApiError as error:
            return {"people": people, "file": file["name"], "error": error.response["error"]}
        return {}

    seen = await asyncio.to_thread(story)
    assert seen == {"people": [5, 4], "file": "a.txt", "error": "channel_not_found"}
    assert await texts(human, "plain") == ["two", "a.txt"]


@pytest.mark.usefixtures("hurry")
async def test_the_builtin_socket_mode_client(playground: Playground, human: httpx.AsyncClient) -> None:
    """Without Bolt, in threads; it comes back by itself after Slack has ended the connection."""
    mine = await register(human, transport="socket")
    client = BuiltinClient(mine["app_token"], web_client=WebClient(base_url=mine["api_url"]))

    def answer(client: Any, request: SocketModeRequest) -> None:
        client.send_socket_mode_response(SocketModeResponse(request.envelope_id, {"text": "from a thread"}))

    client.socket_mode_request_listeners.append(answer)
    await asyncio.to_thread(client.connect)
    try:
        assert (await human.post("command", json={"who": "mei", "text": "/plain"})).json()["ok"]
        app = next(app for app in playground.workspace.apps.values() if app.name == "plain")
        assert await playground.slack.sockets.disconnect(app, "warning") == 1

        async def back() -> bool:
            return bool((await human.post("command", json={"who": "mei", "text": "/plain"})).json()["ok"])

        await eventually(back)
        assert (await texts(human, "plain"))[-1] == "from a thread"
    finally:
        await asyncio.to_thread(client.close)


async def test_the_aiohttp_socket_mode_client(human: httpx.AsyncClient) -> None:
    """Without Bolt, in the loop."""
    mine = await register(human, transport="socket")
    client = AiohttpClient(mine["app_token"], web_client=AsyncWebClient(base_url=mine["api_url"]))

    async def answer(client: Any, request: SocketModeRequest) -> None:
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, {"text": "from the loop"}))

    client.socket_mode_request_listeners.append(answer)
    await client.connect()  # type: ignore[no-untyped-call]
    try:
        assert (await human.post("command", json={"who": "mei", "text": "/plain"})).json()["ok"]
        assert await texts(human, "plain") == ["from the loop"]
    finally:
        await client.close()  # type: ignore[no-untyped-call]
