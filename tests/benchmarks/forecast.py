"""What admins ask about everybody's reminders, against many tokens: the digest, what expires, the forecast.

The tokens end at the hours of sixty days and their reminders are planned as the bot plans them, so that thousands are
due at one moment of a morning; one person in a hundred has left. No answer may take longer than `WANTED`.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, insert, text

from bot.clock import Clock, utc_now
from bot.core.credential import Credential, CredentialState
from bot.core.people import Person, Standing
from bot.core.remind import USUAL, Timetable
from bot.core.ringing import FALLBACK_ZONE, rungs_of
from bot.services.digest import MondayDigest
from bot.services.expiring import ExpiringTokens
from bot.services.forecast import Forecasts
from bot.store import credential
from bot.store.database import Database
from bot.store.job import SOON
from bot.store.tables import credential_, job, person
from tests.benchmarks.numbers import Bound, Options, kinds, milliseconds, percentile, report
from tests.databases import fresh
from tests.filling import plain_engine

TEAM = "T0SHARGE"
NOW = utc_now()
HOURS, LIFE = 60 * 24, timedelta(days=30)
OWNED = 3  # tokens of a person
AT_ONCE = 10_000  # rows of one statement
WANTED = 100  # milliseconds
Rows = Iterator[dict[str, Any]]


class Still(Clock):
    """A clock that stands."""

    def now(self) -> Any:
        """Simulated time."""
        return NOW


@cache
def ladder(hour: int) -> tuple[Credential, list[tuple[str, Any]]]:
    """A token that ends at this hour, and its reminders to come."""
    ends = NOW.replace(minute=0, second=0, microsecond=0) + timedelta(hours=hour + 1)
    made = ends - LIFE
    token = Credential(1, TEAM, "U", "x", made, ends, None, CredentialState.ACTIVE, min(NOW, made))
    rungs = rungs_of(Timetable(), token, FALLBACK_ZONE, USUAL)
    return token, [(rung.key, rung.due_at) for rung in rungs if rung.due_at > NOW]


def people(count: int) -> Rows:
    """Their owners."""
    for number in range(count // OWNED + 1):
        standing = Standing.MEMBER if number % 100 else Standing.DEACTIVATED
        known = {"team_id": TEAM, "user_id": f"U{number:07}", "name": "x", "locale": "zh-CN", "tz": FALLBACK_ZONE}
        yield {**known, "standing": standing, "admin": False, "seen_at": NOW}


def tokens(count: int, seed: int) -> Rows:
    """So many of them, three of a person."""
    dice = random.Random(seed)  # noqa: S311  (it keeps no secret)
    for number in range(1, count + 1):
        token, _ = ladder(dice.randrange(HOURS))
        same = {"created_at": token.created_at, "ends_at": token.ends_at, "recorded_at": token.recorded_at}
        whose = {"id": number, "team_id": TEAM, "user_id": f"U{number // OWNED:07}", "name": f"n{number}"}
        yield {**whose, **same, "state": CredentialState.ACTIVE}


def reminders(count: int, seed: int) -> Rows:
    """Those of the same tokens."""
    dice = random.Random(seed)  # noqa: S311
    same = {"team_id": TEAM, "kind": "remind", "priority": SOON, "state": "due"}
    zero = {"fence": 0, "attempts": 0, "generation": 1}
    for number in range(1, count + 1):
        for key, due_at in ladder(dice.randrange(HOURS))[1]:
            yield {**same, **zero, "subject": f"{credential.subject(number)}:{key}", "due_at": due_at}


def fill(engine: Engine, count: int, seed: int) -> None:
    """All of it."""
    filled: list[tuple[Table, Rows]] = [
        (person, people(count)),
        (credential_, tokens(count, seed)),
        (job, reminders(count, seed)),
    ]
    for table, rows in filled:
        with engine.begin() as conn:
            while some := list(islice(rows, AT_ONCE)):
                conn.execute(insert(table), some)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("VACUUM ANALYZE"))  # what its autovacuum does


async def measured(url: str, rounds: int) -> dict[str, list[float]]:
    """Seconds of each answer; the first time does not count."""
    db, clock = Database(url), Still()
    standing = Standing.MEMBER
    admin = Person(TEAM, "U0LIN", "lin", "zh-CN", FALLBACK_ZONE, standing, admin=True, seen_at=utc_now())
    forecasts = Forecasts(db, clock, Timetable, FALLBACK_ZONE)
    expiring, digest = ExpiringTokens(db, clock), MondayDigest(db, clock, TEAM, "C0", FALLBACK_ZONE)
    answers: dict[str, Callable[[], Awaitable[Any]]] = {
        "the digest": lambda: digest.found(NOW),
        "what expires in 14 days": lambda: expiring.within(today(admin), 14),
        "the forecast of 7 days": lambda: forecasts.within(today(admin), 7),
        "the forecast of 30 days": lambda: forecasts.within(today(admin), 30),
    }
    found = {what: [await timed(answer) for _ in range(rounds + 1)][1:] for what, answer in answers.items()}
    await db.close()
    return found


def today(admin: Person) -> Person:
    """An admin of whom Slack was asked just now."""
    return Person(**{**vars(admin), "seen_at": utc_now()})


async def timed(answer: Callable[[], Awaitable[Any]]) -> float:
    """Its seconds."""
    began = time.perf_counter()
    await answer()
    return time.perf_counter() - began


async def benchmark(options: Options, count: int) -> bool:
    """On each database."""
    met = True
    for kind in kinds():
        with fresh(kind, options.folder) as url:
            engine = plain_engine(url)
            await asyncio.to_thread(fill, engine, count, options.seed)
            engine.dispose()
            times = await measured(url, options.rounds)
        figures = {what: milliseconds(each) for what, each in times.items()}
        bounds = [Bound(what, 1000 * percentile(each, 0.5), WANTED, "ms") for what, each in times.items()]
        met &= report(options, f"{count:,} tokens, {kind}", figures, bounds)
    return met


def main() -> int:
    """Read the command line; the exit code, 1 if a bound was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.forecast")
    parser.add_argument("--credentials", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sharge-benchmark-") as folder:
        options = Options("forecast", given.seed, given.rounds, Path(folder))
        return 0 if asyncio.run(benchmark(options, given.credentials)) else 1


if __name__ == "__main__":
    sys.exit(main())
