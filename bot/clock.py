"""Two kinds of time. Simulated time is what a `Clock` says; the playground can move it. Real time is `real()`."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Protocol

import httpx

from bot.network import Network

YEARS = range(2000, 2200)  # in which a date that is heard may lie
POLL = 1.0  # seconds of one long poll; as often the playground hears when our next work is due


utc_now = partial(datetime.now, UTC)
"""Real time, UTC: for leases, signatures, JWTs and caches. Never moved."""


class Clock(Protocol):
    """Simulated time: for due dates, expiries and everything a person is told."""

    def now(self) -> datetime:
        """Simulated time, aware, UTC."""


class SystemClock:
    """Simulated time is real time."""

    def now(self) -> datetime:
        """The machine's time, UTC."""
        return utc_now()


class HeardClock:
    """Another side's own clock, as far as the `Date` of its answers tells: to a second, and late by the way here.

    Between two answers it goes on by the clock of this machine that nobody sets, whatever becomes of the other one.
    """

    def __init__(self) -> None:
        self._theirs: datetime | None = None
        self._heard = 0.0

    def hear(self, date: str | None) -> None:
        """An answer with this `Date` came just now; what is no date is not heard."""
        try:
            theirs = parsedate_to_datetime(date or "")
        except (TypeError, ValueError, OverflowError):
            return
        if theirs.year not in YEARS:
            return
        self._theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
        self._heard = time.monotonic()

    def now(self) -> datetime | None:
        """Their time, UTC; None while nothing was heard."""
        if self._theirs is None:
            return None
        return self._theirs + timedelta(seconds=time.monotonic() - self._heard)

    def ahead(self, ours: datetime) -> timedelta:
        """By how much their clock is ahead of `ours`; nothing while nothing was heard."""
        theirs = self.now()
        return theirs - ours if theirs else timedelta(0)


class RemoteClock:
    """Simulated time of a playground in another process, followed by a long poll of its `human/clock` address.

    `due` answers when our next work is, which the playground is told; `moved` is called when simulated time jumps.
    """

    def __init__(self, url: str, due: Callable[[], Awaitable[datetime | None]], network: Network) -> None:
        self._url, self._due, self._network = url, due, network
        self.moved: Callable[[], None] = lambda: None
        self._offset = timedelta(0)
        self._following: asyncio.Task[None] | None = None

    def now(self) -> datetime:
        """The playground's time as last heard, UTC."""
        return utc_now() + self._offset

    async def follow(self) -> None:
        """Poll until cancelled. An unreachable playground leaves the offset as it was."""
        async with self._http(POLL + 5) as http:
            await self._ask(http, wait=0)
            while True:
                try:
                    await self._ask(http, wait=POLL)
                except (httpx.HTTPError, ValueError, KeyError):
                    await asyncio.sleep(0.5)

    async def start(self) -> None:
        """Hear the offset once, then follow it in the background. The playground may still be starting."""
        async with self._http(5) as http:
            with contextlib.suppress(httpx.HTTPError, ValueError, KeyError):
                await self._ask(http, wait=0)
        self._following = asyncio.create_task(self.follow())

    async def stop(self) -> None:
        """Follow it no more; what it was about to ask of our database has ended."""
        if self._following:
            self._following.cancel()
            await asyncio.wait([self._following])

    def _http(self, timeout: float) -> httpx.AsyncClient:
        network = self._network
        return httpx.AsyncClient(timeout=timeout, trust_env=False, proxy=network.proxy(self._url), verify=network.tls)

    async def _ask(self, http: httpx.AsyncClient, wait: float) -> None:
        due = await self._due()
        params = {"known": str(self._offset.total_seconds()), "wait": str(wait)}
        if due:
            params["next_due"] = due.isoformat()
        answer = (await http.get(self._url, params=params)).json()
        offset = timedelta(seconds=float(answer["offset"]))
        if abs(offset - self._offset) > timedelta(milliseconds=1):
            self._offset = offset
            self.moved()
