"""Join requests. Every change of state is a compare-and-set: the row count tells who was first."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import InvalidFields, NotFound, Problem
from bot.core.join import HOLDING, OPEN, Answers, Request, State
from bot.core.people import Evidence, Person

from .database import Tx
from .tables import OF_PERSON
from .tables import request as table

NEWEST = select(table).filter_by(**OF_PERSON).order_by(table.c.id.desc()).limit(1)
_OPEN = NEWEST.where(table.c.state.in_(OPEN))


def subject(request_id: int) -> str:
    """How messages, work and audit name a request."""
    return f"join:{request_id}"


async def add(tx: Tx, who: Person, answers: Answers, evidence: Evidence, now: datetime) -> int | None:
    """A new pending request; its id, or None when the person has an open one or the account is somebody else's."""
    mine = select(func.count()).select_from(table).filter_by(team_id=who.team_id, user_id=who.user_id)
    values = {
        "team_id": who.team_id,
        "user_id": who.user_id,
        "name": who.name,
        **asdict(answers),
        "state": State.PENDING,
        "created_at": now,
        "version": 1,
        "uid_evidence": evidence,
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
    row = (await conn.execute(_OPEN if only_open else NEWEST, whose)).one_or_none()
    return Request(**row._mapping) if row else None


async def move(tx: Tx, request: Request, *, matters: bool = False, **values: Any) -> bool:
    """Change a request that is still as it was loaded. False if somebody was faster.

    `matters` says that a decision may hang on the change: cards drawn before it can't be decided by. Raises
    InvalidFields where the account is somebody else's.
    """
    same = update(table).where(
        table.c.id == request.id, table.c.state == request.state, table.c.version == request.version
    )
    try:
        async with tx.conn.begin_nested():
            changed = await tx.conn.execute(same.values(**values, version=request.version + matters))
    except IntegrityError:
        raise InvalidFields([Problem("join.uid", "taken")]) from None
    return changed.rowcount == 1


async def belongs(conn: AsyncConnection, team_id: str, coze_uid: str) -> str | None:
    """Whose request holds this Coze account."""
    found = select(table.c.user_id).filter_by(team_id=team_id, coze_uid=coze_uid)
    user_id: str | None = await conn.scalar(found.where(table.c.state.in_(HOLDING)))
    return user_id


async def earlier(conn: AsyncConnection, request: Request, limit: int = 5) -> list[Request]:
    """The person's requests before this one, newest first."""
    found = select(table).filter_by(team_id=request.team_id, user_id=request.user_id)
    rows = await conn.execute(found.where(table.c.id < request.id).order_by(table.c.id.desc()).limit(limit))
    return [Request(**row._mapping) for row in rows]


async def listed(
    conn: AsyncConnection, team_id: str, states: Iterable[State], offset: int, limit: int, assignee: str | None = None
) -> tuple[int, list[Request]]:
    """How many requests are in these states, and one page of them, oldest first."""
    chosen = and_(table.c.team_id == team_id, table.c.state.in_(list(states)))
    if assignee:
        chosen = and_(chosen, table.c.assignee == assignee)
    count = int(await conn.scalar(select(func.count()).select_from(table).where(chosen)) or 0)
    page = select(table).where(chosen).order_by(table.c.created_at, table.c.id).offset(offset).limit(limit)
    return count, [Request(**row._mapping) for row in await conn.execute(page)]
