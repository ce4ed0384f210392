"""Cost against the size of the tables: a whole reminder, and every statement of the main story, by itself.

A reminder begins as a due job and ends as a post in the chat. Its time on the processor is the bot's and the
playground's, above what both take while nothing is due. A statement is run alone, on a connection that has run it
before, and taken back; that the machine reads its rows from the disk for the first time is left out.
"""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from bot.clock import utc_now
from bot.core import people as core
from bot.core.credential import Record
from bot.playground.world.chat import Person
from bot.store import credential, job, people
from bot.store.database import Database
from bot.store.tables import message as table
from tests.benchmarks.numbers import Bound, Options, kinds, report, run
from tests.databases import fresh
from tests.filling import asked, fill, plain_engine
from tests.stories.story import Story, told
from tests.stories.test_growth import administrates
from tests.stories.test_main_story import all_the_way

SIZES = (10_000, 1_000_000)
AT_ONCE = 12  # reminders of a round; the bot may post that many at once
REST = 6.0  # seconds until it may do so again
LOOK = 0.05
TRIES = 5  # of each statement


async def benchmark(options: Options) -> bool:
    """Both sizes on each database."""
    met = True
    for kind in kinds():
        costs: list[float] = []
        for size in SIZES:
            with fresh(kind, options.folder) as url:
                reminder, slowest, count = await measured(options, url, size)
            costs.append(reminder)
            met &= judged(options, f"{size:,} rows in each table, {kind}", costs, slowest, count)
    return met


async def measured(options: Options, url: str, size: int) -> tuple[float, tuple[float, str], int]:
    """Seconds of a reminder, the slowest statement with its seconds, and how many there were."""
    engine = plain_engine(url)
    async with told(url) as story:
        await asyncio.to_thread(fill, engine, story.ready["slack"]["team_id"], size)
        with asked() as statements:
            await all_the_way(story)
            await administrates(story, "lin")
            seconds = await reminders(story, Database(url), options.rounds)
    times = [(alone(engine, statement, values), statement) for statement, values in statements.items()]
    engine.dispose()
    return seconds, max(times), len(times)


async def reminders(story: Story, db: Database, rounds: int) -> float:
    """Seconds on the processor of one of them; the first round does not count."""
    idle, seconds = await processor(db, REST), 0.0
    for number in range(rounds + 1):
        await plan(story, db, number)
        began, cpu = time.monotonic(), time.process_time()
        while await posted(db) < AT_ONCE * (number + 1):  # noqa: ASYNC110 (the bot tells nobody)
            await asyncio.sleep(LOOK)
        took = time.process_time() - cpu - idle * (time.monotonic() - began)
        seconds += took if number else 0.0
        await asyncio.sleep(REST)
    await db.close()
    return seconds / rounds / AT_ONCE


async def processor(db: Database, seconds: float) -> float:
    """What is used in a second while nothing is due, and somebody looks."""
    began, cpu = time.monotonic(), time.process_time()
    while time.monotonic() - began < seconds:
        await posted(db)
        await asyncio.sleep(LOOK)
    return (time.process_time() - cpu) / (time.monotonic() - began)


async def plan(story: Story, db: Database, number: int) -> None:
    """So many people, each with a token that ends in a week, and the job that tells them."""
    now, team = await story.now(), story.ready["slack"]["team_id"]
    record = Record("glasses", now - timedelta(days=23), now + timedelta(days=6, hours=22), None)
    async with db.write() as tx:
        for one in range(AT_ONCE):
            user = f"U9{number:03}{one:03}"
            story.world.world.chat.people[user.lower()] = Person(
                user.lower(), user, user, "en-US", "Asia/Shanghai", team_id=team
            )
            where = "en-US", "Asia/Shanghai", core.Standing.MEMBER
            await people.save(tx, core.Person(team, user, user, *where, admin=False, seen_at=utc_now()))
            made = await credential.add(tx, team, user, record, now - timedelta(days=23))
            await job.enqueue(tx, team, "remind", f"{credential.subject(made)}:t7", now)


async def posted(db: Database) -> int:
    """How many of them stand in the chat."""
    async with db.read() as conn:
        there = select(func.count()).select_from(table).where(table.c.ts.is_not(None), table.c.recipient.like("U9%"))
        return int(await conn.scalar(there) or 0)


def alone(engine: Engine, statement: str, values: Any) -> float:
    """Its seconds when nothing disturbed it, taken back each time."""
    seconds = []
    with engine.connect() as conn:
        for _ in range(TRIES):
            began = time.perf_counter()
            with suppress(IntegrityError):  # it adds what is there by now
                conn.exec_driver_sql(statement, values)
            seconds.append(time.perf_counter() - began)
            conn.rollback()
    return min(seconds)


def judged(options: Options, what: str, costs: list[float], slowest: tuple[float, str], count: int) -> bool:
    """Print it; whether all bounds were met."""
    took, statement = slowest
    figures = {
        "a reminder, the playground's part too": f"{1000 * costs[-1]:.1f} ms",
        f"slowest of {count} statements": f"{1000 * took:.2f} ms: {' '.join(statement.split())[:160]}",
    }
    bounds = [Bound("a reminder", 1000 * costs[-1], 12, "ms"), Bound("slowest statement", 1000 * took, 5, "ms")]
    if len(costs) > 1:
        bounds.append(Bound("a reminder, growth", costs[-1] / costs[0], 1.25))
    return report(options, what, figures, bounds)


if __name__ == "__main__":
    run("growth", 4, benchmark)
