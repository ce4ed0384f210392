"""Reports: somebody is stuck. Changes of state are compare-and-set."""

from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import NotFound
from bot.core.report import Report, ReportState

from .database import Tx
from .tables import report_ as table


def subject(report_id: int) -> str:
    """How messages, jobs and audit name a report."""
    return f"report:{report_id}"


async def add(tx: Tx, now: datetime, **values: Any) -> int:
    """A new open report; its id."""
    row = {**values, "state": ReportState.OPEN, "created_at": now}
    return int((await tx.conn.execute(insert(table).values(row).returning(table.c.id))).scalar_one())


async def load(conn: AsyncConnection, team_id: str, report_id: int) -> Report:
    """The report with this id. Raises NotFound, also for another workspace's."""
    return _read(await conn.execute(_of(team_id, report_id)))


async def lock(tx: Tx, team_id: str, report_id: int) -> Report:
    """The same, and nobody changes or deletes it until this transaction ends. Raises NotFound."""
    return _read(await tx.conn.execute(_of(team_id, report_id).with_for_update()))


def _of(team_id: str, report_id: int) -> Select[Any]:
    return select(table).filter_by(team_id=team_id, id=report_id)


def _read(found: CursorResult[Any]) -> Report:
    row = found.one_or_none()
    if row is None:
        raise NotFound
    return Report(**row._mapping)


async def waiting(conn: AsyncConnection, team_id: str, guide_id: int, user_id: str = "") -> Report | None:
    """The guide's newest report that is not solved; of what belongs to no guide (0), the one of `user_id`."""
    whose = {"user_id": user_id} if not guide_id else {}
    found = select(table).filter_by(team_id=team_id, guide_id=guide_id, **whose)
    found = found.where(table.c.state != ReportState.SOLVED)
    row = (await conn.execute(found.order_by(table.c.id.desc()).limit(1))).one_or_none()
    return Report(**row._mapping) if row else None


async def answered(conn: AsyncConnection, team_id: str, user_id: str) -> Report | None:
    """The person's report that an admin has answered last, unless it is solved."""
    found = select(table).filter_by(team_id=team_id, user_id=user_id).where(table.c.state != ReportState.SOLVED)
    newest = found.where(table.c.answered_at.is_not(None)).order_by(table.c.answered_at.desc()).limit(1)
    row = (await conn.execute(newest)).one_or_none()
    return Report(**row._mapping) if row else None


async def move(tx: Tx, report: Report, **values: Any) -> bool:
    """Change a report that is still in the state in which it was loaded. False if somebody was faster."""
    same = update(table).where(table.c.id == report.id, table.c.state == report.state)
    return (await tx.conn.execute(same.values(**values))).rowcount == 1
