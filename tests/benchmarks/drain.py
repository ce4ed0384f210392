"""Jobs: 1,000 that are due, drained by handlers that do nothing, and the look of an idle runner, as the table grows.

Each completion is durable. The floors claim a batch and complete row by row too, on the bare driver: what the
database itself takes.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from sqlalchemy import insert

from bot.clock import SystemClock
from bot.services.job_runner import Done, JobRunner, Outcome
from bot.store.database import Database, normal
from bot.store.job import Job
from bot.store.tables import job as table
from tests.benchmarks.numbers import Bound, Options, kinds, median, report, run
from tests.databases import fresh

DUE, BATCH, LOOKS = 1000, 8, 200
SIZES = (1_000, 100_000)
LIMITS = {"sqlite": 4.0, "postgresql": 3.0}
BEGIN = "CREATE TABLE floor (id INTEGER PRIMARY KEY, state TEXT, priority INTEGER, due_at REAL)"
INDEX = "CREATE INDEX floor_due ON floor (priority, due_at, id) WHERE state = 'due'"
CLAIM = (
    "UPDATE floor SET state = 'leased' WHERE id IN "
    "(SELECT id FROM floor WHERE state = 'due' AND due_at <= 1.0 ORDER BY priority, due_at, id LIMIT 8) RETURNING id"
)


async def benchmark(options: Options) -> bool:
    """Both, on each database."""
    met = True
    for kind in kinds():
        with fresh(kind, options.folder) as url:
            met &= await measured(options, kind, url)
    return met


async def measured(options: Options, kind: str, url: str) -> bool:
    """In turn with the floor, then the idle look at each size."""
    db = Database(url)
    ours, floor = [], []
    for _ in range(options.rounds + 1):
        ours.append(await drained(db))
        floor.append(sqlite_floor(options.folder) if kind == "sqlite" else postgresql_floor(url))
    looks = {}
    for size in SIZES:
        await settled(db, size)
        looks[size] = await idle(db)
    await db.close()
    ratio = median(ours[1:]) / median(floor[1:])
    figures = {
        "1,000 jobs": f"{median(ours[1:]):.2f} s, {median(ours[1:]):.2f} ms each",
        "floor: the bare driver": f"{median(floor[1:]):.2f} s",
        **{f"an idle look at {size:,} rows": f"{1e6 * look:.0f} µs" for size, look in looks.items()},
    }
    growth = looks[SIZES[-1]] / looks[SIZES[0]]
    idle_bound = Bound("idle look", 1e6 * looks[SIZES[-1]], 600, "µs")
    bounds = [Bound("drained, ratio", ratio, LIMITS[kind]), idle_bound, Bound("idle look, growth", growth, 1.25)]
    return report(options, f"jobs on {kind}", figures, bounds)


def rows(count: int, state: str) -> list[dict[str, object]]:
    """So many rows, due in 2026."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    fixed = {"team_id": "T1", "kind": "nothing", "priority": 50, "fence": 0, "attempts": 0, "generation": 1}
    return [{**fixed, "subject": f"{state}{number}", "due_at": at, "state": state} for number in range(count)]


async def drained(db: Database) -> float:
    """Seconds until all are done."""
    async with db.write() as tx:
        await tx.conn.execute(table.delete())
        await tx.conn.execute(insert(table), rows(DUE, "due"))
    left, over = DUE, asyncio.Event()

    async def nothing(_: Job) -> Outcome:
        nonlocal left
        left -= 1
        if not left:
            over.set()
        return Done()

    runner = JobRunner(db, SystemClock(), {"nothing": nothing})
    began = time.perf_counter()
    running = asyncio.create_task(runner.run())
    await over.wait()
    runner.stop()
    await running
    return time.perf_counter() - began


async def settled(db: Database, count: int) -> None:
    """Rows that are done, and nothing is due."""
    async with db.write() as tx:
        await tx.conn.execute(table.delete())
        for first in range(0, count, 10_000):
            some = rows(min(10_000, count - first), "done")
            await tx.conn.execute(insert(table), [{**row, "subject": f"{first}{row['subject']}"} for row in some])


async def idle(db: Database) -> float:
    """The median of what a look takes that finds nothing, in seconds."""
    runner, seconds = JobRunner(db, SystemClock(), {}), []
    for _ in range(LOOKS):
        began = time.perf_counter()
        await runner._sweep()
        seconds.append(time.perf_counter() - began)
    return median(seconds)


def sqlite_floor(folder: Path) -> float:
    """The same with `sqlite3` alone."""
    path = folder / f"floor{time.monotonic_ns()}.db"
    conn = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        conn.execute(f"PRAGMA {pragma}")
    seconds = bare(conn.execute, "?", lambda: conn.execute(CLAIM).fetchall())
    conn.close()
    return seconds


def postgresql_floor(url: str) -> float:
    """The same with `psycopg` alone."""
    address = normal(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as conn:
        conn.execute("DROP TABLE IF EXISTS floor")
        return bare(conn.execute, "%s", lambda: conn.execute(CLAIM).fetchall())


def bare(execute: Callable[..., object], mark: str, claim: Callable[[], list[tuple[int]]]) -> float:
    """Claims in batches, completes one by one; each statement is its own commit."""
    execute(BEGIN)
    execute(INDEX)
    values = ", ".join(f"({number}, 'due', 50, 0.5)" for number in range(DUE))
    execute(f"INSERT INTO floor VALUES {values}")  # noqa: S608 (numbers of our own)
    began = time.perf_counter()
    while found := claim():
        for (number,) in found:
            execute(f"UPDATE floor SET state = 'done' WHERE id = {mark}", (number,))  # noqa: S608 (a mark)
    return time.perf_counter() - began


if __name__ == "__main__":
    run("drain", 3, benchmark)
