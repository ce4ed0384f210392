"""Work is claimed once, fenced, wanted again, and never lost."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.clock import utc_now
from bot.core.errors import Duplicate
from bot.store import job
from bot.store.database import Database, Delivery, WroteWhileReading, handling
from bot.store.tables import job as table

NOW = datetime(2026, 12, 2, 9, tzinfo=UTC)
TEAM = "T1"


async def want(db: Database, subject: str = "1", due: datetime = NOW, priority: int = job.SOON) -> None:
    async with db.write() as tx:
        await job.enqueue(tx, TEAM, "draw", subject, due, priority)


async def claim(db: Database, now: datetime = NOW, limit: int = 10) -> list[job.Job]:
    async with db.write() as tx:
        await job.recover(tx)
        return await job.claim(tx, now, limit)


async def finish(db: Database, row: job.Job) -> bool:
    async with db.write() as tx:
        return await job.finish(tx, row)


async def state(db: Database) -> str:
    async with db.read() as conn:
        return str(await conn.scalar(select(table.c.state)))


async def test_due_work_is_claimed_most_urgent_first_and_only_once(db: Database) -> None:
    await want(db, "later", NOW + timedelta(hours=1))
    await want(db, "calm", NOW - timedelta(hours=1))
    await want(db, "urgent", NOW, job.SOMEBODY_WAITS)
    assert [row.subject for row in await claim(db)] == ["urgent", "calm"]
    assert await claim(db) == []


async def test_many_runners_share_without_doubles(db: Database) -> None:
    for number in range(40):
        await want(db, str(number))
    rows = [row for part in await asyncio.gather(*(claim(db, limit=7) for _ in range(8))) for row in part]
    assert sorted(int(row.subject) for row in rows) == list(range(40))


async def test_wanted_again_while_under_way_runs_once_more(db: Database) -> None:
    await want(db)
    (row,) = await claim(db)
    await want(db)
    assert await state(db) == "leased"
    assert await finish(db, row)
    assert await state(db) == "due"
    (row,) = await claim(db)
    assert await finish(db, row)
    assert await state(db) == "done"


async def test_who_lost_the_lease_changes_nothing(db: Database) -> None:
    await want(db)
    (first,) = await claim(db)
    async with db.write() as tx:
        await tx.conn.execute(update(table).values(lease_until=1.0))
    (second,) = await claim(db)
    assert second.fence == first.fence + 1
    assert not await finish(db, first)
    assert await finish(db, second)


async def test_wanting_wakes_and_a_rollback_does_not(db: Database) -> None:
    woken: list[int] = []
    db.on_work = lambda: woken.append(1)
    await want(db)
    assert woken == [1]
    with contextlib.suppress(RuntimeError):
        async with db.write() as tx:
            await job.enqueue(tx, TEAM, "draw", "2", NOW)
            raise RuntimeError
    assert woken == [1]
    assert len(await claim(db)) == 1


async def test_a_later_time_does_not_outlive_a_new_wish(db: Database) -> None:
    """Put off by its handler, but wanted meanwhile: the wish's own time counts."""
    await want(db)
    (row,) = await claim(db)
    await want(db, due=NOW + timedelta(minutes=1))
    async with db.write() as tx:
        assert await job.reschedule(tx, row, NOW + timedelta(days=1), attempts=0)
    assert [row.subject for row in await claim(db, NOW + timedelta(minutes=1))] == ["1"]


async def test_cancelled_work_is_not_claimed(db: Database) -> None:
    await want(db)
    async with db.write() as tx:
        await job.cancel_all(tx, TEAM, "draw", "1")
    assert await claim(db) == []


async def test_dead_work_is_counted_and_can_be_wanted_again(db: Database) -> None:
    await want(db)
    (row,) = await claim(db)
    async with db.write() as tx:
        assert await job.dead_letter(tx, row, "channel_not_found")
    async with db.read() as conn:
        assert await job.dead(conn, TEAM) == 1
        assert await job.next_due(conn) is None
    await want(db)
    assert len(await claim(db)) == 1


async def test_what_is_wanted_during_the_last_try_is_not_lost(db: Database) -> None:
    await want(db)
    (row,) = await claim(db)
    await want(db)
    async with db.write() as tx:
        assert await job.dead_letter(tx, row, "Unreachable")
    assert await state(db) == "due"


