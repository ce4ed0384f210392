"""The playground as a whole: chat, Coze and page, composed on two ports of 127.0.0.1."""

import asyncio
import json
import os
import tempfile
import threading
import webbrowser
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from .coze.platform import CozePlatform
from .director import Director
from .human import HumanSide
from .setup import Setup
from .slack.delivery import EVENT_WAITS
from .slack.encoding import dump
from .slack.human import Human
from .slack.manifests import app_from_manifest
from .slack.platform import PATHS, SlackPlatform
from .wire import Served
from .world import World
from .world.chat import Call, Json, SlackApp, Transport
from .world.clock import SimulatedClock
from .world.workspace import Workspace


@dataclass(frozen=True)
class Options:
    """How a playground is run. Port 0 is any free one; `seed` names a scenario, the first of the setup's when empty;
    `event_waits` are seconds before repeats of an event. Simulated time begins at `start` (aware, not in the past),
    or is real time.
    """

    port: int = 0
    ready: Path | None = None
    calls: Path | None = None
    seed: str = ""
    real_rates: bool = False
    transport: Transport = "socket"
    events_url: str | None = None
    event_waits: tuple[float, ...] = EVENT_WAITS
    start: datetime | None = None


class Playground:
    """A playground: `start`, then `director.begin` (or `play`, once the app is connected), at last `stop`."""

    def __init__(self, options: Options, setup: Setup) -> None:
        self.options = options
        self.world = World(SimulatedClock(options.start))
        self.world.scenario = setup.scenario(options.seed or setup.scenarios[0].name).name
        main = app_from_manifest(setup.manifest, options.transport, options.events_url)
        main.about, main.hints = setup.about, setup.commands
        self.world.chat.apps[main.id] = main
        self.slack = SlackPlatform(self.world, real_rates=options.real_rates, event_waits=options.event_waits)
        self._calls_file: IO[str] | None = None
        self._chat = Served(self._front, options.port, self.world.chat.now)  # first, as the port may be taken
        self.coze = CozePlatform(self.world, setup.coze)
        self.director = Director(self.world, self.slack, self.coze, setup)
        self.director.plant()
        self._platform = Served(self._website, 0, self.world.coze.now)
        self.url = self.world.chat.base_url = self._chat.url
        self.coze.base_url = self._platform.url.rstrip("/")
        self._routes, self._consent = self._starlette(), self._consent_pages()

    @property
    def clock(self) -> SimulatedClock:
        """Simulated time."""
        return self.world.clock

    @property
    def workspace(self) -> Workspace:
        """All state of the chat side."""
        return self.world.chat

    @property
    def human(self) -> Human:
        """What people can do in the chat."""
        return self.slack.human

    @property
    def main_app(self) -> SlackApp:
        """The app that the playground is about."""
        return self.workspace.main_app

    async def start(self) -> None:
        """Answer on both ports. The ports are taken from the beginning, so addresses are known before."""
        if self.options.calls is not None:
            # One line a call, each written at once: whoever follows the file sees it when it happens.
            self._calls_file = self.options.calls.open("a", encoding="utf-8", buffering=1)
            self.slack.api.on_call = self._write_call
        await self._chat.start()
        await self._platform.start()

    async def stop(self) -> None:
        """End both servers and all that runs in the background, within five seconds."""
        self.director.stop()
        await self.slack.courier.close()
        await asyncio.gather(self._chat.stop(), self._platform.stop())
        self.coze.close()
        if self._calls_file is not None:
            self._calls_file.close()
            self._calls_file = None

    async def connect(self, events_url: str) -> bool:
        """Point the main app at an HTTP address; whether the app there answered the challenge."""
        return await self.slack.apps.point(self.main_app, events_url)

    # The ready file

    def ready(self) -> Json:
        """The content of the ready file."""
        facts = {
            "page": self.url,
            "human": f"{self.url}human/",
            "pid": os.getpid(),
            "bot_events_url": self.main_app.events_url,
            "transport": self.main_app.transport,
            "slack": self.slack.apps.facts(self.main_app),
            "coze": self.coze.ready(),
        }
        return {**facts, "env": self.director.setup.environment(facts)}

    def env(self) -> dict[str, str]:
        """The settings that a process of the main app needs to run here."""
        env: dict[str, str] = self.ready()["env"]
        return env

    # The wire

    def _write_call(self, call: Call) -> None:
        if self._calls_file is not None:
            line = {name: value for name, value in asdict(call).items() if name != "n"}
            self._calls_file.write(dump(line).decode() + "\n")

    async def _front(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Apps' requests go straight to the chat; people's and the page's through the routes."""
        app = self.slack if scope["path"].startswith(PATHS) else self._routes
        await app(scope, receive, send)

    async def _website(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Coze's API, and the pages of its site that a browser is sent to for signing in."""
        prefixes, pages = self._consent
        await (pages if scope["path"].startswith(prefixes) else self.coze.app)(scope, receive, send)

    def _consent_pages(self) -> tuple[tuple[str, ...], ASGIApp]:
        from .page.consent_routes import CONSENT_PATHS, consent_routes  # as below

        handlers: dict[Any, Any] = {404: not_found, 405: not_found}
        return CONSENT_PATHS, Starlette(routes=consent_routes(self.director), exception_handlers=handlers)

    def _starlette(self) -> ASGIApp:
        return Starlette(
            routes=[*HumanSide(self.director).routes(), *self._page()],
            exception_handlers={404: not_found, 405: not_found},
        )

    def _page(self) -> list[BaseRoute]:
        from .page.routes import routes  # the page's templates are only loaded where there is a page

        return routes(self.director)


async def not_found(request: Request, _: Exception) -> Response:
    """Unknown addresses of people's side, in words."""
    return JSONResponse({"ok": False, "error": f"there is no {request.method} {request.url.path}"}, 404)


def write_ready(path: Path, playground: Playground) -> None:
    """The ready file: either not there or whole, for the owner's eyes only."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(json.dumps(playground.ready(), ensure_ascii=False, indent=1))
    Path(name).replace(path)


async def serve(options: Options, setup: Setup) -> Playground:
    """Start a playground in the running loop. Raises OSError when the port is taken, ValueError for a bad seed."""
    playground = Playground(options, setup)
    try:
        await playground.start()
        playground.director.begin()
    except BaseException:
        await playground.stop()
        raise
    if options.ready is not None:
        write_ready(options.ready, playground)
    return playground


async def run(
    options: Options,
    setup: Setup,
    stop: asyncio.Event | None = None,
    started: asyncio.Event | None = None,
    *,
    browser: bool,
) -> None:
    """A playground until it is told to `stop`, or is cancelled, as Ctrl-C does; it tells that it has `started`.

    `browser`: open the page. Raises what `serve` does.
    """
    playground = await serve(options, setup)
    if started:
        started.set()
    try:
        print(f"The playground is at {playground.url}", flush=True)
        if browser:
            open_page(playground.url)
        await (stop or asyncio.Event()).wait()
    finally:
        await playground.stop()


def open_page(url: str) -> None:
    """In a browser. Nobody waits for it: one in the terminal lasts as long as somebody looks."""
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
