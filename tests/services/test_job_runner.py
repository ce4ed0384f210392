"""The job runner: settles each row by itself, backs off, gives up, and loses nothing when it stops."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import select, update

from bot.clock import Clock
from bot.core.errors import Unreachable, WrongState
from bot.coze import errors as coze
from bot.services import job_runner as module
from bot.services.job_runner import Backoff, Dead, Done, Handler, JobRunner, Outcome, Reschedule, on_commit
from bot.store import job
from bot.store.database import Database, Tx, processed_delivery
from bot.store.job import Job
from bot.store.tables import job as table
from tests.databases import fresh

START = datetime(2026, 12, 2, 9, tzinfo=UTC)
PATIENCE = 20  # seconds; far more than anything here takes, on a busy machine too
T = TypeVar("T")


class Story(Clock):
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        """Simulated time."""
        return self.time


class WatchedRunner(JobRunner):
    """A job runner whose work can be awaited: whatever leaves a job or settles one wakes it."""

    def __init__(self, db: Database, clock: Clock, handlers: Mapping[str, Handler]) -> None:
        super().__init__(db, clock, handlers)
        self._woken = asyncio.Event()
        db.on_work = self.wake

    def wake(self) -> None:
        """Whoever waits looks as well."""
        super().wake()
        self._woken.set()

    async def until(self, reached: Callable[[], Awaitable[T | None]]) -> T:
        """What `reached` answers as soon as that is something; it is asked each time that this is woken."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self._woken.clear()
                if (found := await reached()) is not None:
                    return found
                await self._woken.wait()


class Bench:
    """A job runner with one handler, its database and its clock."""

    def __init__(self, db: Database, handler: Handler) -> None:
        self.db, self.clock = db, Story()
        self.job_runner = WatchedRunner(db, self.clock, {"job": handler})
        self.running = asyncio.create_task(self.job_runner.run(grace=0.05))

    async def want(self, subject: str = "1", kind: str = "job") -> None:
        async with self.db.write() as tx:
            await job.enqueue(tx, "T1", kind, subject, self.clock.now())

    async def row(self) -> Any:
        async with self.db.read() as conn:
            return (await conn.execute(select(table))).one()

    async def until(self, reached: Callable[[Any], bool]) -> Any:
        async def found() -> Any:
            return row if reached(row := await self.row()) else None

        return await self.job_runner.until(found)


@asynccontextmanager
async def bench(tmp_path: Path, handler: Handler) -> AsyncIterator[Bench]:
    with fresh("sqlite", tmp_path) as url:
        db = Database(url)
        made = Bench(db, handler)
        yield made
        made.job_runner.stop()
        await made.running
        await db.close()


async def test_what_a_handler_saves_is_settled_with_its_row(tmp_path: Path) -> None:
    async def remember(tx: Tx, key: str) -> None:
        await tx.conn.execute(processed_delivery.insert().values(team_id="T1", idempotency_key=key, at=START))

    async def handler(row: Job) -> Outcome:
        return Done(on_commit(remember, row.subject))

    async with bench(tmp_path, handler) as it:
        await it.want("abc")
        await it.until(lambda row: row.state == "done")
        async with it.db.read() as conn:
            assert (await conn.execute(select(processed_delivery.c.idempotency_key))).scalars().all() == ["abc"]


