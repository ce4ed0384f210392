"""Freezes, and the agents that may pass. Changes of state are compare-and-set."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import NotFound
from bot.core.freeze import Freeze, FreezePass

from . import account
from .database import Tx
from .freeze_tables import freeze as table
from .freeze_tables import freeze_pass as passes


def subject(freeze_id: int) -> str:
    """How messages, jobs and audit name a freeze."""
    return f"freeze:{freeze_id}"


def pass_subject(pass_id: int) -> str:
    """How messages name what its author is told."""
    return f"freeze_pass:{pass_id}"


async def lock(tx: Tx, team_id: str) -> None:
    """Whoever else is about to freeze waits until the transaction has ended."""
    await account.lock(tx, team_id, "freeze")


async def add(tx: Tx, team_id: str, reason: str, by: str, now: datetime, ends_at: datetime) -> Freeze:
    """A new freeze."""
    values = {"team_id": team_id, "reason": reason, "begun_by": by, "begun_at": now, "ends_at": ends_at}
    row = (await tx.conn.execute(insert(table).values(values).returning(table))).one()
    return Freeze(**row._mapping)


async def load(conn: AsyncConnection, team_id: str, freeze_id: int) -> Freeze:
    """The freeze with this id. Raises NotFound, also for another workspace's."""
    row = (await conn.execute(select(table).filter_by(team_id=team_id, id=freeze_id))).one_or_none()
    if row is None:
        raise NotFound
    return Freeze(**row._mapping)


async def current(conn: AsyncConnection, team_id: str, now: datetime) -> Freeze | None:
    """The freeze that is on."""
    found = select(table).filter_by(team_id=team_id).where(table.c.ends_at > now, table.c.lifted_at.is_(None))
    row = (await conn.execute(found.order_by(table.c.id.desc()).limit(1))).one_or_none()
    return Freeze(**row._mapping) if row else None


async def lift(tx: Tx, freeze: Freeze, by: str, now: datetime, reason: str) -> bool:
    """End it before its time. False if somebody was faster, or it is over."""
    same = update(table).filter_by(id=freeze.id).where(table.c.lifted_at.is_(None), table.c.ends_at > now)
    return (await tx.conn.execute(same.values(lifted_by=by, lifted_at=now, lift_reason=reason))).rowcount == 1


async def ask(tx: Tx, freeze: Freeze, user_id: str, agent: tuple[str, str], now: datetime) -> bool:
    """Somebody wants to publish this agent, (id, name), all the same. False where they have asked before."""
    values = {"freeze_id": freeze.id, "agent_id": agent[0], "agent_name": agent[1], "user_id": user_id}
    statement = tx.upsert(passes).values(team_id=freeze.team_id, asked_at=now, **values).on_conflict_do_nothing()
    return await tx.conn.scalar(statement.returning(passes.c.id)) is not None


async def asked(conn: AsyncConnection, freeze: Freeze) -> list[FreezePass]:
    """Who has asked, the first one first."""
    found = select(passes).filter_by(team_id=freeze.team_id, freeze_id=freeze.id).order_by(passes.c.id)
    return [FreezePass(**row._mapping) for row in await conn.execute(found)]


async def load_pass(conn: AsyncConnection, team_id: str, pass_id: int) -> FreezePass:
    """What somebody has asked for. Raises NotFound, also for another workspace's."""
    row = (await conn.execute(select(passes).filter_by(team_id=team_id, id=pass_id))).one_or_none()
    if row is None:
        raise NotFound
    return FreezePass(**row._mapping)


async def let_pass(tx: Tx, asked_for: FreezePass, **values: Any) -> bool:
    """An admin lets it. False if somebody was faster."""
    same = update(passes).filter_by(id=asked_for.id).where(passes.c.passed_at.is_(None))
    return (await tx.conn.execute(same.values(**values))).rowcount == 1


async def may_pass(conn: AsyncConnection, freeze: Freeze, agent_id: str, user_id: str) -> bool:
    """Whether an admin has let this agent of theirs pass."""
    found = select(passes.c.id).filter_by(
        team_id=freeze.team_id, freeze_id=freeze.id, agent_id=agent_id, user_id=user_id
    )
    return await conn.scalar(found.where(passes.c.passed_at.is_not(None)).limit(1)) is not None
