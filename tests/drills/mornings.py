"""Outages, journeys and jumps of the clock: each token is told in its owner's mornings, once a day, before its end.

`python -m tests.drills.mornings --count N --seed S` runs it by hand. In each round 25 people, one a zone, record a
token each on a day between 2026 and 2031, half of the rounds about a change of clocks. Each of them travels once, the
bot is down once, and in some rounds its clock jumps by a day. Nothing is sent: what rings, and when, are the rows of
messages.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from itertools import count, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.clock import Clock
from bot.core.credential import Record
from bot.core.people import Person, Standing
from bot.core.remind import ENDED, LAST_CALL, NEAR, OFF, Quiet, Timetable, held, quiet_of
from bot.services.credential import Credentials
from bot.services.job_runner import Done, Outcome
from bot.services.people import People
from bot.services.remind import Remind, Reminders
from bot.store import job, people
from bot.store import message as messages
from bot.store.database import Database
from bot.store.job import Job
from bot.store.message import CARD
from bot.store.tables import message
from tests.databases import KINDS, fresh
from tests.services.test_job_runner import WatchedRunner

TEAM = "T0DRILL"
ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Johannesburg",
    "America/Los_Angeles",
    "America/New_York",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Dubai",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/London",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Honolulu",
]
QUIET = (None, None, OFF, "22:00-08:00", "23:00-12:00", "09:00-18:30", "00:00-06:00")
FIRST, DAYS = datetime(2026, 1, 1, tzinfo=UTC), 5 * 365
DAY, MORNING = timedelta(days=1), time(9, 30)
Told = tuple[datetime, str]
"""When, and the kind of notice."""
NOTICE = timedelta(hours=36)
"""Whoever records a token so long before its end hears of it."""


class Watch(Clock):
    """A clock that the drill moves."""

    def __init__(self) -> None:
        self.time = FIRST

    def now(self) -> datetime:
        """Simulated time."""
        return self.time


@dataclass
class Traveller:
    """Somebody with one token. `moves`: since when in which zone."""

    person: Person
    ends_at: datetime
    recorded: datetime
    moves: list[tuple[datetime, str]] = field(default_factory=list)

    def zone(self, at: datetime) -> str:
        """Where they are."""
        return next(zone for since, zone in reversed(self.moves) if since <= at)

    @property
    def quiet(self) -> Quiet | None:
        """The hours in which they want no reminders."""
        return quiet_of(self.person.quiet)


@dataclass
class Tally:
    """What came of it."""

    people: int = 0
    told: int = 0
    urgent: int = 0
    mornings: int = 0
    disturbed: list[str] = field(default_factory=list)
    crowded: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    surprised: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """All that should not be."""
        return self.disturbed + self.crowded + self.wrong + self.surprised


class Round:
    """25 people and their tokens; `down` is when the bot was, `jump` by how much its clock jumps in the middle."""

    def __init__(self, db: Database, clock: Watch, dice: random.Random, numbers: Iterator[int]) -> None:
        self._db, self._clock, self._dice = db, clock, dice
        reminders = Reminders(clock, Timetable)

        async def lookup(user_id: str) -> Person:
            raise NotImplementedError(user_id)

        self._people = People(db, clock, TEAM, lookup, "zh", reminders)
        self._credentials = Credentials(db, clock, reminders)
        self._handlers = {"remind": Remind(db, clock, TEAM, reminders).ring, "draw": self._posted}
        self.start = self._somewhen()
        clock.time = self.start
        self.everybody = [self._somebody(zone, next(numbers)) for zone in ZONES]
        away = timedelta(hours=dice.choice((1, 3, 8, 13, 24, 72, 168, 720)))
        gone = self.start + timedelta(hours=dice.randrange(24 * 30))
        self.down = gone, gone + away
        self.jumped = self.start + timedelta(hours=dice.randrange(24 * 30))
        self.jump = dice.choice((0, 0, 1, -1)) * DAY

    def _somewhen(self) -> datetime:
        day = FIRST + timedelta(days=self._dice.randrange(DAYS), minutes=self._dice.randrange(1440))
        if self._dice.random() < 0.5:  # about a change of clocks in Europe or America
            month = self._dice.choice((3, 4, 10, 11))
            day = day.replace(month=month, day=1) + timedelta(days=self._dice.randrange(-20, 25))
        return day

    def _somebody(self, zone: str, number: int) -> Traveller:
        quiet = self._dice.choice(QUIET)
        who = Person(TEAM, f"U{number:08}", "x", "en", zone, Standing.MEMBER, admin=False, seen_at=FIRST, quiet=quiet)
        life = timedelta(days=self._dice.choice((1, 2, 4, 5, 10, 15, 30)), minutes=self._dice.choice((0, 0, 777)))
        ends_at = self.start + life
        if self._dice.random() < 0.5:  # a chosen date: the last second of that day
            local = ends_at.astimezone(ZoneInfo(zone))
            ends_at = local.replace(hour=23, minute=59, second=59).astimezone(UTC)
        return Traveller(who, ends_at, self.start, [(self.start, zone)])

    async def run(self) -> None:
        """From the first day to a few days after the last end."""
        events = [(self.jumped, -1), *((self._leaves(each), number) for number, each in enumerate(self.everybody))]
        for each in self.everybody:
            async with self._db.write() as tx:
                await people.save(tx, each.person)
                await people.quieten(tx, TEAM, each.person.user_id, each.person.quiet)
            record = Record("x", self.start, each.ends_at, None)
            await self._credentials.record(each.person, record, None)
        for at, number in sorted(events):
            await self._until(at)
            if number < 0:
                self._clock.time += self.jump
            else:
                await self._moves(self.everybody[number])
        await self._until(max(self.down[1], *(each.ends_at for each in self.everybody)) + 3 * DAY)

    async def _posted(self, row: Job) -> Outcome:
        """Slack takes everything."""
        async with self._db.write() as tx:
            if copy := await messages.load(tx.conn, int(row.subject)):
                await messages.save(tx, copy, channel="D0", ts=row.subject)
        return Done()

    def _leaves(self, who: Traveller) -> datetime:
        return who.recorded + (who.ends_at - who.recorded) * self._dice.random()

    async def _moves(self, who: Traveller) -> None:
        zone = self._dice.choice(ZONES)
        who.moves.append((self._clock.now(), zone))
        async with self._db.write() as tx:
            await self._people.changed(tx, replace(who.person, tz=zone))

    async def _until(self, end: datetime) -> None:
        """Everything that is due before, one moment after the other; nothing while the bot is down."""
        while True:
            due = await self._due()
            if due and self.down[0] <= max(due, self._clock.time) < self.down[1]:
                due = self.down[1]
            if due is None or due > end:
                self._clock.time = max(self._clock.time, end)
                return
            self._clock.time = max(self._clock.time, due)
            await self._work()

    async def _work(self) -> None:
        """All that is due now, and the clock stands still meanwhile."""
        runner = WatchedRunner(self._db, self._clock, self._handlers)
        working = asyncio.create_task(runner.run())
        await runner.until(self._settled)
        runner.stop()
        await working

    async def _settled(self) -> bool | None:
        due = await self._due()
        return True if due is None or due > self._clock.time else None

    async def _due(self) -> datetime | None:
        async with self._db.read() as conn:
            return await job.next_due(conn)

    async def judge(self, tally: Tally) -> None:
        """What everybody was told and when."""
        for each in self.everybody:
            async with self._db.read() as conn:
                found = await conn.execute(
                    select(message.c.kind, message.c.created_at).filter_by(recipient=each.person.user_id)
                )
            told = sorted((row.created_at, row.kind) for row in found if row.kind != CARD)
            tally.people += 1
            tally.told += len(told)
            self._judge(each, told, tally)

    def _judge(self, who: Traveller, told: list[Told], tally: Tally) -> None:
        story = f"{who.person.user_id} {who.moves} {who.person.quiet} ends {who.ends_at} down {self.down}: {told}"
        for at, kind in told:
            around = who.quiet.around(at, who.zone(at)) if who.quiet else None
            if around and kind != ENDED and around[1] >= who.ends_at:
                tally.urgent += 1
            elif around:
                tally.disturbed.append(f"{kind} at {at} in {who.zone(at)}: {story}")
            if (kind == ENDED) != (at >= who.ends_at):
                tally.wrong.append(f"{kind} at {at}: {story}")
            if self._is_plain(who, kind, at):
                tally.mornings += 1
                if not self._is_its_day(who, kind, at):
                    tally.wrong.append(f"{kind} at {at}: {story}")
        before = [(at, kind) for at, kind in told if kind != ENDED]
        if not self.jump:
            near = [pair for pair in pairwise(before) if pair[1][0] - pair[0][0] < NEAR - timedelta(hours=1)]
            tally.crowded += [f"{pair}: {story}" for pair in near + self._of_one_day(who, told)]
        was_up = not (self.down[0] <= who.recorded + DAY and self.down[1] >= who.ends_at) and not self.jump
        if len({kind for _, kind in told if kind == ENDED}) != 1:
            tally.surprised.append(f"no end: {story}")
        if was_up and not before and who.ends_at - who.recorded >= NOTICE and self._is_reachable(who):
            tally.surprised.append(story)

    def _of_one_day(self, who: Traveller, told: list[Told]) -> list[tuple[Told, Told]]:
        """Two that were told on one day of the zone that the person was in all the time; of what ends in quiet hours
        the last word can't wait."""
        return [
            (one, other)
            for one, other in pairwise(told)
            if (zone := who.zone(one[0])) == who.zone(other[0])
            and one[0].astimezone(ZoneInfo(zone)).date() == other[0].astimezone(ZoneInfo(zone)).date()
            and held(other[0], None, zone, who.quiet) == other[0]
        ]

    def _is_reachable(self, who: Traveller) -> bool:
        """Whether the bot was there on the last day and a half."""
        return self.down[1] < who.ends_at - timedelta(hours=1) or self.down[0] > who.ends_at - timedelta(hours=1)

    def _is_plain(self, who: Traveller, kind: str, at: datetime) -> bool:
        """A rung of days in the usual hours, with no journey, outage or jump in the two days before."""
        disturbances = [self.down[1], self.jumped, *(since for since, _ in who.moves[1:])]
        is_calm = not any(timedelta() <= at - each < 2 * DAY for each in disturbances)
        return is_calm and kind.startswith("t") and who.person.quiet is None

    def _is_its_day(self, who: Traveller, kind: str, at: datetime) -> bool:
        """At 09:30, that many days before the end, or on the Friday before that, if the token was recorded by then;
        an end in the morning is told on the day before, in its evening if the token was not recorded by then."""
        zone, days = ZoneInfo(who.zone(at)), int(kind[1:])
        here, end = at.astimezone(zone), who.ends_at.astimezone(zone)
        day = end.date() - timedelta(days=days)
        if not days and end.time() <= MORNING:
            was_late = datetime.combine(day - DAY, MORNING, zone) <= who.recorded
            return (here.date(), here.time()) == (day - DAY, LAST_CALL if was_late else MORNING)
        friday = day - timedelta(days=max(day.weekday() - 4, 0))
        was_early = datetime.combine(friday, MORNING, zone) > who.recorded  # else its last rung keeps its day
        if days and (was_early or days > 1):
            day = friday
        return (here.date(), here.time()) == (day, MORNING)


async def drill(url: str, rounds: int, seed: int) -> Tally:
    """So many rounds on the database at `url`, one after the other in time."""
    dice, tally, numbers = random.Random(seed), Tally(), count()  # noqa: S311  (no secret)
    db = Database(url)
    for _ in range(rounds):
        each = Round(db, Watch(), dice, numbers)
        await each.run()
        await each.judge(tally)
    await db.close()
    return tally


def main() -> int:
    """By hand, with the findings on standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=16, help="rounds of 25 people")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=KINDS, default=KINDS[0])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, fresh(asked.database, Path(folder)) as url:
        tally = asyncio.run(drill(url, asked.count, asked.seed))
    print(f"seed {asked.seed}: {tally.people} people, {tally.told} messages, {tally.urgent} urgent in quiet hours")
    print(f"{tally.mornings} undisturbed ones looked at for their day")
    for name in ("disturbed", "crowded", "wrong", "surprised"):
        found = getattr(tally, name)
        print(f"{name}: {len(found)}", *found[:3], sep="\n  ")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
