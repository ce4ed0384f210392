"""Coze's signed callbacks to a bot that is web and worker in one, while 1,000 reminders drain and Slack hangs; and
while the database is locked.

Each answer is read, and each *reviewing* has its row. What was answered 503 has none, then or later, until Coze
brings it again.
"""

import asyncio
import itertools
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx
from sqlalchemy import func, select

from bot.clock import utc_now
from bot.core import people as core
from bot.core.credential import Record
from bot.playground.coze.callbacks import sign
from bot.store import credential, job, people
from bot.store.database import Database
from bot.store.review_tables import review
from bot.store.tables import job as jobs
from tests.benchmarks.line import Answer, Line
from tests.benchmarks.numbers import Bound, Options, kinds, milliseconds, percentile, report, run
from tests.databases import fresh, locked
from tests.processes import Bot, Json, playground

REMINDERS, CALLBACKS = 1000, 100  # each in a round
PAUSE = 0.1  # seconds between two callbacks: far more than people publish
MANY = 10_000  # strokes of the fault
LOCKED = 20  # callbacks at the same time to a locked database
RELEASED = 11.0  # seconds in which whatever still waits for the lock has got it or given up
REVIEWING = '"audit_status":1'
PATH = "/coze/callback"


class Coze:
    """What Coze tells the channel's owner, each about an agent of its own. `ready` is a playground's ready file."""

    def __init__(self, ready: Json) -> None:
        self._token, self._connector = ready["coze"]["channel"]["callback_token"], str(ready["coze"]["connector_id"])
        self._numbers = itertools.count(1)

    def published(self) -> bytes:
        """A new version."""
        number = next(self._numbers)
        header = {"event_type": "bot.published", "event_id": f"e{number}", "created_at": int(time.time() * 1000)}
        bot = {"bot_id_str": str(7_530_000_000_000_000_000 + number), "bot_name": f"agent {number}"}
        event = {"connector_id": self._connector, "version": str(number), "user_id_str": "7530412083311050001", **bot}
        return json.dumps({"header": header, "event": event}).encode()

    def headers(self, body: bytes) -> Mapping[str, str]:
        """Signed just now."""
        stamp, nonce = str(int(time.time() * 1000)), "abc"
        signed = {"X-Coze-Timestamp": stamp, "X-Coze-Nonce": nonce}
        return {**signed, "X-Coze-Signature": sign(stamp, nonce, self._token, body)}


async def benchmark(options: Options) -> bool:
    """Measure on each database there is."""
    return all([await on(kind, options) for kind in kinds()])


async def on(kind: str, options: Options) -> bool:
    """Measure on one database."""
    folder = options.folder / kind
    folder.mkdir()
    with fresh(kind, folder) as url:
        async with playground(folder, "--transport", "http") as ready:
            env = {**ready["env"], "DATABASE_URL": url}
            del env["CLOCK_URL"]  # as in production: simulated time is real time
            async with (
                Bot(folder, env).running() as bot,
                httpx.AsyncClient(base_url=ready["human"], trust_env=False, timeout=30) as human,
            ):
                world = World(Coze(ready), Database(url), human, bot.port, ready["slack"]["team_id"])
                calm = await world.answered(options.rounds, hangs=False)
                busy = await world.answered(options.rounds, hangs=True)
                refused = await world.is_locked(url)
                await world.db.close()
    figures = {
        "while nothing else is due": milliseconds(calm),
        "while reminders drain, Slack hangs": milliseconds(busy),
    }
    slow, usual = percentile(busy, 0.99), percentile(calm, 0.99)
    bounds = [
        Bound("p99 while reminders drain", 1000 * slow, 100, "ms"),
        Bound("against nothing due", slow / usual, 2),
    ]
    bounds.append(Bound("503 of a locked database, slowest", max(refused), 2, "s"))
    return report(options, f"callbacks, {kind}", figures, bounds)


