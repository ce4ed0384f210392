"""The audit's chain at a million lines: sealing them, and `audit verify` as an operator runs it, in its own process.

One line in a thousand has lost its person since, so that tombstones are walked too.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert

from bot.clock import SystemClock, utc_now
from bot.core.people import DELETED
from bot.services.audit_chain import AuditChain
from bot.store import audit_chain, personal_data
from bot.store.database import Database
from bot.store.tables import audit
from tests.benchmarks.numbers import Bound, Options, kinds, report
from tests.command import ROOT
from tests.databases import fresh
from tests.filling import plain_engine

TEAM, GONE = "T0SHARGE", "U0000000"
NOW = utc_now()
AT_ONCE = 10_000  # rows of one statement
WANTED = 30.0  # seconds
ACTIONS = ("join.ask", "join.approved", "secret.use", "publish.confirm", "guide.start")


def history(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """A year of so many lines, of a thousand people."""
    dice = random.Random(seed)  # noqa: S311  (it keeps no secret)
    for number in range(count):
        user, action = dice.randrange(1000), dice.choice(ACTIONS)
        at = NOW - timedelta(days=365 * (1 - number / count))
        detail = {"purpose": "publish", "words": "请先写清楚用途。"} if number % 2 else None
        about = f"{action.partition('.')[0]}:{number}"
        yield {
            "team_id": TEAM,
            "at": at,
            "actor": f"U{user:07}",
            "action": action,
            "subject": about,
            "detail": detail,
        }


def fill(engine: Engine, count: int, seed: int) -> None:
    """Write them, without links."""
    rows = history(count, seed)
    with engine.begin() as conn:
        while some := list(islice(rows, AT_ONCE)):
            conn.execute(insert(audit), some)


async def sealed(url: str) -> float:
    """Seal all of it and delete one person; the seconds of the sealing."""
    db = Database(url)
    chain, began = AuditChain(db, SystemClock(), 36_500), time.perf_counter()
    while True:
        await chain.seal()
        async with db.read() as conn:
            if not await audit_chain.is_waiting(conn):
                break
    seconds = time.perf_counter() - began
    async with db.write() as tx:
        marks = await personal_data.erase(tx, TEAM, GONE, set(), NOW)
        await audit_chain.bury(tx, TEAM, NOW, DELETED, marks)
    await db.close()
    return seconds


def verified(options: Options, url: str) -> tuple[float, dict[str, Any]]:
    """The seconds of `audit verify`, its start too, and what it found."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    words = [sys.executable, "-m", "bot", "audit", "verify", "--json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "BOT_NO_BOOTSTRAP": "1", "DATABASE_URL": url}
    done = subprocess.run(words, cwd=options.folder, env=env, capture_output=True, check=True)  # noqa: S603
    found = json.loads(done.stdout)
    found["cpu"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    return time.perf_counter() - began, found


async def benchmark(options: Options, count: int) -> bool:
    """On each database."""
    met = True
    for kind in kinds():
        with fresh(kind, options.folder) as url:
            engine = plain_engine(url)
            await asyncio.to_thread(fill, engine, count, options.seed)
            engine.dispose()
            sealing = await sealed(url)
            runs = [await asyncio.to_thread(verified, options, url) for _ in range(options.rounds)]
        found = runs[0][1]
        assert (found["holds"], found["links"], found["tombstones"] > 0) == (True, count, True), found
        times = sorted(seconds for seconds, _ in runs)
        figures = {
            "sealing": f"{sealing:.1f} s, {1e6 * sealing / count:.0f} µs a line",
            "audit verify": ", ".join(f"{each:.1f}" for each in times) + " s",
            "its CPU": ", ".join(f"{each['cpu']:.1f}" for _, each in runs) + " s",
            "tombstones": str(found["tombstones"]),
        }
        met &= report(options, f"{count:,} lines, {kind}", figures, [Bound("audit verify", times[0], WANTED, "s")])
    return met


def main() -> int:
    """Read the command line; the exit code, 1 if a bound was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.audit_chain")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sharge-benchmark-") as folder:
        options = Options("audit_chain", given.seed, given.rounds, Path(folder))
        return 0 if asyncio.run(benchmark(options, given.lines)) else 1


if __name__ == "__main__":
    sys.exit(main())