@pytest.mark.parametrize(("end", "expected"), [("dead", 1), ("due", 0)])
async def test_what_recurs_begins_anew_where_it_was_given_up(db: Database, end: str, expected: int) -> None:
    """With a new start of the bot; what is planned stays planned as it is."""
    await want(db, due=NOW + timedelta(days=3))
    async with db.write() as tx:
        await tx.conn.execute(update(table).values(state=end))
        await job.ensure(tx, TEAM, "draw", "1", NOW)
    assert len(await claim(db)) == expected


async def test_a_delivery_counts_once(db: Database) -> None:
    await db.claim(Delivery(TEAM, "trigger"))
    with pytest.raises(Duplicate):
        await db.claim(Delivery(TEAM, "trigger"))
    assert await claim(db) == []
    await db.claim(Delivery("T2", "trigger"))
    await db.forget(utc_now() + timedelta(seconds=1))
    await db.claim(Delivery(TEAM, "trigger"))


async def test_the_first_transaction_claims_the_delivery(db: Database) -> None:
    """Together with its rows, or not at all; a second one of the same delivery writes freely."""
    delivery = Delivery(TEAM, "trigger")
    with handling(delivery), contextlib.suppress(ZeroDivisionError):
        async with db.write() as tx:
            await job.enqueue(tx, TEAM, "draw", "1", NOW)
            raise ZeroDivisionError
    assert not delivery.claimed
    with handling(delivery):
        for subject in ("1", "2"):
            async with db.write() as tx:
                await job.enqueue(tx, TEAM, "draw", subject, NOW)
    assert delivery.claimed
    with handling(Delivery(TEAM, "trigger")), pytest.raises(Duplicate):
        async with db.write() as tx:
            await job.enqueue(tx, TEAM, "draw", "3", NOW)
    assert {row.subject for row in await claim(db)} == {"1", "2"}


async def test_what_a_delivery_did_not_cause_leaves_its_key_alone(db: Database) -> None:
    delivery = Delivery(TEAM, "trigger")
    with handling(delivery):
        async with db.write(apart=True) as tx:
            await job.enqueue(tx, TEAM, "draw", "1", NOW)
    assert not delivery.claimed


async def test_who_only_reads_may_not_write(db: Database) -> None:
    """A handler that is declared so and writes all the same is our mistake, and is noticed at its first run."""
    with handling(Delivery(TEAM, "trigger", reads_only=True)), pytest.raises(WroteWhileReading):
        async with db.write():
            pass


async def test_a_lease_from_a_clock_that_was_ahead_is_over(db: Database) -> None:
    await want(db, "1")
    (first,) = await claim(db)
    async with db.write() as tx:
        await tx.conn.execute(update(table).values(lease_until=table.c.lease_until + 259_200))
    (again,) = await claim(db)
    assert again.fence == first.fence + 1
    assert await claim(db) == []


async def test_what_waits_for_a_reason_is_counted_and_let_go(db: Database) -> None:
    """Only that: what waits for another reason goes on waiting."""
    for subject, reason in (("1", "no rights"), ("2", "no rights"), ("3", "rate limited")):
        await want(db, subject)
        (row,) = await claim(db)
        async with db.write() as tx:
            await job.reschedule(tx, row, NOW + timedelta(hours=1), attempts=0, error=reason)
    async with db.read() as conn:
        assert await job.held(conn, TEAM, ["no rights", "no token"]) == 2
    async with db.write() as tx:
        await job.release(tx, TEAM, ["no rights"], NOW)
    assert sorted(row.subject for row in await claim(db)) == ["1", "2"]


async def test_when_something_of_a_kind_comes_next_is_known(db: Database) -> None:
    for subject, hours in (("7:first", 1), ("7:second", 2), ("71:other", 0)):
        await want(db, subject, NOW + timedelta(hours=hours))
    async with db.read() as conn:
        assert await job.waiting(conn, TEAM, "draw", "7:") == NOW + timedelta(hours=1)
        assert await job.waiting(conn, TEAM, "draw", "8:") is None


async def test_what_is_planned_and_what_comes_is_told_by_name(db: Database) -> None:
    """Of some subjects alone: what is still to do, and what is due by now, also under way."""
    for subject, due in (("1:a", NOW), ("1:b", NOW + timedelta(hours=1)), ("12:a", NOW), ("2:a", NOW)):
        await want(db, subject, due)
    (row,) = await claim(db, limit=1)
    assert row.subject == "1:a"
    async with db.read() as conn:
        assert await job.planned(conn, TEAM, "draw", "1:") == {"1:b": NOW + timedelta(hours=1)}
        assert await job.coming(conn, TEAM, "draw", ["1:", "2:"], NOW) == {"1:a": NOW, "2:a": NOW}
        assert await job.coming(conn, TEAM, "draw", [], NOW) == {}