async def test_a_failure_is_tried_again_later_and_later_until_it_is_dead(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[datetime] = []

    async def handler(_: Job) -> Outcome:
        tries.append(it.clock.now())
        raise RuntimeError("no luck")

    async with bench(tmp_path, handler) as it:
        await it.want()
        for attempt in range(1, job.TRIES):
            row = await it.until(lambda row, n=attempt: row.state == "due" and row.attempts == n)  # type: ignore[misc]
            assert row.last_error == "RuntimeError: no luck"
            assert row.due_at > it.clock.now()
            it.clock.time = row.due_at
            it.job_runner.wake()
        dead = await it.until(lambda row: row.state == "dead")
    assert len(tries) == job.TRIES == dead.attempts
    waits = [(b - a).total_seconds() for a, b in pairwise(tries)]
    assert 4 <= waits[0] <= 6
    assert max(waits) <= module.LONGEST * 1.2
    assert "job is dead" in caplog.text


async def test_being_overtaken_is_no_failure(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Somebody changed the matter between the look and the transaction: it is looked at again at once."""
    tries: list[int] = []

    async def overtaken(_: Tx) -> None:
        if len(tries) < 3:
            raise WrongState("open")

    async def handler(row: Job) -> Outcome:
        tries.append(row.attempts)
        return Done(overtaken)

    async with bench(tmp_path, handler) as it:
        await it.want()
        await it.until(lambda row: row.state == "done")
    assert tries == [1, 2, 3]
    assert {record.levelname for record in caplog.records if record.name.startswith("bot.")} <= {"INFO"}


async def test_being_overtaken_without_end_is_a_failure(tmp_path: Path) -> None:
    """What can never be saved does not spin."""

    async def handler(_: Job) -> Outcome:
        raise WrongState("open")

    async with bench(tmp_path, handler) as it:
        await it.want()
        row = await it.until(lambda row: row.last_error is not None)
    assert (row.state, row.attempts) == ("due", module.OVERTAKEN + 1)
    assert row.due_at > it.clock.now()


@pytest.mark.parametrize(
    "error", [Unreachable(), coze.CozeUnreachable(), coze.RateLimited(), TimeoutError()], ids=repr
)
async def test_an_outage_is_outlived(tmp_path: Path, error: Exception) -> None:
    """Slack or Coze may be away for a night: what waits for them is done when they are back."""
    errors = [error] * (job.TRIES + 5)

    async def handler(_: Job) -> Outcome:
        if errors:
            raise errors.pop()
        return Done()

    async with bench(tmp_path, handler) as it:
        await it.want()
        for attempt in range(1, job.TRIES + 6):
            row = await it.until(lambda row, n=attempt: row.state == "due" and row.attempts == n)  # type: ignore[misc]
            it.clock.time = row.due_at
            it.job_runner.wake()
        await it.until(lambda row: row.state == "done")
    assert it.clock.time - START > timedelta(minutes=6 if isinstance(error, Unreachable) else 90)


async def test_within_a_minute_of_slacks_return_everything_is_said(tmp_path: Path) -> None:
    waits: list[float] = []

    async def handler(_: Job) -> Outcome:
        raise Unreachable

    async with bench(tmp_path, handler) as it:
        await it.want()
        for attempt in range(1, 20):
            row = await it.until(lambda row, n=attempt: row.state == "due" and row.attempts == n)  # type: ignore[misc]
            waits.append((row.due_at - it.clock.time).total_seconds())
            it.clock.time = row.due_at
            it.job_runner.wake()
    assert max(waits) < 60


@pytest.mark.parametrize(
    ("error", "tries"), [(Unreachable, job.SLACK_TRIES), (coze.CozeUnreachable, job.OUTAGE_TRIES)]
)
async def test_an_outage_without_end_is_dead_at_last(tmp_path: Path, error: type[Exception], tries: int) -> None:
    async def handler(_: Job) -> Outcome:
        raise error

    async with bench(tmp_path, handler) as it:
        async with it.db.write() as tx:
            await job.enqueue(tx, "T1", "job", "1", it.clock.now())
            await tx.conn.execute(update(table).values(attempts=tries - 1))
        dead = await it.until(lambda row: row.state == "dead")
    assert dead.attempts == tries


async def test_being_asked_to_wait_is_no_failure(tmp_path: Path) -> None:
    answers: list[Outcome | Backoff] = [Backoff(30), Done()]

    async def handler(_: Job) -> Outcome:
        answer = answers.pop(0)
        if isinstance(answer, Backoff):
            raise answer
        return answer

    async with bench(tmp_path, handler) as it:
        await it.want()
        row = await it.until(lambda row: row.state == "due" and row.due_at > START)
        assert (row.attempts, row.due_at) == (0, START + timedelta(seconds=30))
        it.clock.time = row.due_at
        it.job_runner.wake()
        await it.until(lambda row: row.state == "done")


async def test_looking_again_later_starts_afresh(tmp_path: Path) -> None:
    async def handler(_: Job) -> Outcome:
        return Reschedule(START + timedelta(hours=1))

    async with bench(tmp_path, handler) as it:
        await it.want()
        row = await it.until(lambda row: row.due_at > START)
        assert (row.state, row.attempts) == ("due", 0)


async def test_what_can_not_be_done_is_dead_at_once(tmp_path: Path) -> None:
    async def handler(_: Job) -> Outcome:
        return Dead("channel_not_found")

    async with bench(tmp_path, handler) as it:
        await it.want()
        row = await it.until(lambda row: row.state == "dead")
        assert row.last_error == "channel_not_found"


async def test_who_lost_the_lease_saves_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Another process has claimed the row meanwhile: ours must not write."""

    async def remember(tx: Tx) -> None:
        await tx.conn.execute(processed_delivery.insert().values(team_id="T1", idempotency_key="x", at=START))

    async def handler(_: Job) -> Outcome:
        async with it.db.write() as tx:
            await tx.conn.execute(update(table).values(fence=99))
        return Done(on_commit(remember))

    async with bench(tmp_path, handler) as it:
        await it.want()
        await it.until(lambda row: row.fence == 99)
        await it.until(lambda _: "lease lost" in caplog.text)
        async with it.db.read() as conn:
            assert (await conn.execute(select(processed_delivery))).all() == []


async def test_it_rests_with_nothing_under_way(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What ends within the grace has ended, what hangs is given back, and nothing is claimed in the meantime."""
    begun: list[str] = []
    both, ending = asyncio.Event(), asyncio.Event()

    async def handler(row: Job) -> Outcome:
        begun.append(row.subject)
        if len(begun) == 2:
            both.set()
        if row.subject == "quick":
            await ending.wait()
        elif begun.count("hangs") == 1 and row.subject == "hangs":
            await asyncio.Event().wait()
        return Done()

    async def states() -> dict[str, str]:
        async with it.db.read() as conn:
            return {row.subject: row.state for row in await conn.execute(select(table.c.subject, table.c.state))}

    async def all_done() -> bool | None:
        return set((await states()).values()) == {"done"} or None

    async with bench(tmp_path, handler) as it:
        await it.want("quick")
        await it.want("hangs")
        await both.wait()
        asyncio.get_running_loop().call_soon(ending.set)
        async with it.job_runner.resting(1.0):
            assert await states() == {"quick": "done", "hangs": "due"}
            await it.want("new")
            await asyncio.sleep(0.1)  # nothing happens: this can only be too short to show anything, never wrong
            assert await states() == {"quick": "done", "hangs": "due", "new": "due"}
        await it.job_runner.until(all_done)
        assert begun.count("hangs") == 2
    assert "lease lost" not in caplog.text


async def test_one_that_hangs_keeps_nobody_waiting(tmp_path: Path) -> None:
    done: list[str] = []
    quick = asyncio.Event()

    async def handler(row: Job) -> Outcome:
        if row.subject == "slow":
            await asyncio.Event().wait()
        done.append(row.subject)
        quick.set()
        return Done()

    async with bench(tmp_path, handler) as it:
        await it.want("slow")
        await it.want("quick")
        await quick.wait()
        assert done == ["quick"]
        it.job_runner.stop()
        await it.running
        async with it.db.read() as conn:
            slow = (await conn.execute(select(table).where(table.c.subject == "slow"))).one()
        assert (slow.state, slow.lease_until, slow.attempts) == ("due", None, 0)
