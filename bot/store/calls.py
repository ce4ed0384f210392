"""Calls of the operator's credential on Coze: one row a day and credential, and one for what is known of its account.

A credential is named by its fingerprint, from which nobody gets back to it.
"""

from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.calls import Edition, Usage, edition_of

from .database import Tx, upsert
from .operator_tables import coze_call as table
from .operator_tables import coze_credential as known

SUBJECT = "calls"


def subject(credential: str, account: str | None) -> str:
    """How messages and audit name the account: with another credential it is the same one."""
    return f"{SUBJECT}:{account or credential[:24]}"


async def add(tx: Tx, team_id: str, credential: str, day: date, count: int) -> None:
    """Count so many more on this day."""
    key = {"team_id": team_id, "credential": credential, "day": day}
    await tx.conn.execute(_counting(tx.dialect), {**key, "count": count})


@cache
def _counting(dialect: str) -> Any:
    """The statement of `add`, made once."""
    statement = upsert(dialect, table)
    more = {"count": table.c.count + statement.excluded.count}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=more)


async def usage(conn: AsyncConnection, team_id: str, credential: str, today: date) -> Usage:
    """What is known of the credential's account. The calls of others count too, unless they are another account's."""
    row = (await conn.execute(select(known).filter_by(team_id=team_id, credential=credential))).one_or_none()
    found = Usage()
    if row is not None:
        facts = {name: getattr(row, name) for name in ("account", "asked_at", "stopped_at")}
        found = Usage(edition_of(row.edition), **facts)
    others = select(known.c.credential).filter_by(team_id=team_id)
    others = others.where(known.c.account.is_not(None), known.c.account != (found.account or ""))
    counted = select(
        func.coalesce(func.sum(table.c.count), 0),
        func.coalesce(func.sum(case((table.c.day == today, table.c.count), else_=0)), 0),
    ).filter_by(team_id=team_id)
    if found.account:
        counted = counted.where(table.c.credential.not_in(others))
    used, now = (await conn.execute(counted)).one()
    return replace(found, used=int(used), today=int(now))


async def learn(tx: Tx, team_id: str, credential: str, **facts: Any) -> None:
    """Remember of the credential: `edition`, `account`, `asked_at`."""
    statement = tx.upsert(known).values(
        team_id=team_id, credential=credential, **{"edition": Edition.UNKNOWN.value, **facts}
    )
    await tx.conn.execute(statement.on_conflict_do_update(index_elements=list(known.primary_key), set_=facts))


async def stop(tx: Tx, team_id: str, credential: str, now: datetime) -> bool:
    """Coze says that none are left, at `now`; whether that is news."""
    row = tx.upsert(known).values(team_id=team_id, credential=credential, edition=Edition.UNKNOWN.value)
    await tx.conn.execute(row.on_conflict_do_nothing())
    return await _moved(tx, team_id, credential, known.c.stopped_at.is_(None), now)


async def resume(tx: Tx, team_id: str, credential: str) -> bool:
    """Go on; whether it stood still."""
    return await _moved(tx, team_id, credential, known.c.stopped_at.is_not(None), None)


async def _moved(tx: Tx, team_id: str, credential: str, expected: Any, at: datetime | None) -> bool:
    same = update(known).where(known.c.team_id == team_id, known.c.credential == credential, expected)
    return (await tx.conn.execute(same.values(stopped_at=at))).rowcount == 1
