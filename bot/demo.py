"""The demo: playground and bot in one process, so that anyone can live the whole story in a browser."""

import argparse
import asyncio
import contextlib
import json
import logging
import signal
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from bot import logs
from bot.app import App, build
from bot.configured import StartError
from bot.playground.server import Options, Playground, arguments, write_atomically
from bot.playground.server import serve as serve_playground
from bot.playground.wire import Served
from bot.settings import SettingsError, load
from bot.store import work
from bot.store.tables import metadata

log = logging.getLogger(__name__)

KEPT = "playground.db"
ENDING = 1.0  # seconds that the old world gets to end


@contextlib.asynccontextmanager
async def demo(
    options: Options, database: str, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Playground]:
    """A playground with the bot connected to it, for as long as the block lasts; `settings` go before its own.

    Raises StartError, SettingsError, OSError.
    """
    playground = await serve_playground(options)
    front = _Front()
    web = Served(front, 0)  # the bot's own port: it has to be known before the bot is built
    try:
        env = playground.env() | {"DATABASE_URL": database, "PORT": "0", "PUBLIC_URL": web.url}
        env |= dict(settings or {})
        env.pop("CLOCK_URL")  # in one process the bot takes the playground's clock itself
        async with (
            build(load(env), clock=playground.clock) as app,
            app.running(),
            _reached(playground, app, front, web, options.transport),
            _moved(playground, app),
        ):
            yield playground
    finally:
        await web.stop()
        await playground.stop()


class _Front:
    """What the bot's port serves, once there is a bot."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@contextlib.asynccontextmanager
async def _reached(
    playground: Playground, app: App, front: _Front, web: Served, transport: str
) -> AsyncIterator[None]:
    """The bot listens on its port; with HTTP the playground is told."""
    front.app = app.asgi
    await web.start()
    if transport == "http" and not await playground.connect(f"{web.url}slack/events"):
        raise StartError("The bot did not answer the playground's challenge.")
    yield


@contextlib.asynccontextmanager
async def _moved(playground: Playground, app: App) -> AsyncIterator[None]:
    """The two know of each other's time: when work is due next, and when story time jumps."""

    async def due() -> datetime | None:
        async with app.db.read() as conn:
            return await work.next_due(conn)

    async def emptied(seed: str) -> None:
        await app.dispatch.drain(ENDING)
        async with app.sweeper.resting(ENDING), app.db.write() as tx:
            for table in reversed(metadata.sorted_tables):
                await tx.conn.execute(table.delete())
        await app.housekeeping()

    async def follow() -> None:
        known = playground.clock.offset
        while True:
            await playground.clock.moved(known, timedelta(hours=1).total_seconds())
            known = playground.clock.offset
            app.sweeper.wake()

    playground.clock.next_due = due
    playground.on_reset.append(emptied)
    following = asyncio.create_task(follow())
    try:
        yield
    finally:
        following.cancel()
        playground.clock.next_due = None  # the database is closed before the last page is


async def _run(options: Options, given: argparse.Namespace) -> int:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers of the loop
            loop.add_signal_handler(name, stopped.set)
    with tempfile.TemporaryDirectory(prefix="sharge-demo-") as folder:
        place = Path.cwd() / KEPT if given.keep else Path(folder) / KEPT
        async with demo(options, given.database or f"sqlite:///{place}") as playground:
            if given.seed != options.seed:
                await playground.reset(given.seed)
            if given.ready:
                write_atomically(given.ready, json.dumps(playground.ready(), ensure_ascii=False, indent=1))
            print(f"The demo is at {playground.url}  (Ctrl-C ends it)", flush=True)
            if not given.no_browser:
                await asyncio.to_thread(webbrowser.open, playground.url)
            await stopped.wait()
    return 0


def main(argv: Sequence[str]) -> int:
    """Run the demo until Ctrl-C or SIGTERM; 0 when it ended as asked."""
    about = "A Slack workspace, a Coze platform and the bot, all on this machine."
    parser = arguments(argparse.ArgumentParser(prog="python3 -m bot demo", description=about))
    parser.add_argument("--database", metavar="URL", help="the bot's database; by default a fresh SQLite file")
    parser.add_argument("--keep", action="store_true", help=f"keep the bot's data in ./{KEPT}")
    parser.add_argument("--log", default="WARNING", metavar="LEVEL", help="the bot's log on the terminal")
    given = parser.parse_args(argv)
    logs.configure(given.log.upper(), "console")
    options = Options(port=given.port, calls=given.calls, real_rates=given.rates == "real", transport=given.transport)
    try:
        return asyncio.run(_run(options, given))
    except (OSError, ValueError, StartError, SettingsError) as problem:
        print(f"The demo can't start: {problem}", file=sys.stderr)
        return 1
