"""The web server's bounds: who is slow or large makes room for who is quick and small."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bot.web import bounded
from bot.web.server import listen, server

LONG, LONG_ANSWER = 200_000, 0.3
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Says how long the body is; of a long one after a while."""
    size = len(await Request(scope, receive).body())
    await asyncio.sleep(LONG_ANSWER if size > LONG else 0)
    await PlainTextResponse(f"{size} bytes")(scope, receive, send)


class Site:
    """A server within bounds, and clients of it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: list[asyncio.StreamWriter] = []

    async def connect(self, sent: bytes = b"") -> Connection:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._open.append(writer)
        writer.write(sent)
        return reader, writer

    async def asks(self, size: int, connection: Connection | None = None) -> bytes:
        """A whole request; what is answered."""
        reader, writer = connection or await self.connect()
        writer.write(HEAD % size + b"a" * size)
        answer = await reader.readuntil(b"bytes")
        return answer.rpartition(b"\r\n")[2]

    def close(self) -> None:
        for each in self._open:
            each.close()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    web, socket = server(echo, 0), listen("127.0.0.1", 0)
    serving = asyncio.create_task(web.serve(sockets=[socket]))
    site = Site(socket.getsockname()[1])
    yield site
    site.close()
    web.should_exit = True
    await serving
    assert bounded.BoundedProtocol.room.held == 0
    assert not bounded.BoundedProtocol.room.owing


async def is_closed(connection: Connection) -> bool:
    """Whether the other end closes it; waits for that."""
    try:
        return await connection[0].read() == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize(
    "sent",
    [b"", b"POST / HT", HEAD % 10 + b"a", b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na"],
    ids=["nothing", "half a line", "half a body", "chunks without an end"],
)
async def test_what_does_not_arrive_is_not_waited_for(
    site: Site, monkeypatch: pytest.MonkeyPatch, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bounded, "ARRIVAL", 0.2)
    monkeypatch.setattr(bounded.BoundedProtocol.room, "_told", -bounded.QUIET)
    slow = [await site.connect(sent) for _ in range(5)]
    assert all([await is_closed(each) for each in slow])
    assert caplog.text.count("a request took too long to arrive") == 1, "said once, not for each"


async def test_a_second_request_has_its_time_too(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "ARRIVAL", 0.2)
    connection = await site.connect()
    assert await site.asks(3, connection) == b"3 bytes"
    connection[1].write(b"POST / HT")
    assert await is_closed(connection)


async def test_who_takes_long_to_be_answered_is_not_slow(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has arrived may take its time; and the connection is good for another."""
    monkeypatch.setattr(bounded, "ARRIVAL", 0.2)
    connection = await site.connect()
    for size in (100, 300_000):
        assert await site.asks(size, connection) == b"%d bytes" % size


async def test_the_oldest_makes_room_for_the_newest(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MOST", 3)
    slow = [await site.connect(HEAD % 10) for _ in range(5)]
    assert await site.asks(3) == b"3 bytes"
    assert all([await is_closed(each) for each in slow[:3]])


async def test_what_is_held_has_a_ceiling(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who holds much of what has not arrived lets go for who comes now; nothing alone may be larger than that."""
    monkeypatch.setattr(bounded, "BUDGET", 100_000)
    slow = [await site.connect(HEAD % 90_000 + b"a" * 40_000) for _ in range(4)]
    assert all([await is_closed(each) for each in slow[:2]])
    assert await site.asks(60_000) == b"60000 bytes"
    assert await is_closed(await site.connect(HEAD % 200_000 + b"a" * 200_000))
