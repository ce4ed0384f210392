"""Reminders follow their person through time zones, and no two ring at once."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.clock import Clock
from bot.core.credential import Record, read
from bot.core.remind import Timetable
from bot.services.job_runner import Done, Outcome, Reschedule
from bot.services.people import People
from bot.services.remind import AT_ONCE, Remind
from bot.store import job, people
from bot.store.job import Job
from bot.store.tables import credential_ as credential_table
from bot.store.tables import job as job_table
from bot.store.tables import message
from bot.store.tables import person as person_table
from tests.secret_stores import TEAM, World

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
        world.credentials._clock = world.reminders._clock = self.clock
        self.rang: dict[str, datetime] = {}

    async def until(self, end: datetime) -> None:
        """Everything that is due before."""
        remind = Remind(self.world.db, self.clock, TEAM, self.world.reminders)
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


class Ticking(Story):
    """A clock that goes on by a millisecond with each look."""

    def now(self) -> datetime:
        """Simulated time."""
        self.time += timedelta(milliseconds=1)
        return self.time


async def test_what_falls_due_while_a_token_is_recorded_rings(world: World) -> None:
    """It was still to come when the token was recorded, though not any more when it was planned."""
    morning = datetime(2026, 12, 29, 9, 30, tzinfo=ZoneInfo(SHANGHAI))
    world.credentials._clock = world.reminders._clock = Ticking(morning - timedelta(milliseconds=2.5))
    await world.credentials.record(world.mei, token("2026-12-30", SHANGHAI)[1], None)
    (credential,) = await world.rows(credential_table)
    assert credential["recorded_at"] < morning < world.reminders._clock.now()
    planned = {row["subject"].rpartition(":")[2] for row in await world.rows(job_table) if row["kind"] == "remind"}
    assert planned == {"t1", "t0", "ended"}


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


async def test_several_that_ring_at_once_are_told_once(world: World) -> None:
    """By one copy, whoever's job comes first; what was put off together comes back together."""
    start, record = token("2026-12-31", SHANGHAI)
    calendar = Calendar(world, start)
    named = [replace(record, name=name) for name in ("a", "b", "c")]
    ids = [await world.credentials.record(world.mei, each, None) for each in named]
    await calendar.until(datetime(2026, 12, 24, 10, tzinfo=ZoneInfo(SHANGHAI)))
    await world.credentials.snooze(world.mei, *ids[:2])
    await calendar.until(datetime(2026, 12, 25, 10, tzinfo=ZoneInfo(SHANGHAI)))
    rows = [row for row in await world.rows(message) if row["kind"] != "card"]
    for kind, expected in {"t7": ids, "s261225": ids[:2]}.items():
        told = [row for row in rows if row["kind"] == kind]
        assert sorted(row["subject"] for row in told) == [f"credential:{each}" for each in expected]
        [copy] = [row for row in told if row["thread"] is None]
        assert {row["thread"] for row in told} == {None, copy["id"]}
    assert len(rows) == 5


async def told(kind: str) -> Any:
    """Slack answers this to whoever asks about somebody."""
    raise NotImplementedError(kind)


@pytest.mark.parametrize(
    ("away", "rings"), [(NEW_YORK, "2026-12-23T14:30"), ("Australia/Sydney", "2026-12-23T22:30")]
)
async def test_what_is_planned_moves_with_the_zone_in_one_transaction(world: World, away: str, rings: str) -> None:
    """The event that tells of the new zone has it planned anew, and its receipt drawn; a failure undoes both."""
    start, record = token("2026-12-30", SHANGHAI)
    calendar = Calendar(world, start)
    credential_id = await world.credentials.record(world.mei, record, None)
    known = People(world.db, calendar.clock, world.mei.team_id, told, "zh", world.reminders)

    async def planned() -> datetime:
        async with world.db.read() as conn:
            found = await job.planned(conn, world.mei.team_id, "remind", f"credential:{credential_id}:")
        return found[f"credential:{credential_id}:t7"]

    before = await planned()

    async def broken() -> None:
        async with world.db.write() as tx:
            await known.changed(tx, replace(world.mei, tz=away))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await broken()
    assert await planned() == before
    async with world.db.write() as tx:
        await known.changed(tx, replace(world.mei, tz=away))
    assert await planned() == datetime.fromisoformat(f"{rings}+00:00")


