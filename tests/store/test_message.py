"""Copies of cards that go while they are being posted."""

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


async def test_what_stays_is_not(db: Database) -> None:
    """It goes only when it is withdrawn."""
    copy = await shown(db)
    async with db.write() as tx:
        await message.posted(tx, copy, "D1", "1.5", utc_now())
    assert await leaving(db) == []
    async with db.write() as tx:
        await message.withdraw(tx, TEAM, SUBJECT, WHO, message.CARD, utc_now())
    assert await leaving(db) == ["D1:1.5"]
