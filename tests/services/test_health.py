"""What is told to who watches a process: found by looks in the background, told at no cost, never an exception."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.clock import SystemClock
from bot.services import health
from bot.services.health import Health
from bot.services.job_runner import JobRunner, Outcome
from bot.store import health as store
from bot.store import job
from bot.store.database import Database
from tests.databases import KINDS, fresh, locked
from tests.full_disk import small_disk
from tests.waiting import eventually

TEAM = "T1"
CLOCK = SystemClock()


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind."""
    with fresh(request.param, tmp_path) as address:
        yield address


@pytest.fixture
async def db(url: str) -> AsyncIterator[Database]:
    """Opened."""
    opened = Database(url)
    yield opened
    await opened.close()


def watched(db: Database, job_runner: JobRunner | None = None, **looks: health.Look) -> Health:
    """What watches a process that has a job runner, or none."""
    return Health(db, CLOCK, TEAM, job_runner, looks)


async def found(one: Health) -> dict[str, bool | str]:
    """What a look finds now."""
    await one.look()
    return dict(one())


async def ends(look: Health) -> None:
    """What is still under way has ended."""
    for task in look._under_way.values():
        await asyncio.wait([task])


async def swept(db: Database, seconds_ago: float) -> None:
    """A worker looked for jobs then, and no other since."""
    async with db.write() as tx:
        await store.beat(tx, store.SWEEP)
        await tx.conn.execute(text("UPDATE heartbeat SET at = at - :ago WHERE name = 'sweep'"), {"ago": seconds_ago})


async def overdue(db: Database, seconds: float) -> None:
    """A job waits for so long."""
    async with db.write() as tx:
        await job.enqueue(tx, TEAM, "draw", "1", CLOCK.now() - timedelta(seconds=seconds))


async def test_all_is_well_at_once_and_after_a_look(db: Database) -> None:
    one = watched(db)
    assert set(one().values()) == {True}
    assert await found(one) == dict.fromkeys(("database", "schema", "write", "sweeper"), True)


async def test_the_last_sweep_of_any_worker_counts(db: Database) -> None:
    """A process without a job runner hears of it by the database; the time is the database's."""
    one = watched(db)
    await swept(db, health.YOUNG + 5)
    assert "no worker has looked for jobs for 3" in str((await found(one))["sweeper"])
    runner = JobRunner(db, CLOCK, {})
    running = asyncio.create_task(runner.run())
    await eventually(lambda: well(one, "sweeper"))
    runner.stop()
    await running
    assert one.work is not None
    assert one.work.swept_at is not None
    assert abs(one.work.now - one.work.swept_at) < health.YOUNG


async def well(one: Health, what: str) -> bool:
    return (await found(one))[what] is True


async def test_a_runner_whose_handlers_are_all_busy_still_tells_that_it_looks(db: Database) -> None:
    """No handler is free, so nothing is claimed: that is no silence."""
    busy, over = asyncio.Semaphore(0), asyncio.Event()

    async def handler(_: job.Job) -> Outcome:
        busy.release()
        await over.wait()
        raise AssertionError

    async with db.write() as tx:
        for number in range(8):
            await job.enqueue(tx, TEAM, "draw", str(number), CLOCK.now())
    runner = JobRunner(db, CLOCK, {"draw": handler})
    running = asyncio.create_task(runner.run(grace=0))
    for _ in range(8):
        await busy.acquire()
    await swept(db, 100)
    runner._beat_at = -100.0
    runner.wake()
    one = watched(db)
    await eventually(lambda: well(one, "sweeper"))
    runner.stop()
    await running


async def test_where_no_worker_has_ever_noted_a_sweep_overdue_jobs_tell(db: Database) -> None:
    """Workers of the version before note none: beside them all is well while nothing waits."""
    one = watched(db)
    assert await well(one, "sweeper")
    await overdue(db, health.YOUNG + 10)
    assert "no worker" in str((await found(one))["sweeper"])


