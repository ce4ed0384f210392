"""Copies of cards that go while they are being posted."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bot.clock import utc_now
from bot.store import message
from bot.store.database import Database
from bot.store.tables import job
from bot.store.tables import message as message_

TEAM, WHO, SUBJECT = "T1", "U1", "join:1"


async def shown(db: Database) -> message.Message:
    """A copy that nobody has posted yet."""
    async with db.write() as tx:
        await message.show(tx, TEAM, SUBJECT, WHO, message.CARD, utc_now())
        row_id = int(await tx.conn.scalar(select(message_.c.id)) or 0)
        copy = await message.load(tx.conn, row_id)
    assert copy is not None
    return copy


async def leaving(db: Database) -> list[str]:
    """What is to be deleted from Slack."""
    async with db.read() as conn:
        return list((await conn.scalars(select(job.c.subject).where(job.c.kind == "unpost"))).all())


async def test_what_is_withdrawn_while_it_is_posted_is_deleted(db: Database) -> None:
    """Another card tells of the matter by then, and nothing would ever draw this one again."""
    copy = await shown(db)
    async with db.write() as tx:
        await message.withdraw(tx, TEAM, SUBJECT, WHO, message.CARD, utc_now())
    assert await leaving(db) == []
    async with db.write() as tx:
        await message.posted(tx, copy, "D1", "1.5", utc_now())
    assert await leaving(db) == ["D1:1.5"]


async def test_what_nobody_knows_to_have_arrived_is_looked_for(db: Database) -> None:
    """Its job carries what the row has known, to the microsecond, and the card below which it stands."""
    copy = await shown(db)
    tried = utc_now()
    async with db.write() as tx:
        await message.posted(tx, copy, "C1", "1.5", tried)
        await message.reply_in_thread(tx, TEAM, SUBJECT, WHO, "asked", tried)
        line = await message.load(tx.conn, copy.id + 1)
        assert line
        await message.save(tx, line, posting=True, created_at=tried, settles_at=tried + timedelta(minutes=1))
        line = await message.load(tx.conn, copy.id + 1)
        assert line
        await message.remove(tx, TEAM, SUBJECT, tried)
        rows = (await tx.conn.execute(select(job.c.team_id, job.c.payload).where(job.c.kind == "unpost"))).all()
    (found,) = [each for each in (message.lost(row.team_id, row.payload) for row in rows) if each]
    assert found == message.Lost(replace(line, thread=None), "1.5")
    assert await leaving(db) == ["C1:1.5", f"lost:{line.id}:{tried.timestamp():.0f}"]


async def test_what_stays_is_not(db: Database) -> None:
    """It goes only when it is withdrawn."""
    copy = await shown(db)
    async with db.write() as tx:
        await message.posted(tx, copy, "D1", "1.5", utc_now())
    assert await leaving(db) == []
    async with db.write() as tx:
        await message.withdraw(tx, TEAM, SUBJECT, WHO, message.CARD, utc_now())
    assert await leaving(db) == ["D1:1.5"]


TOLD = {"credential:1": "t7", "credential:2": "ended"}


async def told_as_one(db: Database, told: dict[str, str]) -> None:
    """A reminder of all of them."""
    async with db.write() as tx:
        await message.show_as_one(tx, TEAM, WHO, told, utc_now())


async def drawn(db: Database) -> list[str]:
    """The copies that are to be drawn; none is any more after this."""
    async with db.write() as tx:
        found = (await tx.conn.scalars(select(job.c.subject).where(job.c.kind == "draw"))).all()
        await tx.conn.execute(job.delete())
    return list(found)


async def all_told(db: Database, copy_id: int) -> dict[str, str]:
    """What this copy tells."""
    async with db.read() as conn:
        copy = await message.load(conn, copy_id)
        return {each.subject: each.kind for each, _ in await message.told_by(conn, copy)} if copy else {}


async def test_what_is_told_as_one_is_one_copy_however_often_it_is_asked_for(db: Database) -> None:
    """By several at once too, and by who knows of one of them alone. What is new then is a copy of its own."""
    await asyncio.gather(*(told_as_one(db, TOLD) for _ in range(4)))
    [first] = await drawn(db)
    assert await all_told(db, int(first)) == TOLD
    await told_as_one(db, {"credential:2": "ended"})
    assert await drawn(db) == [first]
    await told_as_one(db, {"credential:1": "t7", "credential:3": "t7"})
    again = await drawn(db)
    assert len(again) == 2
    assert first in again
    assert await all_told(db, int(first)) == TOLD


async def test_a_change_of_one_draws_the_copy_that_tells_it(db: Database) -> None:
    """Whichever it is of."""
    await told_as_one(db, TOLD)
    [first] = await drawn(db)
    for subject in TOLD:
        async with db.write() as tx:
            await message.redraw(tx, TEAM, subject, utc_now())
        assert await drawn(db) == [first]


async def test_what_is_withdrawn_takes_along_what_it_tells(db: Database) -> None:
    """So that all of it can be told again."""
    await told_as_one(db, TOLD)
    await drawn(db)
    async with db.write() as tx:
        await message.withdraw(tx, TEAM, "credential:1", WHO, "t7", utc_now())
    async with db.read() as conn:
        assert await message.last_told(conn, TEAM, WHO, TOLD) == {}
    await told_as_one(db, {"credential:2": "ended"})
    [alone] = await drawn(db)
    assert await all_told(db, int(alone)) == {"credential:2": "ended"}
