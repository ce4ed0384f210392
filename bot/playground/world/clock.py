"""Simulated time: real time plus an offset that the page, a test or a drill moves forward."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

NextDue = Callable[[], Awaitable[datetime | None]]


class SimulatedClock:
    """The one clock of a playground. All times are aware and in UTC.

    It begins at `start`, which lies ahead, or with real time. `next_due` answers when the bot has its next piece of
    work; the demo sets it, a bot outside reports it with each poll of the clock (see `report`). `on_advance` hears
    of each move before it is made.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start
        self._offset = self._beginning()
        self._reported: datetime | None = None
        self._moved = asyncio.Event()
        self.next_due: NextDue | None = None
        self.on_advance: Callable[[timedelta], None] = lambda _: None

    @property
    def offset(self) -> timedelta:
        """How far simulated time is ahead of real time."""
        return self._offset

    def now(self) -> datetime:
        """Simulated time, UTC."""
        return datetime.now(UTC) + self._offset

    def advance(self, by: timedelta) -> datetime:
        """Move on by `by` and answer the new time. Raises ValueError for a step back."""
        if by < timedelta(0):
            raise ValueError("simulated time only moves forward")
        self.on_advance(by)
        self._set(self._offset + by)
        return self.now()

    def move_to(self, moment: datetime) -> datetime:
        """Move on to `moment` and answer the new time. Raises ValueError for the past."""
        return self.advance(moment - self.now())

    def reset(self) -> None:
        """Back to where it began: a scenario starts anew."""
        self._reported = None
        self._set(self._beginning())

    def report(self, due: datetime | None) -> None:
        """Remember what a bot outside this process says of its next due jobs."""
        self._reported = due

    async def due(self) -> datetime | None:
        """When the bot has its next job, or None if it has none or nobody said."""
        return await self.next_due() if self.next_due else self._reported

    async def moved(self, known: timedelta, wait: float) -> None:
        """Return as soon as the offset differs from `known`, after `wait` seconds of real time at the latest."""
        if self._offset == known:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._moved.wait()

    def _beginning(self) -> timedelta:
        return self._start - datetime.now(UTC) if self._start else timedelta(0)

    def _set(self, offset: timedelta) -> None:
        self._offset = offset
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
