"""Backup persons: namings of a token, the newest one last. Changes of state are compare-and-set."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.backup import OPEN, OWNER, Backup, BackupState
from bot.core.errors import NotFound

from . import credential as credentials
from . import job, message
from .backup_tables import backup as table
from .database import Tx

JOB = "backup"
"""The kind of the job that sees whether a backup person has taken a token; its subject is the token's."""


def subject(backup_id: int) -> str:
    """How messages name a naming."""
    return f"backup:{backup_id}"


async def add(tx: Tx, team_id: str, credential_id: int, user_id: str, named: str, now: datetime) -> int | None:
    """A new naming; its id, None where another one is open."""
    values = {"credential_id": credential_id, "user_id": user_id, "named": named, "state": BackupState.ASKED}
    row = tx.upsert(table).values(team_id=team_id, asked_at=now, **values).on_conflict_do_nothing()
    made: int | None = await tx.conn.scalar(row.returning(table.c.id))
    return made


async def load(conn: AsyncConnection, team_id: str, backup_id: int) -> Backup:
    """The naming with this id. Raises NotFound, also for another workspace's."""
    row = (await conn.execute(select(table).filter_by(team_id=team_id, id=backup_id))).one_or_none()
    if row is None:
        raise NotFound
    return Backup(**row._mapping)


async def of(conn: AsyncConnection, team_id: str, credential_id: int) -> Backup | None:
    """The newest naming of a token."""
    found = select(table).filter_by(team_id=team_id, credential_id=credential_id)
    row = (await conn.execute(found.order_by(table.c.id.desc()).limit(1))).one_or_none()
    return Backup(**row._mapping) if row else None


async def move(tx: Tx, backup: Backup, state: BackupState, now: datetime) -> bool:
    """Change a naming that is still in the state in which it was loaded. False if somebody was faster."""
    same = update(table).where(table.c.id == backup.id, table.c.state == backup.state)
    moved = (await tx.conn.execute(same.values(state=state, answered_at=now))).rowcount == 1
    await message.redraw(tx, backup.team_id, subject(backup.id), now)
    return moved


async def carry(tx: Tx, team_id: str, old_id: int, new_id: int) -> None:
    """A new token takes an old one's place, with whom its owner has named."""
    await tx.conn.execute(update(table).filter_by(team_id=team_id, credential_id=old_id).values(credential_id=new_id))


async def redraw(tx: Tx, team_id: str, credential_id: int, now: datetime) -> None:
    """The token has changed: what tells of its namings is drawn again."""
    found = select(table.c.id).filter_by(team_id=team_id, credential_id=credential_id).order_by(table.c.id)
    for backup_id in (await tx.conn.scalars(found)).all():
        await message.redraw(tx, team_id, subject(backup_id), now)


async def left(tx: Tx, team_id: str, user_id: str, now: datetime) -> None:
    """Somebody is no full member any more: they stand in for nobody, and whose tokens those are hears of it."""
    found = select(table).filter_by(team_id=team_id, named=user_id).where(table.c.state.in_(OPEN))
    for row in (await tx.conn.execute(found.order_by(table.c.id))).all():
        backup = Backup(**row._mapping)
        if await move(tx, backup, BackupState.LEFT, now):
            await message.move(tx, team_id, subject(backup.id), backup.user_id, OWNER, now, planned=True)
            await job.enqueue(tx, team_id, JOB, credentials.subject(backup.credential_id), now)
