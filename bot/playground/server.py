"""The playground as a whole: chat, Coze and page on two ports of 127.0.0.1, and the command that runs it alone."""

import asyncio
import contextlib
import functools
import json
import os
import signal
import sys
import tempfile
import webbrowser
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from . import seed as seeds
from .clock import StoryClock
from .coze import CozePlatform
from .human import BadRequest, HumanSide
from .journal import Journal
from .scenarios import SCENARIOS, Stage, Stuck
from .slack.delivery import EVENT_WAITS
from .slack.encoding import dump
from .slack.faults import Faults
from .slack.human import Human
from .slack.model import Call, Json, SlackApp, Transport, Workspace
from .slack.platform import PATHS, SlackPlatform
from .slack.socket import REASONS
from .wire import Served

Hook = Callable[[str], Awaitable[None]]
QUIET_SECONDS = 0.1


@dataclass(frozen=True)
class Options:
    """How a playground is set up. Port 0 is any free one; `event_waits` are seconds before repeats of an event.

    Story time begins at `start` (aware, not in the past), or is real time.
    """

    port: int = 0
    ready: Path | None = None
    calls: Path | None = None
    seed: str = "newcomer"
    real_rates: bool = False
    transport: Transport = "socket"
    events_url: str | None = None
    manifest: Json | None = None  # of the main app; the project's own when none is given
    event_waits: tuple[float, ...] = EVENT_WAITS
    start: datetime | None = None


