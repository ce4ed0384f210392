"""A playground on free ports for each test, and unmodified Bolt apps that connect to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demo.setup import setup
from bot.playground.server import Options, Playground, serve
from bot.playground.slack.manifests import EVENTS, SCOPES
from bot.playground.wire import Served
from bot.playground.world.chat import SlackApp

MANIFEST: dict[str, Any] = {
    "features": {
        "app_home": {"home_tab_enabled": True},
        "bot_user": {"display_name": "echo"},
        "shortcuts": [{"name": "Ask", "type": "global", "callback_id": "ask", "description": "Ask"}],
        "slash_commands": [
            {"command": "/echo", "description": "says it again", "should_escape": True},
            {"command": "/raw", "description": "says it again, unescaped"},
        ],
    },
    "oauth_config": {"scopes": {"bot": list(SCOPES)}},
    "settings": {"event_subscriptions": {"bot_events": list(EVENTS)}},
}

SEATS = ("mei:dm", "lin:admins")

Connect = Callable[..., Awaitable[AsyncApp]]
Start = Callable[..., Awaitable[Playground]]


@asynccontextmanager
async def starting() -> AsyncIterator[Start]:
    """Starts playgrounds with chosen options and stops them at the end."""
    async with AsyncExitStack() as stack:

        async def begin(manifest: dict[str, Any] = MANIFEST, **options: Any) -> Playground:
            handed_in = replace(setup(), manifest=manifest, commands=(), seats=SEATS)
            playground = await serve(Options(**options), handed_in)
            stack.push_async_callback(playground.stop)
            return playground

        yield begin


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """See `starting`."""
    async with starting() as begin:
        yield begin


@pytest.fixture
async def playground(start: Start) -> Playground:
    """One with a small app "echo", quick about repeats."""
    return await start(event_waits=(0.0, 0.05, 0.05))


@pytest.fixture
async def human(playground: Playground) -> AsyncIterator[httpx.AsyncClient]:
    """The human side over real HTTP."""
    async with httpx.AsyncClient(base_url=f"{playground.url}human/", trust_env=False, timeout=10) as client:
        yield client


@pytest.fixture
def web(playground: Playground) -> AsyncWebClient:
    """Slack's own client with the main app's bot token."""
    return AsyncWebClient(playground.main_app.bot_token, base_url=f"{playground.url}api/")


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less time to acknowledge than Slack gives, where a test has to wait until it is over."""
    monkeypatch.setattr("bot.playground.slack.delivery.ACK_SECONDS", 0.5)


@asynccontextmanager
async def by_socket(bolt: AsyncApp, app: SlackApp) -> AsyncIterator[AsyncApp]:
    """The Bolt app connected by Socket Mode."""
    handler = AsyncSocketModeHandler(bolt, app.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield bolt
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def by_http(bolt: AsyncApp, playground: Playground, app: SlackApp) -> AsyncIterator[AsyncApp]:
    """The Bolt app behind an HTTP server of its own, its address verified."""
    handler = AsyncSlackRequestHandler(bolt)

    async def endpoint(request: Request) -> Response:
        return await handler.handle(request)

    served = Served(Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])]), 0)
    await served.start()
    try:
        app.transport = "http"
        assert await playground.connect(f"{served.url}slack/events"), "the address answers the challenge"
        yield bolt
    finally:
        await served.stop()


@asynccontextmanager
async def connecting() -> AsyncIterator[Connect]:
    """Connects a Bolt app, which `listeners` fills, by "socket" or "http"."""
    async with AsyncExitStack() as stack:

        async def connected(
            playground: Playground, transport: str, listeners: Callable[[AsyncApp], None]
        ) -> AsyncApp:
            app = playground.main_app
            client = AsyncWebClient(app.bot_token, base_url=f"{playground.url}api/")
            bolt = AsyncApp(client=client, signing_secret=app.signing_secret, process_before_response=True)
            listeners(bolt)
            way = by_socket(bolt, app) if transport == "socket" else by_http(bolt, playground, app)
            return await stack.enter_async_context(way)

        yield connected


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """See `connecting`."""
    async with connecting() as connected:
        yield connected
