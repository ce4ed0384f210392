"""The bot as a process, and how it ends: what `run`, `web` and `worker` share."""

import asyncio
import contextlib
import logging
import signal

from bot.app import DRAIN, App, Part, build
from bot.core.errors import StartError
from bot.settings import Settings

from .operate import operate

log = logging.getLogger(__name__)

ALL = "0.0.0.0"  # noqa: S104  (hosts route to it)


def serve(part: Part) -> int:
    """Run this part until SIGTERM or SIGINT; the exit code."""
    return operate(lambda settings: asyncio.run(_until_told(settings, part)), slack=True)


async def _until_told(settings: Settings, part: Part) -> None:
    stop, started = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(_serve(settings, part, stop, started))

    def end() -> None:
        stop.set()
        if not started.is_set():
            serving.cancel()  # it may wait for a Slack that does not come

    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers of the loop
            loop.add_signal_handler(name, end)
    try:
        await serving
    except asyncio.CancelledError:
        if not stop.is_set():
            raise


async def _serve(settings: Settings, part: Part, stop: asyncio.Event, started: asyncio.Event) -> None:
    async with build(settings, part=part) as app, app.running():
        started.set()
        if part == "worker":
            log.info("works, and listens on no port")
            await stop.wait()
        else:
            await _listen(app, settings.port, stop)


async def _listen(app: App, port: int, stop: asyncio.Event) -> None:
    from bot.web.server import listen, server  # a worker loads no web server

    try:
        listening = listen(ALL, port)
    except OSError as error:
        raise StartError(f"PORT: {port} can't be listened on: {error.strerror}.") from None
    log.info("listens on port %s", port)
    web = server(app.door.asgi, DRAIN)
    serving, stopping = asyncio.create_task(web.serve(sockets=[listening])), asyncio.create_task(stop.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    web.should_exit = True
    stopping.cancel()
    await serving
