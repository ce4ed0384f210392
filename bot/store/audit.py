"""Audit: who did what, written in the transaction of the deed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import Lapsed

from .database import Tx
from .tables import audit as table

TOLD = ("join.told", "report.told")
"""Words of an admin that were handed on from a card's thread."""

PICTURE = "report.picture"
"""A picture was put below the admins' card; `file` is its id at Slack."""


@dataclass(frozen=True)
class AuditEntry:
    """One deed. `at` is simulated time, UTC; `actor` is None for the bot itself."""

    id: int
    at: datetime
    actor: str | None
    action: str
    subject: str
    detail: dict[str, Any]


async def note(
    tx: Tx, team_id: str, at: datetime, actor: str | None, action: str, subject: str, **detail: Any
) -> int:
    """Write one line; its id. `actor` is None for the bot itself; `detail` never holds a secret."""
    row = {"team_id": team_id, "at": at, "actor": actor, "action": action, "subject": subject}
    written = await tx.conn.execute(insert(table).values(**row, detail=detail or None).returning(table.c.id))
    return int(written.scalar_one())


async def note_all(
    tx: Tx, at: datetime, actor: str | None, action: str, about: Sequence[tuple[str, str, dict[str, Any]]]
) -> None:
    """Write a line for each of these, in one statement: of which workspace, about what, and the detail."""
    deed = {"at": at, "actor": actor, "action": action}
    rows = [
        {**deed, "team_id": team, "subject": subject, "detail": detail or None} for team, subject, detail in about
    ]
    if rows:
        await tx.conn.execute(insert(table), rows)


async def load(conn: AsyncConnection, team_id: str, line_id: int) -> AuditEntry:
    """One line. Raises Lapsed, also for another workspace's."""
    row = (await conn.execute(select(table).filter_by(team_id=team_id, id=line_id))).one_or_none()
    if row is None:
        raise Lapsed
    return _entry(row)


async def is_told(conn: AsyncConnection, team_id: str, subject: str, ts: str) -> bool:
    """Whether what stands in the thread at this `ts` was handed on."""
    found = select(table.c.detail).filter_by(team_id=team_id, subject=subject)
    told = await conn.scalars(found.where(table.c.action.in_(TOLD)))
    return any(detail and detail.get("ts") == ts for detail in told)


async def last_told(conn: AsyncConnection, team_id: str, subject: str) -> AuditEntry | None:
    """The newest words of an admin that were handed on from the thread."""
    found = select(table).filter_by(team_id=team_id, subject=subject).where(table.c.action.in_(TOLD))
    row = (await conn.execute(found.order_by(table.c.id.desc()).limit(1))).one_or_none()
    return _entry(row) if row else None


async def is_noted(conn: AsyncConnection, team_id: str, subject: str, action: str) -> bool:
    """Whether this was ever done about a matter."""
    found = select(table.c.id).filter_by(team_id=team_id, subject=subject, action=action).limit(1)
    return await conn.scalar(found) is not None


async def latest(conn: AsyncConnection, team_id: str, subject: str) -> AuditEntry:
    """The newest line about a matter. Raises Lapsed."""
    found = select(table).filter_by(team_id=team_id, subject=subject).order_by(table.c.id.desc()).limit(1)
    row = (await conn.execute(found)).one_or_none()
    if row is None:
        raise Lapsed
    return _entry(row)


async def last(conn: AsyncConnection, team_id: str, subject: str, action: str) -> AuditEntry | None:
    """The newest line of this action about a matter."""
    found = select(table).filter_by(team_id=team_id, subject=subject, action=action)
    row = (await conn.execute(found.order_by(table.c.id.desc()).limit(1))).one_or_none()
    return _entry(row) if row else None


async def since_when(conn: AsyncConnection, team_id: str, subject: str, begins: str, ends: str) -> datetime | None:
    """Since when (UTC) something holds that these two actions begin and end; None where it doesn't."""
    found = select(case((table.c.action == begins, table.c.at))).filter_by(team_id=team_id, subject=subject)
    found = found.where(or_(table.c.action == begins, table.c.action == ends))
    since: datetime | None = await conn.scalar(found.order_by(table.c.id.desc()).limit(1))
    return since


async def subjects(conn: AsyncConnection, team_id: str, actor: str, action: str) -> list[str]:
    """What somebody has done this to, oldest first."""
    found = select(table.c.subject).filter_by(team_id=team_id, actor=actor, action=action).order_by(table.c.id)
    return list(await conn.scalars(found))


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(row.id, row.at, row.actor, row.action, row.subject, row.detail or {})