class Playground:
    """A playground: `start`, then `begin` (or `play`, once the bot is connected), at last `stop`.

    `on_reset` is called with the scenario's name before everything is put back to its start.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.seed = known(options.seed)
        self._playing: asyncio.Task[None] | None = None
        self.clock = StoryClock(options.start)
        self.slack = SlackPlatform(self.clock, real_rates=options.real_rates, event_waits=options.event_waits)
        self.on_reset: list[Hook] = []
        main = seeds.app_from_manifest(options.manifest or seeds.manifest(), options.transport, options.events_url)
        self.workspace.apps[main.id] = main
        seeds.plant(self.workspace)
        self._calls_file: IO[str] | None = None
        self._chat = Served(self._front(), options.port)  # first, as the port may be taken
        self.coze = CozePlatform(self.clock)
        self.coze.changed = self.workspace.changed
        self.journal = Journal(self)
        self._keep_journal()
        self._platform = Served(self.coze.app, 0)
        self.url = self.workspace.base_url = self._chat.url
        self.coze.base_url = self._platform.url.rstrip("/")

    def _keep_journal(self) -> None:
        """Everything that somebody does by hand is written down, wherever it comes from."""

        self.human.on_deed = self.journal.note
        self.human.on_refused = self.journal.refused
        self.clock.on_advance = self.journal.passed
        self.coze.on_act = self.journal.on_coze
        self.slack_faults.on_set = functools.partial(self.journal.fault, "slack")
        self.coze.faults.on_set = functools.partial(self.journal.fault, "coze")

    @property
    def workspace(self) -> Workspace:
        """All state of the chat side."""
        return self.slack.workspace

    @property
    def human(self) -> Human:
        """What people can do in the chat."""
        return self.slack.human

    @property
    def slack_faults(self) -> Faults:
        """Failures of the chat side."""
        return self.slack.faults

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
        if self._playing is not None:
            self._playing.cancel()
        await self.slack.courier.close()
        await asyncio.gather(self._chat.stop(), self._platform.stop())
        self.coze.close()
        if self._calls_file is not None:
            self._calls_file.close()
            self._calls_file = None

    async def reset(self, seed: str | None = None) -> str | None:
        """Back to a scenario's start; apps and their connections stay. What `play` answers.

        Raises ValueError for an unknown one.
        """
        wanted = self.seed if seed is None else known(seed)
        if self._playing is not None:
            self._playing.cancel()
        self.journal.pause()
        self.slack.courier.forget()
        for hook in self.on_reset:
            await hook(wanted)
        await self._quiet()  # what apps have begun still ends in the old world
        self.seed = wanted
        self.coze.reset()
        self.slack_faults.clear()
        self.clock.reset()
        seeds.plant(self.workspace)
        stopped = await self.play()
        self.workspace.changed()
        return stopped

    async def play(self) -> str | None:
        """Let the people do what the scenario says; in words where they could not go on, None when all is done."""
        self.journal.pause()
        try:
            await SCENARIOS[self.seed](Stage(self))
        except Stuck as problem:
            return str(problem)
        finally:
            self.journal.restart()
        return None

    async def _quiet(self) -> None:
        """Wait until no app has called for a moment, a second at most."""
        with self.workspace.watch() as changed, contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10 * QUIET_SECONDS):
                while True:
                    changed.clear()
                    try:
                        async with asyncio.timeout(QUIET_SECONDS):
                            await changed.wait()
                    except TimeoutError:
                        return

    def begin(self) -> None:
        """Play the scenario as soon as the main app can be reached, in the background."""
        self._playing = asyncio.create_task(self._play_when_reached())

    async def _play_when_reached(self) -> None:
        app = self.main_app
        with self.workspace.watch() as changed:
            while Stage(self).has_bot and not (self.slack.sockets.count(app) or app.events_url):
                await changed.wait()
                changed.clear()
        if stopped := await self.play():
            print(f"The scenario {self.seed} stopped: {stopped}", file=sys.stderr)

    async def connect(self, events_url: str) -> bool:
        """Point the main app at an HTTP address; whether the app there answered the challenge."""
        return await self._point(self.main_app, events_url)

    async def _point(self, app: SlackApp, events_url: str) -> bool:
        app.transport, app.events_url = "http", events_url
        self.workspace.changed()
        verified = await self.slack.courier.verify(app)
        if verified.ok and app.commands:
            await self.slack.courier.ssl_check(app)
        return verified.ok

    async def disconnect(self, times: int, delay: float | None, reason: str = "refresh_requested") -> Json:
        """End the main app's Socket Mode connections now, and the next `times - 1` ones after `delay` seconds."""
        if reason not in REASONS:
            return {"ok": False, "error": f"Slack knows no reason {reason!r}; there are: {', '.join(REASONS)}"}
        if self.main_app.transport != "socket":
            return {"ok": False, "error": "the app is connected by HTTP, there is nothing to disconnect"}
        if times > 1:
            self.slack_faults.set("disconnect", times - 1, None, delay)
        return {"ok": True, "disconnected": await self.slack.sockets.disconnect(self.main_app, reason)}

    async def register(self, body: Json) -> Json:
        """Install another app, or give a known one another address, which has to answer Slack's challenge."""
        name, transport = str(body.get("name") or ""), body.get("transport", "socket")
        if not name or transport not in ("http", "socket"):
            raise BadRequest(
                'apps takes {name, commands, transport: "http" or "socket", events_url?, scopes?, manifest?}'
            )
        source = body.get("manifest") or seeds.simple_manifest(
            name, list(body.get("commands") or ()), body.get("scopes")
        )
        source = {**source, "features": {**(source.get("features") or {}), "bot_user": {"display_name": name}}}
        app = seeds.app_from_manifest(source, transport, body.get("events_url"))
        known = self.workspace.apps.get(app.id)
        if known is not None:
            if not app.events_url:
                raise BadRequest(f"there is an app {name!r} already")
            verified = await self._point(known, app.events_url)
            return {"ok": verified, **self.slack_ready(known)} | (
                {} if verified else {"error": "the address did not answer the challenge"}
            )
        self.workspace.apps[app.id] = app
        for channel in (seeds.GENERAL, seeds.RANDOM):
            self.workspace.channels[channel].members.add(app.bot_user)
        self.workspace.changed()
        return {"ok": True, **self.slack_ready(app)}

    # The ready file

    def slack_ready(self, app: SlackApp) -> Json:
        """What an app needs to know of the chat."""
        return {
            "api_url": f"{self.url}api/",
            "bot_token": app.bot_token,
            "app_token": app.app_token,
            "signing_secret": app.signing_secret,
            "app_id": app.id,
            "bot_user": app.bot_user,
            "team_id": self.workspace.team_id,
            "channels": {c.name: c.id for c in self.workspace.channels.values() if c.kind != "im"},
            "users": {person.handle: person.id for person in self.workspace.people.values()},
            "usergroups": {name: group for group, name in self.workspace.group_names.items()},
        }

    def env(self) -> dict[str, str]:
        """The settings that a process of the bot needs to run here."""
        slack, coze = self.slack_ready(self.main_app), self.coze.ready()
        return {
            "BOT_ENV": "playground",
            "SLACK_TRANSPORT": self.main_app.transport,
            "SLACK_API_URL": slack["api_url"],
            "SLACK_BOT_TOKEN": slack["bot_token"],
            "SLACK_APP_TOKEN": slack["app_token"],
            "SLACK_SIGNING_SECRET": slack["signing_secret"],
            "ADMIN_CHANNEL": slack["channels"]["admins"],
            "ADMIN_GROUP": slack["usergroups"]["admins"],
            "COZE_BASE_URL": coze["base_url"],
            "COZE_WORKSPACE_ID": str(coze["workspace_id"]),
            "COZE_CONNECTOR_ID": str(coze["connector_id"]),
            "COZE_OWNER_TOKEN": coze["owner_token"],
            "CREDENTIAL_KEYS": seeds.CREDENTIAL_KEYS,
            "GREET_NEW_MEMBERS": "yes",
            "CLOCK_URL": f"{self.url}human/clock",
        }

    def ready(self) -> Json:
        """The content of the ready file."""
        return {
            "page": self.url,
            "human": f"{self.url}human/",
            "pid": os.getpid(),
            "bot_events_url": self.main_app.events_url,
            "env": self.env(),
            "slack": self.slack_ready(self.main_app),
            "coze": self.coze.ready(),
        }

    # The wire

    def _write_call(self, call: Call) -> None:
        if self._calls_file is not None:
            line = {name: value for name, value in asdict(call).items() if name != "n"}
            self._calls_file.write(dump(line).decode() + "\n")

    def _front(self) -> ASGIApp:
        """Apps' requests go straight to the chat; people's and the page's through the routes."""
        rest: ASGIApp = Starlette(
            routes=[*HumanSide(self).routes(), *self._page()],
            exception_handlers={404: not_found, 405: not_found},
        )
        chat = self.slack

        async def front(scope: Scope, receive: Receive, send: Send) -> None:
            await (chat if scope["path"].startswith(PATHS) else rest)(scope, receive, send)

        return front

    def _page(self) -> list[BaseRoute]:
        from .page.routes import routes  # the page's templates are only loaded where there is a page

        return routes(self)


