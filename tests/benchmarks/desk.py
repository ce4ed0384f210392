"""The admins' Home and desk at a company's size: 10,000 credentials, 5,000 requests, 50,000 lines of audit.

A whole bot draws an admin's Home, from the job to Slack's answer over real HTTP, and takes `/sharge admin` and
searches of the audit, from the command to the ack, by which the form is drawn. Each may take `WANTED`.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, insert, text

from bot.clock import utc_now
from bot.core.account import Grade
from bot.core.credential import CredentialState
from bot.core.guide import GuideState
from bot.core.join import JoinState
from bot.core.people import Standing
from bot.slack import send
from bot.store import job as jobs
from bot.store.job import HOME, Job
from bot.store.tables import audit, credential_, guide_, job, person, request
from tests.benchmarks.numbers import Bound, Options, kinds, milliseconds, percentile, report
from tests.databases import fresh
from tests.filling import plain_engine
from tests.slack.bot import LIN, TEAM, Bot, awake

WANTED = 300  # milliseconds
AT_ONCE = 5_000  # rows of one statement
STATES = (*[JoinState.JOINED] * 7, JoinState.PENDING, JoinState.INVITED, JoinState.APPROVED)
Rows = Iterator[dict[str, Any]]


def people(count: int) -> Rows:
    """One in a hundred has left."""
    for number in range(count):
        standing = Standing.MEMBER if number % 100 else Standing.DEACTIVATED
        known = {"team_id": TEAM, "user_id": f"U{number:07}", "name": "x", "locale": "zh-CN", "tz": "Asia/Shanghai"}
        yield {**known, "standing": standing, "admin": False, "seen_at": utc_now()}


def requests(count: int, dice: random.Random) -> Rows:
    """Three in ten wait for somebody."""
    now = utc_now()
    for number in range(count):
        at = now - timedelta(hours=dice.randrange(24 * 365))
        state = STATES[number % len(STATES)]
        who = {"team_id": TEAM, "user_id": f"U{number:07}", "name": "x", "coze_uid": f"75{number:08}", "nick": "x"}
        rest = {"purpose": "x" * 80, "version": 1, "grade": Grade.PROVEN, "earlier": 0, "by_hand": False}
        joined = at if state is JoinState.JOINED else None
        yield {**who, **rest, "state": state, "created_at": at, "decided_at": at, "joined_at": joined}


def credentials(count: int, people_: int, dice: random.Random) -> Rows:
    """They end within sixty days."""
    now = utc_now()
    for number in range(count):
        ends = now + timedelta(hours=dice.randrange(24 * 60))
        whose = {"team_id": TEAM, "user_id": f"U{number % people_:07}", "name": f"n{number}"}
        made = {"created_at": ends - timedelta(days=60), "recorded_at": ends - timedelta(days=60)}
        yield {**whose, **made, "ends_at": ends, "state": CredentialState.ACTIVE}


def guides(count: int, dice: random.Random) -> Rows:
    """Half of them open, each at some step."""
    now = utc_now()
    for number in range(count):
        at = now - timedelta(hours=dice.randrange(24 * 120))
        failure = {"step": "s2", "error": "E6", "at": at.isoformat()} if number % 3 else None
        where = {"team_id": TEAM, "user_id": f"U{number:07}", "route": "pat", "step": f"s{number % 5}"}
        state = GuideState.OPEN if number % 2 else GuideState.DONE
        yield {
            **where,
            "state": state,
            "created_at": at,
            "updated_at": at,
            "facts": {},
            "failure": failure,
            "version": 1,
        }


def failed(count: int) -> Rows:
    """Jobs that are dead."""
    same = {"team_id": TEAM, "kind": "invite", "priority": 50, "state": "dead", "fence": 0, "generation": 1}
    for number in range(1, count + 1):
        yield {**same, "subject": f"join:{number}", "due_at": utc_now(), "attempts": 12, "last_error": "KeyError: x"}


def lines(count: int, people_: int, dice: random.Random) -> Rows:
    """What was done within a year."""
    now = utc_now()
    for number in range(count):
        at = now - timedelta(minutes=dice.randrange(60 * 24 * 365))
        whose = {"actor": LIN if number % 3 else f"U{number % people_:07}", "subject": f"join:{number % people_ + 1}"}
        yield {"team_id": TEAM, "at": at, "action": "join.approved", **whose}


def fill(engine: Engine, given: argparse.Namespace) -> None:
    """All of it."""
    dice = random.Random(given.seed)  # noqa: S311  (it keeps no secret)
    filled: list[tuple[Table, Rows]] = [
        (person, people(given.requests)),
        (request, requests(given.requests, dice)),
        (credential_, credentials(given.credentials, given.requests, dice)),
        (guide_, guides(given.requests, dice)),
        (job, failed(20)),
        (audit, lines(given.lines, given.requests, dice)),
    ]
    for table, rows in filled:
        with engine.begin() as conn:
            while some := list(islice(rows, AT_ONCE)):
                conn.execute(insert(table), some)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("VACUUM ANALYZE"))  # what its autovacuum does


async def measured(bot: Bot, rounds: int) -> dict[str, list[float]]:
    """Seconds of each answer; the first time does not count."""
    pace = {method: (step, AT_ONCE) for method, (step, _) in send.PER_TEAM.items()}
    send.PER_TEAM.update(pace)  # Slack's pace is real time that this isn't about
    row = Job(1, TEAM, HOME, LIN, bot.app.clock.now(), jobs.SOMEBODY_WAITS, 1, 1, 1, None)
    home = bot.app.job_runner._handlers[HOME]

    async def typed(words: str) -> None:
        told = await bot.types(LIN, words)  # read and drawn before the ack; opening it is Slack's
        assert told.after, told

    answers: dict[str, Callable[[], Awaitable[Any]]] = {
        "Home of an admin": lambda: home(row),
        "the desk": lambda: typed("admin"),
        "the audit of 30 days": lambda: typed("admin audit 30"),
        "the audit of somebody": lambda: typed("admin audit <@U0000042> 365"),
    }
    found: dict[str, list[float]] = {}
    for what, answer in answers.items():
        found[what] = []
        for number in range(rounds + 1):
            await bot.knows(LIN, admin=True)
            began = time.perf_counter()
            await answer()
            if number:
                found[what].append(time.perf_counter() - began)
    return found


async def benchmark(options: Options, given: argparse.Namespace) -> bool:
    """On each database."""
    met = True
    for kind in kinds():
        with fresh(kind, options.folder) as url:
            async with awake(url) as bot:
                engine = plain_engine(url)
                await asyncio.to_thread(fill, engine, given)
                engine.dispose()
                times = await measured(bot, options.rounds)
        figures = {what: milliseconds(each) for what, each in times.items()}
        bounds = [Bound(f"{what}, p95", 1000 * percentile(each, 0.95), WANTED, "ms") for what, each in times.items()]
        size = f"{given.credentials:,} credentials, {given.requests:,} requests, {given.lines:,} lines, {kind}"
        met &= report(options, size, figures, bounds)
    return met


def main() -> int:
    """Read the command line; the exit code, 1 if a bound was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.desk")
    parser.add_argument("--credentials", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=5_000)
    parser.add_argument("--lines", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=40)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sharge-benchmark-") as folder:
        options = Options("desk", given.seed, given.rounds, Path(folder))
        return 0 if asyncio.run(benchmark(options, given)) else 1


if __name__ == "__main__":
    sys.exit(main())
