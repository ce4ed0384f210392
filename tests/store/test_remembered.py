"""Deliveries that write nothing else: each key once, durably, however many arrive at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text

from bot.clock import utc_now
from bot.core.errors import Duplicate
from bot.store.database import Database, Delivery, processed_delivery
from tests.databases import KINDS, fresh

TEAM = "T1"


@pytest.fixture(params=KINDS)
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database of each kind."""
    with fresh(request.param, tmp_path) as url:
        database = Database(url)
        yield database
        await database.close()


async def count(db: Database) -> int:
    async with db.read() as conn:
        return int(await conn.scalar(select(func.count()).select_from(processed_delivery)) or 0)


async def test_many_at_once_are_few_commits_and_each_counts_once(db: Database) -> None:
    """A hundred keys, each brought by two: one of the two is told that it is known."""
    statements: list[str] = []
    engine = db.writer if db.dialect == "sqlite" else db.reader
    event.listen(engine.sync_engine, "checkout", lambda *_: statements.append("taken"))
    deliveries = [Delivery(TEAM, f"key{number}") for number in range(100) for _ in range(2)]
    outcomes = await asyncio.gather(*(db.claim(each) for each in deliveries), return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 100
    assert sum(isinstance(outcome, Duplicate) for outcome in outcomes) == 100
    assert [each.claimed for each in deliveries] == [outcome is None for outcome in outcomes]
    assert await count(db) == 100
    assert len(statements) <= 4


async def test_what_a_transaction_has_claimed_is_known_here_too(db: Database) -> None:
    """And it is kept as the other way keeps it: in UTC."""
    await db.claim(Delivery(TEAM, "one"))
    with pytest.raises(Duplicate):
        await db.claim(Delivery(TEAM, "one"))
    async with db.read() as conn:
        (row,) = (await conn.execute(select(processed_delivery))).all()
    assert (row.team_id, row.idempotency_key) == (TEAM, "one")
    assert abs((utc_now() - row.at).total_seconds()) < 5


async def test_a_database_that_fails_is_told_to_each(db: Database) -> None:
    """And the next ones go on."""
    async with db.write() as tx:
        await tx.conn.execute(text("ALTER TABLE processed_delivery RENAME TO away"))
    tried = [db.claim(Delivery(TEAM, f"key{number}")) for number in range(5)]
    outcomes = await asyncio.gather(*tried, return_exceptions=True)
    assert all(isinstance(outcome, Exception) and not isinstance(outcome, Duplicate) for outcome in outcomes)
    async with db.write() as tx:
        await tx.conn.execute(text("ALTER TABLE away RENAME TO processed_delivery"))
    await db.claim(Delivery(TEAM, "after"))
    assert await count(db) == 1


async def test_who_gives_up_holds_nobody_up(db: Database) -> None:
    """Cancelled while it is written: the others have their answer."""
    tasks = [asyncio.create_task(db.claim(Delivery(TEAM, f"key{number}"))) for number in range(20)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 19


async def test_nothing_is_left_open_by_who_goes_away(tmp_path: Path) -> None:
    """All who asked are cancelled and the database is closed at once: what was on its way is there, and closed."""
    with fresh("sqlite", tmp_path) as url:
        db = Database(url)
        tasks = [asyncio.create_task(db.claim(Delivery(TEAM, f"key{number}"))) for number in range(5)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await db.close()
        again = Database(url)
        assert await count(again) == 5
        await again.close()
