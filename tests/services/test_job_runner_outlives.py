"""What the job runner outlives: a database that fails under it, and jobs of a kind that it does not know."""

import asyncio
import logging
from pathlib import Path
from typing import Self

from sqlalchemy import text, update

from bot.services import job_runner
from bot.services.job_runner import Done, Outcome
from bot.store.database import Database
from bot.store.job import Job
from bot.store.tables import job as table

from .test_job_runner import bench


async def rename(db: Database, old: str, new: str) -> None:
    async with db.write() as tx:
        await tx.conn.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


class Ear(logging.Handler):
    """Listens to the job runner's log for as long as the block lasts; the table is away meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self._said: list[str] = []
        self._more = asyncio.Event()
        self._logger = logging.getLogger(job_runner.__name__)

    def emit(self, record: logging.LogRecord) -> None:
        """It was said."""
        self._said.append(record.getMessage())
        self._more.set()

    async def hears(self, words: str) -> None:
        """Waits until these words were said."""
        while words not in self._said:
            self._more.clear()
            await self._more.wait()

    def __enter__(self) -> Self:
        self._logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)


async def test_a_database_that_fails_is_asked_again(tmp_path: Path) -> None:
    async def handler(_: Job) -> Outcome:
        return Done()

    async with bench(tmp_path, handler) as it:
        with Ear() as ear:
            await rename(it.db, table.name, "gone")
            it.job_runner.wake()
            await ear.hears("looking for jobs failed")
        await rename(it.db, "gone", table.name)
        await it.want()
        await it.until(lambda row: row.state == "done")


async def test_what_could_not_be_settled_runs_again(tmp_path: Path) -> None:
    """With the end of its lease, as after a crash."""
    tries: list[int] = []

    async def handler(row: Job) -> Outcome:
        tries.append(row.attempts)
        if len(tries) == 1:
            await rename(it.db, table.name, "gone")
        return Done()

    async with bench(tmp_path, handler) as it:
        with Ear() as ear:
            await it.want()
            await ear.hears("settling a job failed")
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
