"""Many messages at Slack's real rates: how long they take, and what they cost, against what the limits allow.

The playground counts calls as Slack does, and answers 429 to what is too much. Messages are wanted in the database,
as reminders are; meanwhile somebody else's own card is wanted every second.
"""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func, select

from bot.clock import utc_now
from bot.core import people as core
from bot.demo.run import demo
from bot.playground.server import Options as Where
from bot.playground.server import Playground
from bot.playground.world.chat import Person
from bot.store import message
from bot.store import people as rows
from bot.store.database import Database
from bot.store.tables import message as table
from tests.benchmarks.numbers import Bound, Options, kinds, percentile, report, run
from tests.databases import fresh

TEAM, LOOK, IDLE = "T0PLAYGROUND", 0.1, 3.0  # seconds between two looks, and of the idle
CHANNEL, PER_SECOND, BURST = 1.0, 5.0, 20  # what the bot allows itself: seconds a channel, posts a second, at once
AT_ONCE = 3  # posts to one person


@dataclass
class Course:
    """What came of one way of posting."""

    seconds: float = 0.0
    cpu: float = 0.0
    own: list[float] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    limited: int = 0


async def benchmark(options: Options) -> bool:
    """Three ways on each database."""
    met = True
    for kind in kinds():
        for name, people, to_one in (("150 people", 150, 0), ("20 to one", 0, 20), ("100 and 20", 100, 20)):
            with fresh(kind, options.folder) as url:
                course = await measured(url, people, to_one)
            met &= judged(options, f"{name}, {kind}", people, to_one, course)
    return met


async def measured(url: str, people: int, to_one: int) -> Course:
    """All are wanted at once; until the last one stands in the chat."""
    async with demo(Where(real_rates=True), url) as playground:
        users = [f"U1{number:04}" for number in range(people)]
        for user in users:
            join(playground, user)
        db, course = Database(url), Course()
        now = playground.clock.now()
        async with db.write() as tx:
            for user in users:
                where = "en-US", "Asia/Shanghai", core.Standing.MEMBER
                await rows.save(tx, core.Person(TEAM, user, user, *where, admin=False, seen_at=utc_now()))
            await message.show(tx, TEAM, message.hello("U0LIN"), "U0LIN", "first", now)
        await all_posted(db)
        idle = await watching(db)
        began, cpu = time.monotonic(), time.process_time()
        async with db.write() as tx:
            for user in users:
                await message.show(tx, TEAM, message.hello(user), user, "t7", now, planned=True)
            for number in range(to_one):
                await message.show(tx, TEAM, message.hello("U0TOM"), "U0TOM", f"t{number}", now, planned=True)
        own = asyncio.create_task(meanwhile(db, playground, course))
        await all_posted(db)
        course.seconds = time.monotonic() - began
        course.cpu = time.process_time() - cpu - idle * course.seconds
        own.cancel()
        await db.close()
        for call in playground.world.chat.calls:
            course.calls[call.method] += 1
            course.limited += call.response.get("error") == "ratelimited"
    return course


def join(playground: Playground, user: str) -> None:
    """Somebody new in the workspace."""
    who = Person(user.lower(), user, user, "en-US", "Asia/Shanghai", team_id=TEAM)
    playground.world.chat.people[who.handle] = who


async def all_posted(db: Database) -> None:
    """Until nothing waits."""
    while await waiting(db):  # noqa: ASYNC110 (the bot tells nobody)
        await asyncio.sleep(LOOK)


async def watching(db: Database) -> float:
    """Seconds of CPU in a second in which nothing is to be posted, and that is looked at."""
    began, cpu = time.monotonic(), time.process_time()
    while (took := time.monotonic() - began) < IDLE:
        await waiting(db)
        await asyncio.sleep(LOOK)
    return (time.process_time() - cpu) / took


async def waiting(db: Database) -> int:
    """How many are not posted yet."""
    async with db.read() as conn:
        left = select(func.count()).select_from(table).where(table.c.ts.is_(None), table.c.kind != "own")
        return int(await conn.scalar(left) or 0)


async def meanwhile(db: Database, playground: Playground, course: Course) -> None:
    """Mei's own cards, one a second, each until it stands there."""
    number = 0
    while True:
        number += 1
        subject, began = f"hello:own{number}", time.monotonic()
        async with db.write() as tx:
            await message.show(tx, TEAM, subject, "U0MEI", "own", playground.clock.now())
        while True:
            async with db.read() as conn:
                if await conn.scalar(select(table.c.ts).where(table.c.subject == subject)):
                    break
            await asyncio.sleep(LOOK)
        course.own.append(time.monotonic() - began)
        await asyncio.sleep(max(0.0, 1.5 - course.own[-1]))


def judged(options: Options, what: str, people: int, to_one: int, course: Course) -> bool:
    """Print it; whether all bounds were met."""
    posts = course.calls["chat.postMessage"]
    floor = max((posts - BURST) / PER_SECOND, (to_one - AT_ONCE) * CHANNEL if to_one else 0.0)
    figures = {
        "all posted": f"{course.seconds:.1f} s   the limits allow {floor:.1f} s",
        "CPU above idle, the playground's too": f"{course.cpu:.2f} s, {1000 * course.cpu / posts:.1f} ms a message",
        "somebody's own card meanwhile": f"p99 {percentile(course.own or [0.0], 0.99):.2f} s   N {len(course.own)}",
        "calls": ", ".join(f"{name} {count}" for name, count in course.calls.most_common(5)),
    }
    bounds = [
        Bound("time", course.seconds / floor, 1.1 if to_one and not people else 1.05),
        Bound("429s per 100", 100 * course.limited / posts, 2, ""),
        Bound("look-ups", course.calls["conversations.history"], 0, ""),
        Bound("CPU a message", 1000 * course.cpu / posts, 15, "ms"),
        Bound("own card", percentile(course.own or [0.0], 0.99), 3.0, "s"),
    ]
    return report(options, what, figures, bounds)


if __name__ == "__main__":
    run("pacing", 1, benchmark)
