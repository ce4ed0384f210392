"""The demo: playground and bot in one process, so that anyone can live the whole story in a browser."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.app import App, build
from bot.core.errors import StartError
from bot.playground.server import Options, Playground, open_page, serve, write_ready
from bot.playground.setup import Setup
from bot.playground.wire import Served
from bot.settings import load
from bot.store import audit_chain, job
from bot.store.tables import metadata, schema_version
from bot.web.bounded import BoundedProtocol
from bot.web.endpoints import Door

from .setup import CALLBACK_PATH, EVENTS_PATH, setup

KEPT = "playground.db"
ENDING = 1.0  # seconds that the old world gets to end


@contextlib.asynccontextmanager
async def demo(
    options: Options, database: str, settings: Mapping[str, str] | None = None, about: Setup | None = None
) -> AsyncIterator[Playground]:
    """A playground with the bot connected to it, for as long as the block lasts; `settings` go before its own,
    `about` before what the playground is told otherwise.

    Raises StartError, SettingsError, OSError.
    """
    playground = await serve(options, about or setup())
    front = Door()
    web = Served(front, 0, protocol=BoundedProtocol)  # the bot's own port: known before the bot is built
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


@contextlib.asynccontextmanager
async def _reached(playground: Playground, app: App, front: Door, web: Served, transport: str) -> AsyncIterator[None]:
    """The bot listens on its port; the playground's Coze is told where, and with HTTP its chat."""
    front.app = app.door.asgi
    await web.start()
    playground.coze.state.callback_url = f"{web.url}{CALLBACK_PATH}"
    if transport == "http" and not await playground.connect(f"{web.url}{EVENTS_PATH}"):
        raise StartError("The bot did not answer the playground's challenge.")
    yield


@contextlib.asynccontextmanager
async def _moved(playground: Playground, app: App) -> AsyncIterator[None]:
    """The two know of each other's time: when work is due next, and when simulated time jumps."""

    looks: set[asyncio.Task[datetime | None]] = set()

    async def look() -> datetime | None:
        async with app.db.read() as conn:
            return await job.next_due(conn)

    async def due() -> datetime | None:
        looking = asyncio.create_task(look())  # whoever asks may hang up: the look ends all the same
        looks.add(looking)
        looking.add_done_callback(looks.discard)
        return await asyncio.shield(looking)

    async def emptied(_: str) -> None:
        await app.dispatch.drain(ENDING)
        async with app.job_runner.resting(ENDING), app.db.write() as tx:
            for table in reversed([each for each in metadata.sorted_tables if each is not schema_version]):
                await tx.conn.execute(table.delete())
            await audit_chain.begin(tx)
        await app.housekeeping.plan()

    async def follow() -> None:
        known = playground.clock.offset
        while True:
            await playground.clock.moved(known, timedelta(hours=1).total_seconds())
            known = playground.clock.offset
            app.job_runner.wake()

    playground.clock.next_due = due
    playground.director.on_reset.append(emptied)
    following = asyncio.create_task(follow())
    try:
        yield
    finally:
        following.cancel()
        playground.clock.next_due = None  # the database is closed before the last page is,
        if looks:
            await asyncio.wait(looks)  # and after the last look


async def run(
    options: Options, database: str | None, stop: asyncio.Event, started: asyncio.Event, *, keep: bool, browser: bool
) -> None:
    """The demo until it is told to `stop`; it tells that it has `started`. Raises what `demo` does.

    `keep`: the bot's data stays in ./playground.db, else without a `database` it is gone at the end. `browser`: open
    the page.
    """
    with tempfile.TemporaryDirectory(prefix="sharge-demo-") as folder:
        place = Path.cwd() / KEPT if keep else Path(folder) / KEPT
        async with demo(replace(options, ready=None, seed=""), database or f"sqlite:///{place}") as playground:
            if options.seed not in ("", playground.world.scenario):
                await playground.director.reset(options.seed)
            if options.ready:
                write_ready(options.ready, playground)
            print(f"The demo is at {playground.url}  (Ctrl-C ends it)", flush=True)
            started.set()
            if browser:
                open_page(playground.url)
            await stop.wait()
