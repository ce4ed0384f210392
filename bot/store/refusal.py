"""Refusal: one row for each person, action, reason and hour, however often it was tried."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.refusal import PILE, Attempts, Reason, Refusal, hour_of

from . import audit
from .database import Tx, upsert
from .tables import refusal as table

_ROW = [table.c[name] for name in Refusal.__dataclass_fields__]
_UNNOTED = text("noted = false")  # literally as its index says it
_TRIES = table.c.reason != Reason.SECRET

REFUSED = "access.refuse"
AT_ONCE = 200  # rows of which the audit tells at a time


def subject(user_id: str) -> str:
    """How messages name what somebody was refused."""
    return f"refusal:{user_id}"


async def add(tx: Tx, team_id: str, user_id: str, action: str, reason: Reason, about: str, now: datetime) -> int:
    """Count one more; how often the person was refused in this hour, leaks not counted."""
    key = {"team_id": team_id, "hour": hour_of(now), "user_id": user_id, "action": action, "reason": reason}
    await tx.conn.execute(_counting(tx.dialect), {**key, "subject": about, "count": 1, "last_at": now})
    same = select(func.sum(table.c.count)).filter_by(team_id=team_id, hour=hour_of(now), user_id=user_id)
    return int(await tx.conn.scalar(same.where(_TRIES)) or 0)


@cache
def _counting(dialect: str) -> Any:
    """The statement of `add`, made once."""
    statement = upsert(dialect, table)
    new = {name: statement.excluded[name] for name in ("subject", "last_at")}
    keys = [table.c[name] for name in ("team_id", "hour", "user_id", "action", "reason")]
    return statement.on_conflict_do_update(index_elements=keys, set_={**new, "count": table.c.count + 1})


async def within(
    conn: AsyncConnection, team_id: str, user_id: str, since: datetime, until: datetime
) -> list[Refusal]:
    """What somebody was refused, leaks left out, most often first."""
    found = select(*_ROW).filter_by(team_id=team_id, user_id=user_id).where(_TRIES)
    chosen = found.where(table.c.hour >= since, table.c.hour < until)
    return [Refusal(**row._mapping) for row in await conn.execute(chosen.order_by(table.c.count.desc()))]


async def piled(conn: AsyncConnection, team_id: str, since: datetime, most: int) -> Sequence[Attempts]:
    """Who was refused PILE times or more within an hour, and how often in such hours; the most persistent first."""
    hours = select(table.c.user_id, func.sum(table.c.count).label("count")).filter_by(team_id=team_id)
    hours = hours.where(table.c.hour >= since, _TRIES).group_by(table.c.user_id, table.c.hour)
    busy = hours.having(func.sum(table.c.count) >= PILE).subquery()
    counted = select(busy.c.user_id, func.sum(busy.c.count)).group_by(busy.c.user_id)
    rows = await conn.execute(counted.order_by(func.sum(busy.c.count).desc(), busy.c.user_id).limit(most))
    return [Attempts(row[0], int(row[1])) for row in rows]


async def is_unnoted(conn: AsyncConnection, before: datetime) -> bool:
    """Whether hours that began before `before` hold what the audit does not tell yet."""
    return await conn.scalar(select(table.c.hour).where(_UNNOTED, table.c.hour < before).limit(1)) is not None


async def note(tx: Tx, before: datetime) -> None:
    """Write a line of the audit for each row of some of these hours; nothing is added to them any more."""
    some = select(table).where(_UNNOTED, table.c.hour < before).order_by(table.c.hour).limit(AT_ONCE)
    for row in (await tx.conn.execute(some.with_for_update(skip_locked=True))).all():
        told = {"kind": row.action, "why": row.reason.value, "count": row.count}
        await audit.note(tx, row.team_id, row.last_at, row.user_id, REFUSED, row.subject, **told)
        key = {name: getattr(row, name) for name in ("team_id", "hour", "user_id", "action", "reason")}
        await tx.conn.execute(update(table).filter_by(**key).values(noted=True))


async def purge(tx: Tx, before: datetime) -> None:
    """Let go of what was refused before `before`."""
    await tx.conn.execute(delete(table).where(table.c.hour < before))