class World:
    """A bot in its own process at `port`."""

    def __init__(self, coze: Coze, db: Database, human: httpx.AsyncClient, port: int, team_id: str) -> None:
        self._coze, self.db, self._human, self._port, self._team = coze, db, human, port, team_id
        self._people = itertools.count(1)

    async def answered(self, rounds: int, *, hangs: bool) -> list[float]:
        """Seconds of all answers. Raises AssertionError for a wrong one, or where nothing drained or hung."""
        seconds: list[float] = []
        for _ in range(rounds):
            if hangs:
                fault = {"target": "slack", "kind": "slow", "delay": 60, "times": MANY}
                (await self._human.post("fault", json=fault)).raise_for_status()
                await self._remind()
                assert await self._open("remind") > REMINDERS / 2, "they were gone before it began"
            bodies = [self._coze.published() for _ in range(CALLBACKS)]
            answers = await self._brought(bodies)
            assert all(answer.status == 200 and REVIEWING in answer.body for answer in answers), answers
            assert await self._rows(bodies) == CALLBACKS
            seconds += [answer.seconds for answer in answers]
            if hangs:
                assert await self._open("remind"), "they were gone before it was over"
                assert await self._hanging(), "nothing hung"
        await self._human.delete("fault")
        return seconds

    async def is_locked(self, url: str) -> list[float]:
        """Seconds of each 503; nothing of it is kept, and the same is taken when Coze brings it again."""
        bodies = [self._coze.published() for _ in range(LOCKED)]
        with locked(url, "review"):
            answers = await self._brought(bodies, at_once=LOCKED)
        assert {answer.status for answer in answers} == {503}, answers
        await asyncio.sleep(RELEASED)
        assert await self._rows(bodies) == 0, "kept after it was told that it is not"
        again = await self._brought(bodies)
        assert all(answer.status == 200 and REVIEWING in answer.body for answer in again), again
        assert await self._rows(bodies) == LOCKED
        return [answer.seconds for answer in answers]

    async def _brought(self, bodies: list[bytes], at_once: int = 1) -> list[Answer]:
        waiting, answers = iter(bodies), list[Answer]()

        async def one() -> None:
            for body in waiting:
                line = await Line.open(self._port, "")
                answers.append(await line.brings(body, PATH, self._coze.headers(body)))
                await line.close()
                await asyncio.sleep(PAUSE)

        await asyncio.gather(*(one() for _ in range(at_once)))
        return answers

    async def _remind(self) -> None:
        """So many people, each with a token that ends in a week, and the job that tells them."""
        now = datetime.now(UTC)
        record = Record("glasses", now - timedelta(days=23), now + timedelta(days=6, hours=22), None)
        where = "en-US", "UTC", core.Standing.MEMBER
        async with self.db.write() as tx:
            for _ in range(REMINDERS):
                user = f"U9{next(self._people):06}"
                await people.save(tx, core.Person(self._team, user, user, *where, admin=False, seen_at=utc_now()))
                made = await credential.add(tx, self._team, user, record, now - timedelta(days=23))
                await job.enqueue(tx, self._team, "remind", f"{credential.subject(made)}:t7", now)

    async def _rows(self, bodies: list[bytes]) -> int:
        """How many of these have a review."""
        wanted = [json.loads(body)["header"]["event_id"] for body in bodies]
        async with self.db.read() as conn:
            found = select(func.count()).select_from(review).where(review.c.event_id.in_(wanted))
            return int(await conn.scalar(found) or 0)

    async def _open(self, kind: str) -> int:
        """How many jobs of this kind wait or are under way."""
        async with self.db.read() as conn:
            found = select(func.count()).select_from(jobs).where(jobs.c.kind == kind)
            return int(await conn.scalar(found.where(jobs.c.state.in_(["due", "leased"]))) or 0)

    async def _hanging(self) -> int:
        """How many calls Slack has held back."""
        faults = (await self._human.get("fault")).json()["slack"]
        return sum(MANY - fault["times"] for fault in faults)


if __name__ == "__main__":
    run("callbacks", 5, benchmark)
