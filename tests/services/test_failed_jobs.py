"""What admins do about failed jobs: a press is about the job that was shown, and about no other."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.clock import SystemClock, utc_now
from bot.core.people import Person, Standing
from bot.services.failed_jobs import FailedJobs, Settled
from bot.store.database import Database
from bot.store.tables import job
from tests.databases import KINDS, fresh

TEAM, CLOCK = "T1", SystemClock()
ROW = {"team_id": TEAM, "due_at": CLOCK.now(), "priority": 0, "fence": 0, "generation": 1, "last_error": "x"}
BURIED = {**ROW, "id": 9, "kind": "invite", "subject": "join:1", "state": "dead", "attempts": 12}


def lin() -> Person:
    """An admin, of whom Slack was asked just now."""
    return Person(TEAM, "U0LIN", "Lin", "zh-CN", "Asia/Shanghai", Standing.MEMBER, admin=True, seen_at=utc_now())


@pytest.fixture(params=KINDS)
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An open database with one job that is dead."""
    with fresh(request.param, tmp_path) as url:
        opened = Database(url)
        async with opened.write() as tx:
            await tx.conn.execute(insert(job).values(BURIED))
        yield opened
        await opened.close()


async def test_a_number_that_is_given_anew_is_another_job(db: Database) -> None:
    """One admin gives a job up; its number goes to a reminder; the other admin's old press leaves that alone."""
    failed = FailedJobs(db, CLOCK, TEAM)
    (shown,) = (await failed.listed(lin(), 0, 5)).jobs
    assert (await failed.drop(lin(), shown.job.id, shown.job.mark)).job == shown
    async with db.write() as tx:
        await tx.conn.execute(
            insert(job).values(
                {**ROW, "id": 9, "kind": "remind", "subject": "credential:4:t7", "state": "due", "attempts": 0}
            )
        )
    for deed in (failed.drop, failed.retry):
        assert await deed(lin(), shown.job.id, shown.job.mark) == Settled(None, "U0LIN", "drop")
    async with db.read() as conn:
        assert (await conn.execute(select(job.c.kind, job.c.generation))).all() == [("remind", 1)]
