"""What the job runner outlives: a database that fails under it, and jobs of a kind that it does not know."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text, update

from bot.services.job_runner import Done, Outcome
from bot.store.database import Database
from bot.store.job import Job
from bot.store.tables import job as table

from .test_job_runner import bench


async def rename(db: Database, old: str, new: str) -> None:
    async with db.write() as tx:
        await tx.conn.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


async def hears(caplog: pytest.LogCaptureFixture, words: str) -> None:
    """Waits until the log holds the words; the table is away."""
    for _ in range(500):
        if words in caplog.text:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(caplog.text)


async def test_a_database_that_fails_is_asked_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def handler(_: Job) -> Outcome:
        return Done()

    async with bench(tmp_path, handler) as it:
        await rename(it.db, table.name, "gone")
        it.job_runner.wake()
        await hears(caplog, "sweep failed")
        await rename(it.db, "gone", table.name)
        await it.want()
        await it.until(lambda row: row.state == "done")


async def test_what_could_not_be_settled_runs_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With the end of its lease, as after a crash."""
    tries: list[int] = []

    async def handler(row: Job) -> Outcome:
        tries.append(row.attempts)
        if len(tries) == 1:
            await rename(it.db, table.name, "gone")
        return Done()

    async with bench(tmp_path, handler) as it:
        await it.want()
        await hears(caplog, "settling a job failed")
        await rename(it.db, "gone", table.name)
        async with it.db.write() as tx:
            await tx.conn.execute(update(table).values(lease_until=0))
        it.job_runner.wake()
        await it.until(lambda row: row.state == "done")
    assert tries == [1, 2]


async def test_a_kind_that_nobody_knows_is_dead_and_says_so(tmp_path: Path) -> None:
    async def handler(_: Job) -> Outcome:
        raise AssertionError

    async with bench(tmp_path, handler) as it:
        await it.want(kind="of another version")
        row = await it.until(lambda row: row.state == "dead")
    assert row.last_error == "no handler for of another version"
