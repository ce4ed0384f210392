"""Jobs in the hands of an operator: what does not go on, another try, and the end of it. A job that a worker is at
is never touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from . import audit
from .database import Tx
from .job import DEAD, DUE, LEASED
from .tables import job as table

OVERDUE = timedelta(minutes=10)
"""A job that was due so long ago waits for a worker that does not come."""


@dataclass(frozen=True)
class StuckJob:
    """A job that does not go on. `due_at` (simulated, UTC) is when its last try was due where it is dead or overdue,
    else when it is tried next.
    """

    id: int
    team_id: str
    kind: str
    subject: str
    state: str
    attempts: int
    due_at: datetime
    last_error: str | None


_COLUMNS = tuple(table.c[name] for name in StuckJob.__dataclass_fields__)


def _stuck(now: datetime) -> ColumnElement[bool]:
    failing = and_(DUE, table.c.last_error.is_not(None))
    return or_(DEAD, failing, and_(or_(DUE, LEASED), table.c.due_at < now - OVERDUE))


async def stuck(conn: AsyncConnection, now: datetime, limit: int, kind: str | None = None) -> list[StuckJob]:
    """What is dead, failing or overdue at simulated time `now`: the dead first, then by their moments."""
    found = select(*_COLUMNS).where(_stuck(now), *([table.c.kind == kind] if kind else []))
    rows = await conn.execute(found.order_by(~DEAD, table.c.due_at, table.c.id).limit(limit))
    return [StuckJob(*row) for row in rows]


async def retry(tx: Tx, ids: Sequence[int], now: datetime, by: str) -> list[StuckJob]:
    """Make these due now, with fresh attempts, and write down who wanted it; those of them that were dead or due."""
    values = {"state": "due", "due_at": now, "attempts": 0, "last_error": None, "generation": table.c.generation + 1}
    found = update(table).where(table.c.id.in_(ids), or_(DEAD, DUE)).values(values).returning(*_COLUMNS)
    tried = [StuckJob(*row) for row in (await tx.conn.execute(found)).all()]
    await _note(tx, tried, now, by, "job.retry")
    tx.wake = tx.wake or bool(tried)
    return tried


async def drop(tx: Tx, ids: Sequence[int], now: datetime, by: str) -> list[StuckJob]:
    """Nobody wants these any more, and who said so is written down; those of them that were dead or due.

    The row goes: what sees to it that a job is planned finds none, and plans it anew.
    """
    found = delete(table).where(table.c.id.in_(ids), or_(DEAD, DUE)).returning(*_COLUMNS)
    dropped = [StuckJob(*row) for row in (await tx.conn.execute(found)).all()]
    await _note(tx, dropped, now, by, "job.drop")
    return dropped


async def _note(tx: Tx, jobs: Sequence[StuckJob], now: datetime, by: str, action: str) -> None:
    for each in sorted(jobs, key=lambda one: one.id):
        detail = {"kind": each.kind, "about": each.subject, "was": each.state, "attempts": each.attempts}
        await audit.note(tx, each.team_id, now, by, action, f"job:{each.id}", **detail)