async def not_found(request: Request, _: Exception) -> Response:
    """Unknown addresses of people's side, in words."""
    return JSONResponse({"ok": False, "error": f"there is no {request.method} {request.url.path}"}, 404)


def known(seed: str) -> str:
    """The scenario's name. Raises ValueError when there is no such scenario."""
    if seed not in SCENARIOS:
        raise ValueError(f"unknown scenario {seed!r}; there are: {', '.join(SCENARIOS)}")
    return seed


def write_atomically(path: Path, text: str) -> None:
    """A file that is either not there or whole, for the owner's eyes only."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(path)


async def serve(options: Options) -> Playground:
    """Start a playground in the running loop. Raises OSError when the port is taken, ValueError for a bad seed."""
    playground = Playground(options)
    try:
        await playground.start()
        playground.begin()
    except BaseException:
        await playground.stop()
        raise
    if options.ready is not None:
        write_atomically(options.ready, json.dumps(playground.ready(), ensure_ascii=False, indent=1))
    return playground


async def run(options: Options, *, browser: bool) -> int:
    """A playground until SIGTERM or Ctrl-C; the exit code of a command. `browser`: open the page."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    try:
        playground = await serve(options)
    except (OSError, ValueError) as problem:
        print(f"The playground can't start: {problem}", file=sys.stderr)
        return 1
    try:
        print(f"The playground is at {playground.url}", flush=True)
        if browser:
            await asyncio.to_thread(webbrowser.open, playground.url)
        await stopped.wait()
    finally:
        await playground.stop()
    return 0