async def test_a_process_of_its_own_runner_is_not_silent_while_that_looks(db: Database) -> None:
    runner = JobRunner(db, CLOCK, {})
    await swept(db, 1000)
    assert await well(watched(db, runner), "sweeper")
    runner.swept_at -= health.YOUNG + 1
    assert not await well(watched(db, runner), "sweeper")


async def test_a_write_that_waits_is_told_in_time_and_not_begun_anew(
    db: Database, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else holds the lock for longer than a look may take; questions meanwhile are answered at once."""
    patience = 3 * health.LIMIT
    monkeypatch.setattr(health, "LIMIT", 0.5)
    one = watched(db)
    await store_write(db)
    with locked(url, "heartbeat"):
        began = time.monotonic()
        assert (await found(one))["write"] == "no answer within 0 s"
        assert time.monotonic() - began < patience
        waiting = one._under_way["write"]
        again = asyncio.create_task(one.look())
        times = sorted([clocked(one) for _ in range(1000)])
        assert times[989] < 0.02
        await again
        assert one._under_way["write"] is waiting or waiting.done()
    await ends(one)
    assert await well(one, "write")


async def store_write(db: Database) -> None:
    async with db.write() as tx:
        await store.beat(tx, store.WRITE)


def clocked(one: Health) -> float:
    """Seconds that an answer takes."""
    began = time.perf_counter()
    one()
    return time.perf_counter() - began


async def test_a_look_that_fails_is_a_sentence(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    async def breaks() -> str:
        raise ValueError("U0MEI")

    async def hangs() -> str:
        await asyncio.Event().wait()
        return ""

    one = watched(db, slack=breaks, socket=hangs)
    told = await found(one)
    assert (told["slack"], told["socket"]) == ("ValueError", "no answer within 2 s")
    assert "looking at slack failed" in caplog.text
    async with one.looking():
        pass  # what hangs is let go of


async def test_a_database_without_our_tables_is_told(db: Database) -> None:
    async with db.write() as tx:
        await tx.conn.execute(text("DROP TABLE heartbeat"))
    told = await found(watched(db))
    assert told["write"] is not True
    assert told["sweeper"] is not True


async def test_what_is_old_is_not_believed(db: Database) -> None:
    one = watched(db)
    await one.look()
    assert "looked" not in one()
    one._looked_at = time.monotonic() - health.OLD - 1
    assert "nobody has looked" in str(one()["looked"])


async def test_it_looks_by_itself(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "EVERY", 0.01)
    one = watched(db)
    async with one.looking():
        await swept(db, 1000)
        await eventually(lambda: one()["sweeper"] is not True)
        await swept(db, 0)
        await eventually(lambda: one()["sweeper"] is True)
    one.stop()
    assert one()["started"] == "was told to stop"


async def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """What can still be read is well; nothing can be written."""
    with small_disk(tmp_path) as disk, fresh("sqlite", disk.folder) as url:
        db = Database(url)
        one = watched(db)
        assert await well(one, "write")
        disk.fill(url.removeprefix("sqlite:///"))
        told = await found(one)
        assert told["database"] is True
        assert "full" in str(told["write"])
        disk.free()
        assert await well(one, "write")
        await db.close()


async def test_the_jobs_are_counted(db: Database) -> None:
    """Due by simulated time, the dead of this workspace."""
    await overdue(db, 60)
    async with db.write() as tx:
        await job.enqueue(tx, TEAM, "draw", "2", CLOCK.now() + timedelta(hours=1))
        await job.enqueue(tx, TEAM, "draw", "3", CLOCK.now())
        await tx.conn.execute(text("UPDATE job SET state = 'dead' WHERE subject = '3'"))
    one = watched(db)
    await one.look()
    assert one.work is not None
    assert (one.work.due, one.work.dead) == (1, 1)
    assert one.work.oldest is not None
    assert 55 < (CLOCK.now() - one.work.oldest).total_seconds() < 90
