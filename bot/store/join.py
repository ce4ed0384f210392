"""Join requests. Every change of state is a compare-and-set: the row count tells who was first."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import NotFound
from bot.core.join import OPEN, Answers, Request, State
from bot.core.people import Person

from .database import Tx
from .tables import OF_PERSON
from .tables import request as table

_NEWEST = select(table).filter_by(**OF_PERSON).order_by(table.c.id.desc()).limit(1)
_OPEN = _NEWEST.where(table.c.state.in_(OPEN))


def subject(request_id: int) -> str:
    """How messages, work and audit name a request."""
    return f"join:{request_id}"


async def add(tx: Tx, who: Person, answers: Answers, now: datetime) -> int | None:
    """A new pending request; its id, or None when the person has an open one already."""
    mine = select(func.count()).select_from(table).filter_by(team_id=who.team_id, user_id=who.user_id)
    values = {
        "team_id": who.team_id,
        "user_id": who.user_id,
        "name": who.name,
        "coze_uid": answers.coze_uid,
        "nick": answers.nick,
        "purpose": answers.purpose,
        "email": answers.email,
        "state": State.PENDING,
        "created_at": now,
        "earlier": mine.scalar_subquery(),
        "by_hand": False,
    }
    try:
        async with tx.conn.begin_nested():
            result = await tx.conn.execute(insert(table).values(values).returning(table.c.id))
            return int(result.scalar_one())
    except IntegrityError:
        return None


async def load(conn: AsyncConnection, team_id: str, request_id: int) -> Request:
    """The request with this id. Raises NotFound, also for another workspace's."""
    found = select(table).filter_by(team_id=team_id, id=request_id)
    row = (await conn.execute(found)).one_or_none()
    if row is None:
        raise NotFound
    return Request(**row._mapping)


async def latest(conn: AsyncConnection, team_id: str, user_id: str, *, only_open: bool = False) -> Request | None:
    """The person's newest request."""
    whose = {"team_id": team_id, "user_id": user_id}
    row = (await conn.execute(_OPEN if only_open else _NEWEST, whose)).one_or_none()
    return Request(**row._mapping) if row else None


async def move(tx: Tx, request: Request, **values: Any) -> bool:
    """Change a request that is still in the state in which it was loaded. False if somebody was faster."""
    same = update(table).where(table.c.id == request.id, table.c.state == request.state)
    return (await tx.conn.execute(same.values(**values))).rowcount == 1
