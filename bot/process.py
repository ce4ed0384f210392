"""The bot as a process: the commands that run it, its web server, and how it ends."""

import argparse
import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from bot import logs
from bot.app import DRAIN, NO_DATABASE, at_head, build
from bot.configured import StartError, keyring, keys_are_there
from bot.services.rotation import rotate
from bot.settings import Settings, SettingsError, load, revealed
from bot.store import schema
from bot.store.database import Database

log = logging.getLogger(__name__)

BACKLOG = 2048  # connections that wait to be taken, as uvicorn has it


class Server(uvicorn.Server):
    """uvicorn that leaves signals to us: the bot has more to end than its web server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install nothing."""
        yield


def server(app: ASGIApp) -> Server:
    """A web server for the bot's door; its `serve` takes the sockets from `listen`."""
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=int(DRAIN),
    )
    return Server(config)


async def serve(settings: Settings, part: str) -> None:
    """Run until SIGTERM or SIGINT. Raises StartError."""
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


async def _serve(settings: Settings, part: str, stop: asyncio.Event, started: asyncio.Event) -> None:
    async with build(settings, part=part) as app, app.running():
        started.set()
        if part == "worker":
            log.info("works, and listens on no port")
            await stop.wait()
            return
        listening = listen("0.0.0.0", settings.port)  # noqa: S104  (hosts route to it)
        log.info("listens on port %s", settings.port)
        web = server(app.asgi)
        serving = asyncio.create_task(web.serve(sockets=[listening]))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        web.should_exit = True
        stopping.cancel()
        await serving


def listen(host: str, port: int) -> socket.socket:
    """Take the port. Raises StartError where somebody has it, or it may not be taken."""
    try:
        taken = socket.create_server((host, port), backlog=BACKLOG)
    except OSError as error:
        raise StartError(f"PORT: {port} can't be listened on: {error.strerror}.") from None
    # With its protocol named asyncio sets TCP_NODELAY; else each ack over a kept connection waits 40 ms.
    return socket.socket(taken.family, taken.type, socket.IPPROTO_TCP, fileno=taken.detach())


async def rotate_keys(settings: Settings) -> int:
    """Encrypt with the first key of CREDENTIAL_KEYS what others encrypt; how many that were. Raises StartError.

    In small steps, each by itself: it may be stopped and run again, also while the bot runs.
    """
    keys = keyring(settings)
    if keys is None:
        raise StartError("CREDENTIAL_KEYS is not set: there is nothing to rotate to.")
    db = Database(revealed(settings.database_url))
    try:
        await at_head(db, settings, "rotate-keys")
        await keys_are_there(db, settings)
        return await rotate(db, keys)
    finally:
        await db.close()


def main(command: str, argv: list[str]) -> int:
    """`run`, `web`, `worker`, `migrate` or `rotate-keys`; 0 when it ended as asked."""
    argparse.ArgumentParser(prog=f"python3 -m bot {command}").parse_args(argv)
    try:
        settings = load(slack=command not in ("migrate", "rotate-keys"))
        logs.configure(settings.log_level, settings.log_format)
        if command == "migrate":
            schema.migrate(revealed(settings.database_url))
        elif command == "rotate-keys":
            print(f"{asyncio.run(rotate_keys(settings))} kept secrets are encrypted with the first key now.")
        else:
            asyncio.run(serve(settings, command))
    except schema.NoDatabase:
        print(NO_DATABASE, file=sys.stderr)
        return 1
    except (SettingsError, StartError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0
