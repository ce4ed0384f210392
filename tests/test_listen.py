"""What listens: over a connection that is kept, no answer waits for the ack of the one before it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from uvicorn import Server

from bot.playground.wire import Served
from bot.web.server import listen, server
from tests.processes import PATIENCE, POLL, end, free_port, playground, spawn

Listening = Callable[[], AbstractAsyncContextManager[tuple[Server, int]]]


async def hello(_: Request) -> PlainTextResponse:
    """Any answer."""
    return PlainTextResponse("hello")


def app() -> Starlette:
    return Starlette(routes=[Route("/", hello)])


@asynccontextmanager
async def bots() -> AsyncIterator[tuple[Server, int]]:
    listening = listen("127.0.0.1", 0)
    web = server(app(), drain=1)
    serving = asyncio.create_task(web.serve(sockets=[listening]))
    yield web, listening.getsockname()[1]
    web.should_exit = True
    await serving


@asynccontextmanager
async def playgrounds() -> AsyncIterator[tuple[Server, int]]:
    served = Served(app(), 0)
    await served.start()
    yield served._server, served.port
    await served.stop()


@pytest.mark.parametrize("kind", [bots, playgrounds])
async def test_answers_over_a_kept_connection_leave_at_once(kind: Listening) -> None:
    """Nagle's algorithm is off on what was accepted, though nobody but asyncio switches it off."""
    async with kind() as (web, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
        (connection,) = web.server_state.connections
        accepted = connection.transport.get_extra_info("socket")
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(("bind", "asked"), [("127.0.0.1", "4"), ("::1", "6"), ("::", "46")])
async def test_a_bot_is_reached_at_the_addresses_of_bind_alone(bind: str, asked: str, tmp_path: Path) -> None:
    """Both of its ports."""
    async with playground(tmp_path, "--transport", "http") as ready:
        ports = {"PORT": str(free_port()), "METRICS_PORT": str(free_port())}
        env = {**ready["env"], **ports, "BIND": bind, "DATABASE_URL": "sqlite:///concierge.db", "LEAVE_SECONDS": "0"}
        bot = await spawn(tmp_path, "bot.log", "-m", "bot", "run", env=env)
        try:
            for port in ports.values():
                assert await reached(port) == asked, (tmp_path / "bot.log").read_text()
        finally:
            await end(bot)


async def reached(port: str) -> str:
    """By which addresses of this machine; asked once more where one answers, as it may have begun in between."""
    async with asyncio.timeout(PATIENCE):
        while not await answers(port):  # noqa: ASYNC110 (it is another process)
            await asyncio.sleep(POLL)
    return await answers(port)


async def answers(port: str) -> str:
    """By which addresses of this machine it is reached now."""
    found = ""
    for family, host in (("4", "127.0.0.1"), ("6", "::1")):
        with suppress(OSError):
            _, writer = await asyncio.open_connection(host, int(port))
            writer.close()
            found += family
    return found
