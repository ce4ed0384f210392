"""Reminders follow their person through time zones, and no two ring at once."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.clock import Clock
from bot.core.credential import Record, read
from bot.services.credential import Remind
from bot.services.job_runner import Done, Outcome
from bot.store import job, people
from bot.store.job import Job
from bot.store.tables import message
from tests.secret_stores import World

from .test_job_runner import WatchedRunner

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"
LADDER = ["card", "t7", "t3", "t1", "t0", "ended"]


class Story(Clock):
    """A clock that a test moves."""

    def __init__(self, time: datetime) -> None:
        self.time = time

    def now(self) -> datetime:
        """Simulated time."""
        return self.time


async def nothing(_: Job) -> Outcome:
    """Drawing is no matter here."""
    return Done()


class Calendar:
    """Simulated time goes from one reminder to the next; `rang` holds what came and when."""

    def __init__(self, world: World, start: datetime) -> None:
        self.world, self.clock = world, Story(start)
        world.credentials._clock = self.clock
        self.rang: dict[str, datetime] = {}

    async def until(self, end: datetime) -> None:
        """Everything that is due before."""
        remind = Remind(self.world.db, self.clock)
        job_runner = WatchedRunner(self.world.db, self.clock, {"remind": remind.ring, "draw": nothing})
        running = asyncio.create_task(job_runner.run())
        while (due := await job_runner.until(self._settled)) <= end:
            self.clock.time = due
            job_runner.wake()
        job_runner.stop()
        await running
        self.clock.time = end

    async def _settled(self) -> datetime | None:
        """When the next thing is due, once all that is due now is done; the end of time if there is nothing."""
        async with self.world.db.read() as conn:
            due = await job.next_due(conn) or datetime.max.replace(tzinfo=UTC)
        if due <= self.clock.time:
            return None
        for row in await self.world.rows(message):
            self.rang.setdefault(row["kind"], self.clock.time)
        return due


def token(ends: str, zone: str) -> tuple[datetime, Record]:
    """Made on the first of December at ten, until the end of the day `ends`."""
    start = datetime(2026, 12, 1, 10, tzinfo=ZoneInfo(zone))
    return start, read("trial", "date", ends, start, "", zone, start)


@pytest.mark.parametrize(("home", "away"), [(SHANGHAI, NEW_YORK), (NEW_YORK, SHANGHAI)], ids=["west", "east"])
async def test_who_travels_is_reminded_all_the_same(world: World, home: str, away: str) -> None:
    """In the mornings of where they are now."""
    start, record = token("2026-12-30", home)
    calendar = Calendar(world, start)
    await world.credentials.record(replace(world.mei, tz=home), record, None)
    async with world.db.write() as tx:
        await people.save(tx, replace(world.mei, tz=away))
    await calendar.until(record.ends_at + timedelta(days=3))
    assert list(calendar.rang) == LADDER
    there = [at.astimezone(ZoneInfo(away)) for key, at in calendar.rang.items() if key.startswith("t")]
    assert [f"{at:%H:%M}" for at in there] == ["09:30"] * 4


@pytest.mark.parametrize(
    ("day", "rungs"),
    [(30, LADDER), (24, ["card", "t7", "s261225", "t3", "t1", "t0", "ended"])],
    ids=["tomorrow is a rung's day", "tomorrow the ladder is silent"],
)
async def test_what_was_put_off_comes_once(world: World, day: int, rungs: list[str]) -> None:
    """Tomorrow morning, and not beside what the ladder says then: one message about one token."""
    start, record = token("2026-12-31", SHANGHAI)
    calendar = Calendar(world, start)
    credential_id = await world.credentials.record(world.mei, record, None)
    await calendar.until(datetime(2026, 12, day, 10, tzinfo=ZoneInfo(SHANGHAI)))
    await world.credentials.snooze(world.mei, credential_id)
    await calendar.until(record.ends_at + timedelta(days=3))
    assert list(calendar.rang) == rungs
