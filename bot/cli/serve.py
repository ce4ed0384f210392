"""The bot as a process, and how it ends: what `run`, `web` and `worker` share."""

import asyncio
import contextlib
import errno
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from bot import traces
from bot.app import DRAIN, Part, build
from bot.core.errors import StartError
from bot.settings import Settings
from bot.web.metrics_port import MetricsPort
from bot.web.ready import Starting

from .operate import operate
from .until import until_told

if TYPE_CHECKING:
    from bot.web.endpoints import Door

log = logging.getLogger(__name__)

ENDING = 20.0  # seconds, once it has left: for requests, for what follows their acks, and for the job under way
End = Callable[[asyncio.Event, Callable[[], None], float], Awaitable[None]]
ELSEWHERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


def serve(part: Part) -> int:
    """Run this part until SIGTERM or SIGINT; the exit code."""

    def run(settings: Settings) -> None:
        with _traced(settings.otel_exporter_otlp_endpoint):
            asyncio.run(until_told(partial(_serve, settings, part), _leaving(settings, part) + ENDING))

    return operate(run, slack=True)


def _traced(address: str | None) -> contextlib.AbstractContextManager[None]:
    """What is done is told to a collector, where there is one. Raises StartError without the packages for it."""
    if not address:
        return contextlib.nullcontext()
    try:
        return traces.collected(traces.sent_to(address))
    except ImportError as error:
        missing = f"OTEL_EXPORTER_OTLP_ENDPOINT: the package {error.name} is missing"
        raise StartError(f"{missing}: install the extra otel, or leave the setting out.") from None


async def _serve(settings: Settings, part: Part, stop: asyncio.Event, started: asyncio.Event) -> None:
    """The ports are open first: whoever watches the process hears what it waits for."""
    starting = Starting()
    with _watched(starting, settings) as watch:
        if part != "worker":
            await _serve_at_port(settings, part, starting, watch, stop, started)
            return
        async with build(settings, part=part, tell=starting.tell) as app, app.running(), app.watched():
            watch.ready = app.health
            started.set()
            log.info("works, and takes no deliveries")
            await stop.wait()
            app.health.stop()


def _leaving(settings: Settings, part: Part) -> float:
    """Seconds for which deliveries are still taken after the process was told to stop: as long as whoever sends them
    to its port may take to hear of it.
    """
    is_sent_to = part != "worker" and (settings.slack_transport == "http" or settings.public_url)
    return settings.leave_seconds if is_sent_to else 0.0


async def _serve_at_port(
    settings: Settings,
    part: Part,
    starting: Starting,
    watch: MetricsPort,
    stop: asyncio.Event,
    started: asyncio.Event,
) -> None:
    from bot.web.endpoints import Door  # a worker loads no web server

    door = Door(starting)
    async with (
        _listening(door, settings) as end,
        build(settings, part=part, tell=starting.tell) as app,
        app.running(),
        app.watched(),
    ):
        door.app, watch.ready = app.door.asgi, app.health
        started.set()
        await end(stop, app.health.stop, _leaving(settings, part))


@contextlib.contextmanager
def _watched(starting: Starting, settings: Settings) -> Iterator[MetricsPort]:
    """What those who watch the process ask, at a port of its own, where there is one."""
    watch, port = MetricsPort(starting), settings.metrics_port
    with contextlib.ExitStack() as stack:
        try:
            taken = None if port is None else stack.enter_context(watch.served(settings.bind, port))
        except OSError as error:
            raise _refused(error, settings.bind, f"METRICS_PORT: {port}", "another one for each process") from None
        if taken:
            log.info("is watched on port %s", taken)
        yield watch


def _refused(error: OSError, address: str, port: str, remedy: str) -> StartError:
    """Why a port can't be had: it is somebody's, or the address is none of this machine's."""
    if error.errno in ELSEWHERE:
        return StartError(
            f"BIND: {address} is no address of this machine ({error.strerror}): choose one that it has."
        )
    return StartError(f"{port} can't be listened on ({error.strerror}): choose {remedy}.")


@contextlib.asynccontextmanager
async def _listening(door: "Door", settings: Settings) -> AsyncIterator[End]:
    """The web server for as long as the block lasts. What it hands over waits until told, tells that, still serves
    for so many seconds, then takes nothing new and answers what is under way.
    """
    from bot.web.server import listen, server

    try:
        listening = listen(settings.bind, settings.port)
    except OSError as error:
        raise _refused(error, settings.bind, f"PORT: {settings.port}", "another one") from None
    log.info("listens on port %s", listening.getsockname()[1])
    web = server(door, DRAIN)
    serving = asyncio.create_task(web.serve(sockets=[listening]))

    async def end(stop: asyncio.Event, tell: Callable[[], None], leaving: float) -> None:
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        tell()
        await asyncio.wait((serving,), timeout=leaving)
        web.should_exit = True
        stopping.cancel()
        await serving

    try:
        yield end
    finally:
        web.should_exit = True
        await serving
