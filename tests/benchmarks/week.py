"""A week of traffic in bursts: the memory of web and worker, and the bytes of log for each delivery.

A week at 8 events a second is 4.8 million deliveries; so many bursts of 100 are brought in each of its 168 hours, and
the hours pass in simulated time: the nightly sweeps, weekly looks and the reminders of 200 people happen on the way.
The keys of deliveries are kept by real time, so the tables grow as within a day. The first day warms up; then a day's
memory is the median of its hours.
"""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Select, func, select

from bot.clock import utc_now
from bot.core import people as core
from bot.core.credential import Record
from bot.demo.setup import setup
from bot.playground.server import Options as World
from bot.playground.server import Playground
from bot.playground.world.chat import Person
from bot.store import credential, people
from bot.store.database import Database
from bot.store.tables import job as jobs
from bot.store.tables import message as messages
from tests.benchmarks.numbers import Bound, Options, kinds, median, report, run
from tests.benchmarks.startup import memory
from tests.databases import fresh
from tests.processes import PATIENCE, Json, end, free_port, is_ready, spawn
from tests.stories.story import START

HOURS, DAY = 168, 24
BURST, AT_ONCE = 100, 4  # deliveries of a burst, and how many are on the way at the same time
CROWD = 200  # people with a token that ends within two weeks
SETTLES = 0.5  # seconds of real time in which the worker may do what became due in an hour
LOOK = 0.05
FLAT, BYTES = 1.05, 250.0
WEEK = 7 * 86_400 * 8  # deliveries at 8 a second
WORDS = ("status", "help", "remind", "join", "lang zh", "lang auto", "start", "queue", "no such word")
PRESSES = ("command.start", "command.join", "command.remind", "people.settings", "remind.snooze", "guide.start")
DEEDS = {"command": 10, "press": 4, "home": 3, "send": 2, "say": 3}
"""How often each is tried."""


@dataclass
class Process:
    """A process of the bot in a folder of its own, and its memory in MiB in each hour."""

    part: str
    pid: int
    log: Path
    rss: list[float] = field(default_factory=list)

    def day(self, number: int) -> float:
        """The median of a day's hours."""
        return median(self.rss[number * DAY : (number + 1) * DAY])

    @property
    def slope(self) -> float:
        """MiB an hour after the first day, by least squares."""
        hours, rss = range(DAY, len(self.rss)), self.rss[DAY:]
        middle, mean = sum(hours) / len(hours), sum(rss) / len(rss)
        spread = sum((hour - middle) ** 2 for hour in hours)
        return sum((hour - middle) * (one - mean) for hour, one in zip(hours, rss, strict=True)) / spread


class Traffic:
    """What people do, drawn by the dice: they type, press, open Home, send forms, write to the bot; some may not."""

    def __init__(self, playground: Playground, dice: random.Random) -> None:
        self._people, self._dice = playground.director.people, dice
        self._who = list(playground.world.chat.people)
        self.answers = Counter[str]()

    async def burst(self) -> None:
        """So many deliveries, some at the same time. What the chat itself does not let somebody do is none."""
        wanted = self.answers.total() + BURST
        await asyncio.gather(*(self._brings(wanted) for _ in range(AT_ONCE)))

    async def _brings(self, wanted: int) -> None:
        while self.answers.total() < wanted:
            answer = await self._does(self._dice.choice(self._who))
            if answer.get("status") is not None:
                self.answers[str(answer["status"])] += 1

    async def _does(self, who: str) -> Json:
        dice = self._dice
        match dice.choices(list(DEEDS), list(DEEDS.values()))[0]:
            case "command":
                return await self._people.command(who, f"/sharge {dice.choice(WORDS)}")
            case "press":
                return await self._people.click(who, action_id=dice.choice(PRESSES), confirm=True)
            case "home":
                return await self._people.home(who)
            case "send":
                return await self._people.submit(who, {})
        return await self._people.say(who, dice.choice(WORDS))


async def benchmark(options: Options) -> bool:
    """Measure on each database there is."""
    return all([await on(kind, options) for kind in kinds()])


async def on(kind: str, options: Options) -> bool:
    """A week on one database."""
    async with AsyncExitStack() as stack:
        port, url = free_port(), stack.enter_context(fresh(kind, options.folder))
        playground = await stack.enter_async_context(world(port))
        db = Database(url)
        stack.push_async_callback(db.close)
        await crowded(playground, db)
        traffic = Traffic(playground, random.Random(options.seed))  # noqa: S311 (a benchmark)
        env = {**playground.env(), "DATABASE_URL": url, "PORT": str(port), "LEAVE_SECONDS": "0"}
        processes = [
            await stack.enter_async_context(running(options.folder / kind / part, part, env))
            for part in ("web", "worker")
        ]
        async with asyncio.timeout(PATIENCE):
            while not await is_ready(port):  # noqa: ASYNC110 (another process)
                await asyncio.sleep(LOOK)
        before = [each.log.stat().st_size for each in processes]
        await pass_by(playground, db, traffic, processes, options.rounds)
        logged = b"".join(each.log.read_bytes()[size:] for each, size in zip(processes, before, strict=True))
        told = await done(db)
    return judged(kind, processes, traffic.answers, logged, told, options)


