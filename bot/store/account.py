"""Accounts on Coze: who has shown that one is theirs, and where two have. One truth an account, under its lock."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.account import Dispute, DisputeState, Grade
from bot.core.errors import NotFound
from bot.core.join import HOLDING, Request

from .database import Tx
from .tables import dispute, person, request


def subject(dispute_id: int) -> str:
    """How messages and audit name a dispute."""
    return f"account:{dispute_id}"


async def lock(tx: Tx, team_id: str, coze_uid: str) -> None:
    """Whoever else is about to claim or show this account waits until the transaction has ended.

    No row stands for an account that nobody has claimed yet, so PostgreSQL locks its name; SQLite has one writer.
    """
    if tx.dialect == "postgresql":
        name = func.hashtextextended(f"{team_id}:{coze_uid}", 0)
        await tx.conn.execute(select(func.pg_advisory_xact_lock(name)))


async def owner(conn: AsyncConnection, team_id: str, coze_uid: str) -> str | None:
    """Who has shown that the account is theirs: last of all their accounts, or for a request that still holds."""
    last = select(person.c.user_id).filter_by(team_id=team_id, coze_uid=coze_uid)
    held = select(request.c.user_id).filter_by(team_id=team_id, coze_uid=coze_uid, grade=Grade.PROVEN)
    found = await conn.scalar(last) or await conn.scalar(held.where(request.c.state.in_(HOLDING)))
    return None if found is None else str(found)


async def concerned(tx: Tx, team_id: str, user_id: str, coze_uid: str) -> list[Request]:
    """The requests that hold this account, or belong to this person, locked in one order until the commit."""
    theirs = or_(request.c.coze_uid == coze_uid, request.c.user_id == user_id)
    found = select(request).filter_by(team_id=team_id).where(theirs, request.c.state.in_(HOLDING))
    rows = await tx.conn.execute(found.order_by(request.c.id).with_for_update())
    return [Request(**row._mapping) for row in rows]


async def give(tx: Tx, team_id: str, user_id: str, coze_uid: str) -> None:
    """Remember that the account is this person's, and nobody else's."""
    others = update(person).filter_by(team_id=team_id, coze_uid=coze_uid).where(person.c.user_id != user_id)
    await tx.conn.execute(others.values(coze_uid=None))
    await tx.conn.execute(update(person).filter_by(team_id=team_id, user_id=user_id).values(coze_uid=coze_uid))


async def add(tx: Tx, team_id: str, coze_uid: str, nick: str, holder: str, claimant: str, now: datetime) -> int:
    """A dispute that admins have to decide; its id."""
    row = {"team_id": team_id, "coze_uid": coze_uid, "nick": nick, "holder": holder, "claimant": claimant}
    values = {**row, "state": DisputeState.OPEN, "created_at": now}
    return int((await tx.conn.execute(insert(dispute).values(values).returning(dispute.c.id))).scalar_one())


async def is_disputed(conn: AsyncConnection, team_id: str, coze_uid: str) -> bool:
    """Whether admins are deciding about this account."""
    found = select(dispute.c.id).filter_by(team_id=team_id, coze_uid=coze_uid, state=DisputeState.OPEN)
    return await conn.scalar(found) is not None


async def load(conn: AsyncConnection, team_id: str, dispute_id: int) -> Dispute:
    """The dispute with this id. Raises NotFound, also for another workspace's."""
    row = (await conn.execute(select(dispute).filter_by(team_id=team_id, id=dispute_id))).one_or_none()
    if row is None:
        raise NotFound
    return Dispute(**row._mapping)


async def move(tx: Tx, known: Dispute, **values: Any) -> bool:
    """Change a dispute that is still in the state in which it was loaded. False if somebody was faster."""
    same = update(dispute).where(dispute.c.id == known.id, dispute.c.state == known.state)
    return (await tx.conn.execute(same.values(**values))).rowcount == 1
