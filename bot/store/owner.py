"""Owner: the values that the operator's credential has had, by fingerprint."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import NotFound
from bot.core.owner import OwnerCredential

from .database import Tx
from .operator_tables import owner_credential as table


def subject(row_id: int) -> str:
    """How messages and audit name one."""
    return f"owner:{row_id}"


async def known(tx: Tx, team_id: str, fingerprint: str, now: datetime) -> OwnerCredential:
    """The row of this value, new where it was never seen."""
    key = {"team_id": team_id, "fingerprint": fingerprint}
    new = tx.upsert(table).values(**key, known_since=now, is_permanent=False).on_conflict_do_nothing()
    await tx.conn.execute(new)
    found = await find(tx.conn, team_id, fingerprint)
    if found is None:
        raise NotFound
    return found


async def find(conn: AsyncConnection, team_id: str, fingerprint: str) -> OwnerCredential | None:
    """The row of this value."""
    row = (await conn.execute(select(table).filter_by(team_id=team_id, fingerprint=fingerprint))).one_or_none()
    return OwnerCredential(**row._mapping) if row else None


async def load(conn: AsyncConnection, team_id: str, row_id: int) -> OwnerCredential:
    """The row with this id. Raises NotFound."""
    row = (await conn.execute(select(table).filter_by(team_id=team_id, id=row_id))).one_or_none()
    if row is None:
        raise NotFound
    return OwnerCredential(**row._mapping)


async def others(conn: AsyncConnection, team_id: str, row_id: int) -> list[OwnerCredential]:
    """The values before, which have not been given up yet."""
    found = select(table).filter_by(team_id=team_id, replaced_at=None).where(table.c.id != row_id)
    return [OwnerCredential(**row._mapping) for row in await conn.execute(found.order_by(table.c.id))]


async def save(tx: Tx, row_id: int, **values: Any) -> None:
    """Change what is known of one."""
    await tx.conn.execute(update(table).where(table.c.id == row_id).values(**values))


async def died(tx: Tx, row_id: int, now: datetime) -> bool:
    """Coze refuses it; False where that is known."""
    alive = update(table).where(table.c.id == row_id, table.c.dead_at.is_(None))
    return (await tx.conn.execute(alive.values(dead_at=now))).rowcount == 1


async def revived(tx: Tx, row_id: int) -> bool:
    """Coze takes it again; False where that is known."""
    dead = update(table).where(table.c.id == row_id, table.c.dead_at.is_not(None))
    return (await tx.conn.execute(dead.values(dead_at=None))).rowcount == 1