@pytest.mark.parametrize(
    ("up", "rings"),
    [
        ("2026-12-23T23:30", "2026-12-24T09:30"),  # the one a week before, late
        ("2026-12-26T08:00", "2026-12-26T09:30"),  # that and the next one, as one
        ("2026-12-30T22:00", "2026-12-30T22:00"),  # the token would have ended by the morning
        ("2026-12-31T03:00", "2026-12-31T09:30"),  # it has ended: nobody is woken for that
    ],
)
async def test_what_is_late_waits_for_the_morning(world: World, up: str, rings: str) -> None:
    """After an outage that ends at night. Only what can't wait any longer rings then."""
    start, record = token("2026-12-30", SHANGHAI)
    calendar = Calendar(world, start)
    await world.credentials.record(world.mei, record, None)
    moment, expected = (datetime.fromisoformat(f"{each}+08:00") for each in (up, rings))
    calendar.clock.time = moment
    await calendar.until(expected)
    first = [(kind, at) for kind, at in calendar.rang.items() if kind != "card"]
    assert len(first) == 1
    assert first[0][1] == expected


async def replanned(world: World, calendar: Calendar, timetable: Timetable) -> dict[str, datetime]:
    """A process starts with this timetable, and its job runs to its end; what is planned then, by rung."""
    world.reminders._timetable = lambda: timetable
    remind = Remind(world.db, calendar.clock, TEAM, world.reminders)
    async with world.db.write() as tx:
        await remind.plan(tx)
    while True:
        async with world.db.write() as tx:
            rows = [row for row in await job.claim(tx, calendar.clock.now(), 100) if row.kind == "replan"]
        if not rows:
            break
        outcome = await remind.replan(rows[0])
        assert isinstance(outcome, Reschedule)
        async with world.db.write() as tx:
            await job.reschedule(tx, rows[0], outcome.at, attempts=0, keep=outcome.keep)
            if outcome.save:
                await outcome.save(tx)
    async with world.db.read() as conn:
        return await job.planned(conn, TEAM, "remind", "credential:")


async def test_another_timetable_has_everything_planned_anew(world: World) -> None:
    """Once, in batches, of everybody's tokens; what it does not know any more rings no more."""
    start, record = token("2026-12-30", SHANGHAI)
    calendar = Calendar(world, start)
    each = (replace(record, name=f"trial {number}") for number in range(AT_ONCE + 5))
    ids = [await world.credentials.record(world.mei, one, None) for one in each]
    before = await replanned(world, calendar, Timetable())
    assert {name.rpartition(":")[2] for name in before} == {"t7", "t3", "t1", "t0", "ended"}
    after = await replanned(world, calendar, Timetable(days=(14, 1)))
    assert {name.rpartition(":")[2] for name in after} == {"t14", "t1", "ended"}
    assert len(after) == 3 * len(ids)
    assert after[f"credential:{ids[-1]}:t14"] == datetime.fromisoformat("2026-12-16T09:30+08:00")
    free = Timetable(days=(14, 1), is_worked=lambda day, _: day != date(2026, 12, 16), calendar="that day is off")
    moved = await replanned(world, calendar, free)
    assert moved[f"credential:{ids[0]}:t14"] == datetime.fromisoformat("2026-12-15T09:30+08:00")


async def test_the_same_timetable_has_nothing_planned_anew(world: World) -> None:
    start, record = token("2026-12-30", SHANGHAI)
    calendar = Calendar(world, start)
    await world.credentials.record(world.mei, record, None)
    await replanned(world, calendar, Timetable())
    remind = Remind(world.db, calendar.clock, TEAM, world.reminders)
    async with world.db.write() as tx:
        await remind.plan(tx)
        due = await job.planned(tx.conn, TEAM, "replan", "timetable")
    assert due == {"timetable": calendar.clock.now() + timedelta(days=30)}


async def test_a_zone_that_this_machine_does_not_know_breaks_no_planning(world: World) -> None:
    """As a process with newer zones may have stored it: the mornings are UTC's."""
    start, record = token("2026-12-30", SHANGHAI)
    calendar = Calendar(world, start)
    credential_id = await world.credentials.record(world.mei, record, None)
    async with world.db.write() as tx:
        await tx.conn.execute(person_table.update().values(tz="Mars/Base"))
    planned = await replanned(world, calendar, Timetable())
    assert planned[f"credential:{credential_id}:t7"] == datetime.fromisoformat("2026-12-23T09:30+00:00")
