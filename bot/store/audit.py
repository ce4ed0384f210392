"""Audit: who did what, written in the transaction of the deed."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .database import Tx
from .tables import audit as table


async def note(
    tx: Tx, team_id: str, at: datetime, actor: str | None, action: str, subject: str, **detail: Any
) -> None:
    """Write one line. `actor` is None for the bot itself; `detail` never holds a secret."""
    row = {"team_id": team_id, "at": at, "actor": actor, "action": action, "subject": subject}
    await tx.conn.execute(insert(table).values(**row, detail=detail or None))


async def of(conn: AsyncConnection, team_id: str, subject: str) -> list[tuple[str, str | None]]:
    """What was done about a matter and by whom, oldest first."""
    found = select(table.c.action, table.c.actor).filter_by(team_id=team_id, subject=subject).order_by(table.c.id)
    return [(row.action, row.actor) for row in await conn.execute(found)]
