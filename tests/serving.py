"""Real HTTP servers on free ports, for as long as a test needs them."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from bot.demo import cast
from bot.playground.coze.platform import CozePlatform
from bot.playground.world import World
from bot.playground.world.clock import SimulatedClock
from bot.playground.world.coze import Bot


def coze_platform(clock: SimulatedClock | None = None) -> CozePlatform:
    """Coze alone, with the people of the bot's stories; `close` it at the end."""
    return CozePlatform(World(clock), cast.COZE)


def add_agent(coze: CozePlatform, who: str, title: str) -> Bot:
    """A draft of somebody in the team's space."""
    return coze.state.add_bot(title, coze.state.team, coze.state.user(who).id)


@asynccontextmanager
async def serving(app: ASGIApp, host: str = "127.0.0.1", certificate: Path | None = None) -> AsyncIterator[str]:
    """Serve `app`, by TLS where there is a `certificate` (PEM with its key), and hand its base URL over.

    Without uvicorn's main loop and its patient end, which cost each test two tenths of a second. The log is silent:
    faults make the server complain on purpose.
    """
    config = uvicorn.Config(app, log_level=60, lifespan="off", timeout_graceful_shutdown=0, ssl_certfile=certificate)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    # Without the protocol named, asyncio doesn't switch Nagle's algorithm off and each answer comes 40 ms late.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind((host, 0))
        await server.startup(sockets=[listener])
        try:
            yield f"http{'s' if certificate else ''}://{host}:{listener.getsockname()[1]}"
        finally:
            _stop(server)


def _stop(server: uvicorn.Server) -> None:
    """Drop everything at once, calls under way included."""
    for listening in server.servers:
        listening.close()
    for connection in list(server.server_state.connections):
        connection.shutdown()
    for task in list(server.server_state.tasks):
        task.cancel()
