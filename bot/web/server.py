"""The bot's web server: the socket that it listens on, and uvicorn without signal handlers."""

import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from .bounded import HEADERS, IDLE, BoundedProtocol

BACKLOG = 2048  # connections that wait to be taken, as uvicorn has it


class Server(uvicorn.Server):
    """uvicorn that leaves signals to us: the bot has more to end than its web server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install nothing."""
        yield


def server(app: ASGIApp, drain: float) -> Server:
    """A server whose `serve` takes the sockets from `listen`; at its end requests get `drain` seconds."""
    return Server(
        uvicorn.Config(
            app,
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=IDLE,
            timeout_graceful_shutdown=int(drain),
            h11_max_incomplete_event_size=HEADERS,
        )
    )


def listen(host: str, port: int) -> socket.socket:
    """Take the port; :: takes it of IPv4 too. Raises OSError where somebody has it, or it may not be taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = host == "::" and socket.has_dualstack_ipv6()
    taken = socket.create_server((host, port), family=family, backlog=BACKLOG, dualstack_ipv6=both)
    # With its protocol named asyncio sets TCP_NODELAY; else each ack over a kept connection waits 40 ms.
    return socket.socket(taken.family, taken.type, socket.IPPROTO_TCP, fileno=taken.detach())
