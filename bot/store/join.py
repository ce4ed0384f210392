"""Join requests. Every change of state is a compare-and-set: the row count tells who was first."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.account import Grade
from bot.core.errors import InvalidFields, NotFound, Problem
from bot.core.join import OPEN, UNDECIDED, Answers, JoinState, Request
from bot.core.people import Person

from .database import Tx
from .tables import OF_PERSON
from .tables import request as table

Listing = Literal[
    "waiting", "asked", "approved", "invited", "failed", "unproven", "mine", "undecided", "unfinished", "outside"
]
"""What can be listed. `unfinished` is what was decided and wants somebody's hand, `outside` who was approved and is
not in the team yet."""

_OWN = table.alias("own")
NEWEST = table.c.id == select(func.max(_OWN.c.id)).filter_by(**OF_PERSON).scalar_subquery()
"""Of the person's requests the last one: if one is open, that is it."""
_LATEST = select(table).where(NEWEST)
_OPEN = _LATEST.where(table.c.state.in_(OPEN))


def subject(request_id: int) -> str:
    """How messages, jobs and audit name a request."""
    return f"join:{request_id}"


async def add(tx: Tx, who: Person, answers: Answers, grade: Grade, now: datetime) -> int | None:
    """A new pending request; its id, or None when the person has an open one or the account is somebody else's."""
    mine = select(func.count()).select_from(table).filter_by(team_id=who.team_id, user_id=who.user_id)
    values = {
        "team_id": who.team_id,
        "user_id": who.user_id,
        "name": who.name,
        **asdict(answers),
        "state": JoinState.PENDING,
        "created_at": now,
        "version": 1,
        "grade": grade,
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
    row = (await conn.execute(_OPEN if only_open else _LATEST, whose)).one_or_none()
    return Request(**row._mapping) if row else None


async def move(tx: Tx, request: Request, *, matters: bool = False, **values: Any) -> bool:
    """Change a request that is still as it was loaded. False if somebody was faster.

    `matters` says that a decision may hang on the change: cards drawn before it can't be decided by. Raises
    InvalidFields where the account is somebody else's.
    """
    same = update(table).where(
        table.c.id == request.id, table.c.state == request.state, table.c.version == request.version
    )
    changed = same.values(**values, version=request.version + matters)
    try:
        async with tx.conn.begin_nested():
            return (await tx.conn.execute(changed)).rowcount == 1
    except IntegrityError:
        raise InvalidFields([Problem("join.uid", "taken")]) from None


async def earlier(conn: AsyncConnection, request: Request, limit: int = 5) -> list[Request]:
    """The person's requests before this one, newest first."""
    found = select(table).filter_by(team_id=request.team_id, user_id=request.user_id)
    rows = await conn.execute(found.where(table.c.id < request.id).order_by(table.c.id.desc()).limit(limit))
    return [Request(**row._mapping) for row in rows]


def _chosen(team_id: str, which: Listing, user_id: str, now: datetime) -> ColumnElement[bool]:
    state, failed = table.c.state, table.c.error.is_not(None)
    leaving = and_(state == JoinState.JOINED, table.c.removed_by.is_not(None))
    approved = state == JoinState.APPROVED
    lists: dict[Listing, ColumnElement[bool]] = {
        "waiting": state == JoinState.PENDING,
        "asked": state == JoinState.INFO_REQUESTED,
        "approved": and_(approved, ~failed),
        "invited": state == JoinState.INVITED,
        "failed": or_(and_(approved, failed), and_(leaving, failed)),
        "unproven": and_(state == JoinState.JOINED, table.c.grade != Grade.PROVEN),
        "mine": and_(state.in_(UNDECIDED), table.c.assignee == user_id),
        "undecided": state.in_(UNDECIDED),
        "outside": or_(approved, state == JoinState.INVITED),
        "unfinished": or_(approved, leaving, and_(state == JoinState.INVITED, table.c.watch_until <= now)),
    }
    states: dict[Listing, Iterable[JoinState]] = {
        "failed": (JoinState.APPROVED, JoinState.JOINED),
        "unproven": (JoinState.JOINED,),
        "outside": (JoinState.APPROVED, JoinState.INVITED),
        "unfinished": (JoinState.APPROVED, JoinState.JOINED, JoinState.INVITED),
    }
    return and_(table.c.team_id == team_id, lists[which], state.in_(list(states.get(which, OPEN))))


async def listed(
    conn: AsyncConnection, team_id: str, which: Listing, offset: int, limit: int, user_id: str, now: datetime
) -> tuple[int, list[Request]]:
    """How many requests there are of a kind, and one page of them, oldest first. `user_id` is who looks."""
    chosen = _chosen(team_id, which, user_id, now)
    count = int(await conn.scalar(select(func.count()).select_from(table).where(chosen)) or 0)
    page = select(table).where(chosen).order_by(table.c.created_at, table.c.id).offset(offset).limit(limit)
    return count, [Request(**row._mapping) for row in await conn.execute(page)]


async def in_hand(conn: AsyncConnection, team_id: str) -> dict[str, int]:
    """How many undecided requests are assigned to whom."""
    assigned = and_(table.c.team_id == team_id, table.c.state.in_(UNDECIDED), table.c.assignee.is_not(None))
    counted = select(table.c.assignee, func.count()).where(assigned).group_by(table.c.assignee)
    return {row[0]: row[1] for row in await conn.execute(counted)}


async def unproven(conn: AsyncConnection, team_id: str) -> int:
    """How many have joined without having shown that their account is theirs."""
    chosen = and_(table.c.team_id == team_id, table.c.state == JoinState.JOINED, table.c.grade != Grade.PROVEN)
    return int(await conn.scalar(select(func.count()).select_from(table).where(chosen)) or 0)


async def joined(conn: AsyncConnection, team_id: str) -> list[Request]:
    """Everybody who has joined or holds an invitation, oldest first."""
    held = select(table).filter_by(team_id=team_id).where(table.c.state.in_([JoinState.JOINED, JoinState.INVITED]))
    return [Request(**row._mapping) for row in await conn.execute(held.order_by(table.c.id))]
