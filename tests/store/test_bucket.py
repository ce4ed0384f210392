"""Buckets: what may leave now, and when the turn of the rest comes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.store import bucket
from bot.store.bucket import Limit, Queue
from bot.store.database import Database, Tx
from bot.store.tables import bucket as table
from tests.databases import KINDS, fresh

TEAM = "T1"
UPDATE = Limit("chat.update", 5.0, 3)
POST, TO_MEI = Limit("post", 5.0, 8, kept=2), Limit("post:U0MEI", 20.0, 2)
PLANNED = Queue(planned=True)


@pytest.fixture(params=KINDS)
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database of each kind."""
    with fresh(request.param, tmp_path) as url:
        database = Database(url)
        yield database
        await database.close()


async def keys(db: Database) -> set[str]:
    """The buckets that there are."""
    async with db.read() as conn:
        return set((await conn.scalars(select(table.c.key))).all())


async def test_a_burst_goes_and_then_it_paces(db: Database) -> None:
    waits = [await bucket.take(db, TEAM, [UPDATE]) for _ in range(4)]
    assert waits[:3] == [0.0, 0.0, 0.0]
    assert 0 < waits[3] <= 5


async def test_both_buckets_together_or_none(db: Database) -> None:
    """What one of them refuses takes nothing of the other."""
    assert [await bucket.take(db, TEAM, [POST, TO_MEI]) for _ in range(2)] == [0.0, 0.0]
    for _ in range(20):
        assert 19 < await bucket.take(db, TEAM, [POST, TO_MEI]) <= 20
    assert [await bucket.take(db, TEAM, [POST]) for _ in range(6)] == [0.0] * 6
    assert await bucket.take(db, TEAM, [POST]) > 0


async def test_each_who_waits_gets_a_place_of_its_own(db: Database) -> None:
    """One step apart, so that each is woken once."""
    waits = [await bucket.take(db, TEAM, [TO_MEI], Queue()) for _ in range(5)]
    assert waits == [0.0, 0.0, *(pytest.approx(20 * place, abs=1) for place in (1, 2, 3))]


async def test_who_has_a_turn_of_their_own_does_not_stand_behind_all(db: Database) -> None:
    """Many wait for the wide bucket; the narrow one's turns come one by one meanwhile."""
    others = [Limit(f"post:{number}", 20.0, 2) for number in range(12)]
    for other in others:
        await bucket.take(db, TEAM, [POST, other], PLANNED)
    waits = [await bucket.take(db, TEAM, [POST, TO_MEI], PLANNED) for _ in range(6)]
    assert waits[2:] == [pytest.approx(20 * place, abs=1) for place in (1, 2, 3, 4)]


async def test_who_waits_goes_before_what_was_planned(db: Database) -> None:
    """Planned calls leave some room, and their queue is another one."""
    planned = [await bucket.take(db, TEAM, [POST], PLANNED) for _ in range(10)]
    assert planned[:6] == [0.0] * 6
    assert planned[6:] == [pytest.approx(5 * place, abs=1) for place in (1, 2, 3, 4)]
    assert [await bucket.take(db, TEAM, [POST], Queue()) for _ in range(2)] == [0.0, 0.0]
    assert await bucket.take(db, TEAM, [POST], Queue()) == pytest.approx(5, abs=1)


async def test_no_place_lies_further_ahead_than_its_lane_allows(db: Database) -> None:
    for queue, latest in ((Queue(), bucket.CEILING), (PLANNED, bucket.LATEST)):
        limit = Limit(f"{queue.planned}", 50.0, 1)
        waits = [await bucket.take(db, TEAM, [limit], queue) for _ in range(20)]
        assert latest - 1 < max(waits) <= latest


async def test_what_goes_with_it_is_written_only_if_it_may_go(db: Database) -> None:
    """In the same transaction."""

    async def also(tx: Tx) -> None:
        await bucket._move(tx, TEAM, {"written": 1.0})

    limit = Limit("one", 60.0, 1)
    assert await bucket.take(db, TEAM, [limit], also=also) == 0.0
    assert "written" in await keys(db)
    async with db.write() as tx:
        await tx.conn.execute(table.delete().where(table.c.key == "written"))
    assert await bucket.take(db, TEAM, [limit], also=also) > 0
    assert "written" not in await keys(db)


async def test_a_bucket_waits_as_long_as_slack_said(db: Database) -> None:
    await bucket.pause(db, TEAM, UPDATE, 30)
    assert 29 < await bucket.take(db, TEAM, [UPDATE]) <= 30.5


async def test_a_bucket_never_lies_more_than_a_minute_ahead(db: Database) -> None:
    """Whatever Slack asks for; and where a clock was wrong, the next call finds it free."""
    for seconds in (999_999.0, float("inf")):
        await bucket.pause(db, TEAM, UPDATE, seconds)
        assert 59 < await bucket.take(db, TEAM, [UPDATE]) <= 60
    async with db.write() as tx:
        await tx.conn.execute(update(table).values(next_free=table.c.next_free + 259_200))
    waits = [await bucket.take(db, TEAM, [Limit(UPDATE.key, 5.0, 1)]) for _ in range(2)]
    assert waits == [0.0, pytest.approx(5, 0.1)]


async def test_places_from_a_clock_that_was_ahead_count_for_nothing(db: Database) -> None:
    for _ in range(4):
        await bucket.take(db, TEAM, [TO_MEI], PLANNED)
    async with db.write() as tx:
        await tx.conn.execute(update(table).values(next_free=table.c.next_free + 259_200))
    assert await bucket.take(db, TEAM, [TO_MEI], PLANNED) == 0.0
