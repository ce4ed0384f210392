"""What the web server bears: how many connections, how long a request may take to arrive, how much is held of those
that have not arrived. Whoever is slow or large makes room for whoever is quick and small.
"""

import asyncio
import logging
import time
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

log = logging.getLogger(__name__)

MOST = 500  # connections at a time
ARRIVAL = 10.0  # seconds in which a request has to be there, headers and body; Slack itself waits for three
IDLE = 5  # seconds that a connection stays open after an answer
HEADERS = 16 * 1024  # bytes
BUDGET = 4 * 1024 * 1024  # bytes of all requests that are not answered yet
QUIET = 60.0  # seconds between two lines of log about it


class Room:
    """What all connections of this process share. `owing`: whose request has not arrived yet, the oldest first."""

    def __init__(self) -> None:
        self.owing: dict[BoundedProtocol, None] = {}
        self.held = 0
        self._told = -QUIET

    def tell(self, why: str) -> None:
        """Say that connections are dropped, now and then."""
        if time.monotonic() - self._told >= QUIET:
            self._told = time.monotonic()
            log.warning("connections are dropped: %s", why)


class BoundedProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, within bounds."""

    room: ClassVar[Room] = Room()
    _held = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Its first request is owed from now on."""
        super().connection_made(transport)
        self._owes()
        if len(self.connections) > MOST:
            self._oldest().drop("there are too many")

    def data_received(self, data: bytes) -> None:
        """A part of a request; what it takes is counted until the request is answered."""
        self._held += len(data)
        self.room.held += len(data)
        while self.room.held > BUDGET and not self.transport.is_closing():
            self._oldest().drop("too much is held of requests that have not arrived")
        if not self.transport.is_closing():
            super().data_received(data)
            self._look()

    def on_response_complete(self) -> None:
        """Nothing of this request is held any more; the next one may be here already."""
        self._release()
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        super().connection_lost(exc)
        self._arrived()
        self._release()

    def drop(self, why: str) -> None:
        """End it at once, and let go of what came."""
        self.room.tell(why)
        self._arrived()
        self._release()
        if self.cycle:
            self.cycle.body = bytearray()
        self.transport.abort()

    def _look(self) -> None:
        """Whether a request is on its way. After an answer uvicorn's own timer counts until the next one begins."""
        cycle = self.cycle
        begins = cycle is None or cycle.more_body or (cycle.response_complete and self._held > 0)
        if begins and not self.transport.is_closing():
            self._owes()
        else:
            self._arrived()

    def _owes(self) -> None:
        if self._deadline is None:
            self.room.owing[self] = None
            self._deadline = self.loop.call_later(ARRIVAL, self.drop, "a request took too long to arrive")

    def _arrived(self) -> None:
        self.room.owing.pop(self, None)
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _release(self) -> None:
        self.room.held -= self._held
        self._held = 0

    def _oldest(self) -> "BoundedProtocol":
        """Whose request has been on its way for the longest time; this one where all have arrived."""
        return next(iter(self.room.owing), self)