@asynccontextmanager
async def world(port: int) -> AsyncIterator[Playground]:
    """A playground in this process, from a Monday morning on; the bot is at this port."""
    events = f"http://127.0.0.1:{port}/slack/events"
    playground = Playground(World(start=START, transport="http", events_url=events), setup())
    await playground.start()
    playground.director.journal.pause()  # nobody lives it again
    try:
        yield playground
    finally:
        await playground.stop()


@asynccontextmanager
async def running(folder: Path, part: str, env: Mapping[str, str]) -> AsyncIterator[Process]:
    """`bot web` or `bot worker`, as hosts start them."""
    folder.mkdir(parents=True)  # noqa: ASYNC240 (nothing else runs yet)
    process = await spawn(folder, "bot.log", "-m", "bot", part, env=env)
    try:
        yield Process(part, process.pid, folder / "bot.log")
    finally:
        await end(process)


async def crowded(playground: Playground, db: Database) -> None:
    """People whose tokens end one after the other: each is reminded, when the worker has planned it."""
    team, now = playground.ready()["slack"]["team_id"], playground.clock.now()
    users = [f"U9{number:06}" for number in range(CROWD)]
    async with db.write() as tx:
        for number, user in enumerate(users):
            known = Person(user.lower(), user, user, "en-US", "Asia/Shanghai", team_id=team)
            playground.world.chat.people[known.handle] = known
            where = known.locale, known.tz, core.Standing.MEMBER
            await people.save(tx, core.Person(team, user, user, *where, admin=False, seen_at=utc_now()))
            ends = now + timedelta(hours=12) + timedelta(days=14) * number / CROWD
            await credential.add(tx, team, user, Record("glasses", now - timedelta(days=60), ends, None), now)


async def pass_by(
    playground: Playground, db: Database, traffic: Traffic, processes: Sequence[Process], bursts: int
) -> None:
    """All hours, one after the other."""
    for hour in range(HOURS):
        for _ in range(bursts):
            await traffic.burst()
        await settled(db, playground)
        for each in processes:
            each.rss.append(memory(each.pid)[0])
        if hour % DAY == DAY - 1:
            told = ", ".join(f"{each.part} {each.day(hour // DAY):.1f} MiB" for each in processes)
            print(f"day {hour // DAY + 1}: {told}", file=sys.stderr, flush=True)
        playground.clock.advance(timedelta(hours=1))


async def settled(db: Database, playground: Playground) -> None:
    """Until all that is due was done, for a while at most: posts wait for their turn at Slack's own pace."""
    due = select(func.count()).where(jobs.c.state.in_(("due", "leased")), jobs.c.due_at <= playground.clock.now())
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLES):
            while await _count(db, due):  # noqa: ASYNC110 (another process does it)
                await asyncio.sleep(LOOK)


async def done(db: Database) -> str:
    """What the worker has done meanwhile."""
    posts = select(func.count()).where(messages.c.ts.is_not(None))
    dead = select(func.count()).where(jobs.c.state == "dead")
    return f"{await _count(db, posts)} messages posted, {await _count(db, dead)} dead jobs"


async def _count(db: Database, what: Select[int]) -> int:
    async with db.read() as conn:
        return int(await conn.scalar(what) or 0)


def judged(
    kind: str, processes: Sequence[Process], answers: Counter[str], logged: bytes, told: str, options: Options
) -> bool:
    """Print it; whether both stayed flat, and the log short."""
    count, last = logged.count(b'"event": "delivery"'), HOURS // DAY - 1
    figures = {
        "people's acts, by answer": ", ".join(f"{status}: {many}" for status, many in sorted(answers.items())),
        "jobs": told,
    }
    bounds = [Bound("not answered 200", answers.total() - answers["200"], 0, "deliveries")]
    for each in processes:
        days = ", ".join(f"{each.day(number):.1f}" for number in range(last + 1))
        each_million = each.slope * HOURS * 1_000_000 / count
        figures[f"{each.part}, MiB RSS by day"] = f"{days}; {each_million:+.1f} MiB a million deliveries"
        bounds.append(Bound(f"{each.part}, last day to second", each.day(last) / each.day(1), FLAT))
    bounds.append(Bound("log, a delivery", len(logged) / count, BYTES, "bytes"))
    return report(options, f"N {count:,} of {WEEK:,}, {HOURS} hours, {kind}", figures, bounds)


if __name__ == "__main__":
    run("week", 3, benchmark)
