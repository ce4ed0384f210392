"""Preflight: what each check has found last."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.preflight import Finding, Look, Verdict

from .database import Tx
from .operator_tables import preflight as table


async def load(conn: AsyncConnection, team_id: str) -> dict[str, Look]:
    """What was found last, by the check's name."""
    rows = await conn.execute(select(table).filter_by(team_id=team_id))
    return {
        row.name: Look(row.name, row.inputs, [_read(each) for each in row.findings], row.asked_at) for row in rows
    }


async def teams(conn: AsyncConnection) -> list[str]:
    """The Slack workspaces for which anything was found."""
    return list(await conn.scalars(select(table.c.team_id).distinct().order_by(table.c.team_id)))


async def save(tx: Tx, team_id: str, looks: Iterable[Look]) -> None:
    """Keep these in the place of what was found before."""
    for look in looks:
        found = [[each.setting, each.verdict, each.problem, dict(each.values)] for each in look.findings]
        new = {"inputs": look.inputs, "findings": found, "asked_at": look.asked_at}
        statement = tx.upsert(table).values(team_id=team_id, name=look.name, **new)
        await tx.conn.execute(statement.on_conflict_do_update(index_elements=["team_id", "name"], set_=new))


async def forget(tx: Tx, team_id: str, name: str, until: datetime) -> None:
    """What this check has found by then counts no more: the next look asks."""
    found = delete(table).filter_by(team_id=team_id, name=name)
    await tx.conn.execute(found.where(table.c.asked_at <= until))


def _read(row: list[Any]) -> Finding:
    setting, verdict, problem, values = row
    return Finding(setting, Verdict(verdict), problem, values)
