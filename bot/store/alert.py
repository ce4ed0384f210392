"""Alerts: one row for each kind of trouble, so that several processes and restarts say each thing once.

Whoever has claimed a row says it; a process that dies meanwhile leaves it to the next after `LEASE` seconds.
"""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.alert import Alert, Phase, Trouble

from .database import Epoch, Tx
from .operator_tables import alert as table

LEASE = 60.0  # seconds


async def known(conn: AsyncConnection, team_id: str) -> dict[Trouble, Phase]:
    """How far each is told that has ever been."""
    rows = await conn.execute(select(table.c.name, table.c.phase).filter_by(team_id=team_id))
    return {Trouble(row.name): Phase(row.phase) for row in rows if row.name in set(Trouble)}


async def begin(tx: Tx, team_id: str, trouble: Trouble) -> None:
    """It is there, and is to be said unless it was. Whose end was not said yet goes on."""
    new = {"phase": Phase.BEGINS, "since": Epoch(), "until": None, "claimed_until": None}
    statement = tx.upsert(table).values(team_id=team_id, name=trouble, **new)
    keys = [table.c.team_id, table.c.name]
    again = statement.on_conflict_do_update(index_elements=keys, set_=new, where=table.c.phase == Phase.OVER)
    await tx.conn.execute(again)
    goes_on = {"phase": Phase.LASTS, "until": None, "claimed_until": None}
    await tx.conn.execute(update(table).where(_of(team_id, trouble, Phase.ENDS), _FREE).values(**goes_on))


async def adopt(tx: Tx, team_id: str, trouble: Trouble, since: datetime) -> None:
    """It began at `since` (real time) and was said while nothing could be written: only its end is left to say,
    unless another process has done so meanwhile.
    """
    new = {"phase": Phase.LASTS, "since": since.timestamp(), "until": None, "claimed_until": None}
    statement = tx.upsert(table).values(team_id=team_id, name=trouble, **new)
    before = and_(table.c.phase == Phase.OVER, table.c.until < since.timestamp())
    keys = [table.c.team_id, table.c.name]
    await tx.conn.execute(statement.on_conflict_do_update(index_elements=keys, set_=new, where=before))


async def end(tx: Tx, team_id: str, trouble: Trouble) -> None:
    """It is gone, and that is to be said; of what was not said yet there is nothing to say."""
    values = {"until": Epoch(), "claimed_until": None}
    unsaid = _of(team_id, trouble, Phase.BEGINS)
    await tx.conn.execute(update(table).where(unsaid, _FREE).values(phase=Phase.OVER, **values))
    lasts = _of(team_id, trouble, Phase.LASTS)
    await tx.conn.execute(update(table).where(lasts).values(phase=Phase.ENDS, **values))


async def claim(tx: Tx, team_id: str) -> list[Alert]:
    """What is to be said, and by nobody else for a while."""
    to_say = and_(table.c.team_id == team_id, table.c.phase.in_([Phase.BEGINS, Phase.ENDS]), _FREE)
    claimed = update(table).where(to_say).values(claimed_until=Epoch() + LEASE)
    rows = await tx.conn.execute(claimed.returning(table.c.name, table.c.since, table.c.until))
    return [Alert(Trouble(row.name), _at(row.since), _at(row.until) if row.until else None) for row in rows]


async def said(tx: Tx, team_id: str, alert: Alert) -> None:
    """It was."""
    after = {Phase.BEGINS: Phase.LASTS, Phase.ENDS: Phase.OVER}[alert.phase]
    row = _of(team_id, alert.trouble, alert.phase)
    await tx.conn.execute(update(table).where(row).values(phase=after, claimed_until=None))


_FREE = or_(table.c.claimed_until.is_(None), table.c.claimed_until < Epoch())


def _of(team_id: str, trouble: Trouble, phase: Phase) -> ColumnElement[bool]:
    return and_(table.c.team_id == team_id, table.c.name == trouble, table.c.phase == phase)


def _at(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
