"""Jobs in the hands of operators and admins: what does not go on, another try, and the end of it. A job that a worker
is at is never touched.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import ColumnElement, CompoundSelect, and_, delete, func, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from . import audit
from .audit import AuditEntry
from .database import Tx
from .job import DEAD, DUE, LEASED
from .tables import job as table

OVERDUE = timedelta(minutes=10)
"""A job that was due so long ago waits for a worker that does not come."""
FAILING = 3
"""Tries after which a job is worth an admin's look: fewer are over within half a minute."""
RETRIED, DROPPED = "job.retry", "job.drop"
"""The audit's words for it."""
COUNTED = 1_000
"""Failed jobs are counted so far."""


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
    generation: int

    @property
    def mark(self) -> int:
        """Eight digits by which it is recognised as it was seen: SQLite gives the id of a row that is gone anew."""
        return crc32(f"{self.kind} {self.subject} {self.generation}".encode()) % 100_000_000


_COLUMNS = tuple(table.c[name] for name in StuckJob.__dataclass_fields__)


def _stuck(now: datetime) -> ColumnElement[bool]:
    failing = and_(DUE, table.c.last_error.is_not(None))
    return or_(DEAD, failing, and_(or_(DUE, LEASED), table.c.due_at < now - OVERDUE))


async def stuck(conn: AsyncConnection, now: datetime, limit: int, kind: str | None = None) -> list[StuckJob]:
    """What is dead, failing or overdue at simulated time `now`: the dead first, then by their moments."""
    found = select(*_COLUMNS).where(_stuck(now), *([table.c.kind == kind] if kind else []))
    rows = await conn.execute(found.order_by(~DEAD, table.c.due_at, table.c.id).limit(limit))
    return [StuckJob(*row) for row in rows]


async def failed(
    conn: AsyncConnection, teams: Collection[str], waits: Collection[str], offset: int, limit: int
) -> list[StuckJob]:
    """What is dead or keeps failing, a page of it: the dead first, then by their moments. What only `waits` for one
    of these is left out."""
    found = select(*_COLUMNS).where(table.c.id.in_(_failed(teams, waits)))
    rows = await conn.execute(found.order_by(~DEAD, table.c.due_at, table.c.id).offset(offset).limit(limit))
    return [StuckJob(*row) for row in rows]


async def count_failed(conn: AsyncConnection, teams: Collection[str], waits: Collection[str]) -> int:
    """How many those are, 2,000 at most."""
    return int(await conn.scalar(select(func.count()).select_from(_failed(teams, waits).subquery())) or 0)


def _failed(teams: Collection[str], waits: Collection[str]) -> CompoundSelect[Any]:
    """Each part by itself, so that each is looked up in the index of its rows alone.

    What the other side asked to come back later for counts as no try.
    """
    mine, put_off = table.c.team_id.in_(teams), and_(table.c.attempts == 0, table.c.last_error.not_in(waits))
    failing = and_(DUE, table.c.last_error.is_not(None), or_(table.c.attempts >= FAILING, put_off))
    parts = (select(table.c.id).where(mine, which).limit(COUNTED).subquery() for which in (DEAD, failing))
    return union_all(*(select(part.c.id) for part in parts))


async def load(conn: AsyncConnection, teams: Collection[str], job_id: int) -> StuckJob | None:
    """One that is dead or waits for its next try; None where it is done, gone or under way."""
    found = select(*_COLUMNS).where(table.c.id == job_id, table.c.team_id.in_(teams), or_(DEAD, DUE))
    row = (await conn.execute(found)).one_or_none()
    return StuckJob(*row) if row else None


async def retry(tx: Tx, ids: Sequence[int], now: datetime, by: str, *, seen: int | None = None) -> list[StuckJob]:
    """Make these due now, with fresh attempts, and write down who wanted it; those of them that were dead or due,
    and of the generation that was `seen`, where it is told: what somebody else has tried again is left alone."""
    values = {"state": "due", "due_at": now, "attempts": 0, "last_error": None, "generation": table.c.generation + 1}
    found = update(table).where(_chosen(ids, seen)).values(values).returning(*_COLUMNS)
    tried = [StuckJob(*row) for row in (await tx.conn.execute(found)).all()]
    await _note(tx, tried, now, by, RETRIED)
    tx.wake = tx.wake or bool(tried)
    return tried


def _chosen(ids: Sequence[int], seen: int | None) -> ColumnElement[bool]:
    same = [] if seen is None else [table.c.generation == seen]
    return and_(table.c.id.in_(ids), or_(DEAD, DUE), *same)


async def drop(tx: Tx, ids: Sequence[int], now: datetime, by: str, *, seen: int | None = None) -> list[StuckJob]:
    """Nobody wants these any more, and who said so is written down; those of them that were dead or due, and of the
    generation that was `seen`, where it is told.

    The row goes: what sees to it that a job is planned finds none, and plans it anew.
    """
    found = delete(table).where(_chosen(ids, seen)).returning(*_COLUMNS)
    dropped = [StuckJob(*row) for row in (await tx.conn.execute(found)).all()]
    await _note(tx, dropped, now, by, DROPPED)
    return dropped


async def last_deed(conn: AsyncConnection, teams: Collection[str], job_id: int) -> AuditEntry | None:
    """Who had it tried again or gave it up last; None where nobody did."""
    for team_id in teams:
        found = [await audit.last(conn, team_id, f"job:{job_id}", action) for action in (RETRIED, DROPPED)]
        if deeds := [each for each in found if each]:
            return max(deeds, key=lambda each: each.id)
    return None


async def _note(tx: Tx, jobs: Sequence[StuckJob], now: datetime, by: str, action: str) -> None:
    about = [
        (
            each.team_id,
            f"job:{each.id}",
            {"kind": each.kind, "about": each.subject, "was": each.state, "attempts": each.attempts},
        )
        for each in sorted(jobs, key=lambda one: one.id)
    ]
    await audit.note_all(tx, now, by, action, about)
