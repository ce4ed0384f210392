"""What could not be done, in the hands of admins: a page of it, another try, and the end of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.clock import Clock
from bot.core.errors import NotFound
from bot.core.people import Person
from bot.store import job_desk
from bot.store.about import About, of_jobs
from bot.store.database import Database
from bot.store.job_desk import StuckJob

from .overview import EVERYBODYS, WAITS
from .people import must_be_admin

Deed = Literal["retry", "drop"]


@dataclass(frozen=True)
class FailedJob:
    """A job that is dead or keeps failing, and what it is about."""

    job: StuckJob
    about: About


@dataclass(frozen=True)
class FailedPage:
    """Some of what failed, from `offset` on, and how many there are in all."""

    jobs: Sequence[FailedJob]
    total: int
    offset: int


@dataclass(frozen=True)
class Settled:
    """What came of a press: what was tried again or given up. Where somebody was faster `job` is None, and `by` and
    `deed` say who did what, "" and None where it has moved on by itself."""

    job: FailedJob | None
    by: str
    deed: Deed | None


class FailedJobs:
    """What admins see and do about jobs that do not go on. All raise NotAdmin, Unreachable."""

    def __init__(self, db: Database, clock: Clock, team_id: str) -> None:
        self._db, self._clock, self._teams = db, clock, (team_id, EVERYBODYS)

    async def listed(self, who: Person, offset: int, limit: int) -> FailedPage:
        """A page of them, the dead first; the last page there is where `offset` lies behind it."""
        must_be_admin(who)
        async with self._db.read() as conn:
            total = await job_desk.count_failed(conn, self._teams, WAITS)
            offset = min(offset, max(0, total - 1) // limit * limit)
            found = await job_desk.failed(conn, self._teams, WAITS, offset, limit)
            about = await of_jobs(conn, found)
        return FailedPage([FailedJob(each, about[each.id]) for each in found], total, offset)

    async def load(self, who: Person, job_id: int, seen: int) -> FailedJob:
        """One of them, as it was when its mark was `seen`. Raises NotFound where it is not any more."""
        must_be_admin(who)
        async with self._db.read() as conn:
            found = await job_desk.load(conn, self._teams, job_id)
            if found is None or found.mark != seen:
                raise NotFound
            return FailedJob(found, (await of_jobs(conn, [found]))[found.id])

    async def retry(self, by: Person, job_id: int, seen: int) -> Settled:
        """Try it again now, with fresh attempts, unless it is not any more what had the mark `seen`."""
        return await self._settle(by, job_id, seen, "retry")

    async def drop(self, by: Person, job_id: int, seen: int) -> Settled:
        """Give it up, unless it is not any more what had the mark `seen`."""
        return await self._settle(by, job_id, seen, "drop")

    async def retry_all(self, by: Person, limit: int) -> int:
        """Try everything again that has failed, `limit` at most; how many those are."""
        must_be_admin(by)
        async with self._db.write() as tx:
            found = await job_desk.failed(tx.conn, self._teams, WAITS, 0, limit)
            tried = await job_desk.retry(tx, [each.id for each in found], self._clock.now(), by.user_id)
        return len(tried)

    async def _settle(self, by: Person, job_id: int, seen: int, deed: Deed) -> Settled:
        must_be_admin(by)
        now, change = self._clock.now(), job_desk.retry if deed == "retry" else job_desk.drop
        async with self._db.write() as tx:
            found = await job_desk.load(tx.conn, self._teams, job_id)
            about = await of_jobs(tx.conn, [found] if found else [])
            is_same = found is not None and found.mark == seen
            if found and is_same and await change(tx, [job_id], now, by.user_id, seen=found.generation):
                return Settled(FailedJob(found, about[found.id]), by.user_id, deed)
            last = await job_desk.last_deed(tx.conn, self._teams, job_id)
        if last is None:
            return Settled(None, "", None)
        return Settled(None, last.actor or "", "drop" if last.action == job_desk.DROPPED else "retry")
