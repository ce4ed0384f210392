"""Guides: how far somebody is. Every change is a compare-and-set on the version."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import NotFound
from bot.core.guide import CurrentStep, Failure, Guide, GuideState, Learned
from bot.core.people import Evidence

from . import job
from .database import Tx
from .tables import OF_PERSON
from .tables import guide_ as table

OPEN = (
    select(table).filter_by(**OF_PERSON).where(table.c.state == GuideState.OPEN).order_by(table.c.updated_at.desc())
)
"""A person's open guides, the last one walked first."""

PLACES = (
    select(table.c.id, table.c.route, table.c.step, table.c.state, table.c.facts)
    .filter_by(**OF_PERSON)
    .order_by(table.c.state == GuideState.DONE, table.c.updated_at.desc())
)
"""Where the person is in each of their guides, the open ones first."""


def subject(guide_id: int) -> str:
    """How messages, jobs and audit name a guide."""
    return f"guide:{guide_id}"


async def add(tx: Tx, team_id: str, user_id: str, route: str, step: str, now: datetime) -> int | None:
    """A new open guide; its id, or None when one is open on this route."""
    values = {"team_id": team_id, "user_id": user_id, "route": route, "step": step, "state": GuideState.OPEN}
    more = {"created_at": now, "updated_at": now, "facts": {}, "version": 1}
    try:
        async with tx.conn.begin_nested():
            added = await tx.conn.execute(insert(table).values(**values, **more).returning(table.c.id))
            return int(added.scalar_one())
    except IntegrityError:
        return None


async def load(conn: AsyncConnection, team_id: str, guide_id: int) -> Guide:
    """The guide with this id. Raises NotFound, also for another workspace's."""
    row = (await conn.execute(select(table).filter_by(team_id=team_id, id=guide_id))).one_or_none()
    if row is None:
        raise NotFound
    return read(row._mapping)


async def opened(conn: AsyncConnection, team_id: str, user_id: str) -> list[Guide]:
    """The person's open guides, the last one walked first."""
    found = await conn.execute(OPEN, {"team_id": team_id, "user_id": user_id})
    return [read(row._mapping) for row in found]


async def opened_after(conn: AsyncConnection, team_id: str, guide_id: int, limit: int) -> list[int]:
    """The ids of all people's open guides that follow this one."""
    found = select(table.c.id).where(table.c.team_id == team_id, table.c.state == GuideState.OPEN)
    return list(await conn.scalars(found.where(table.c.id > guide_id).order_by(table.c.id).limit(limit)))


async def recent(conn: AsyncConnection, team_id: str, user_id: str, limit: int) -> list[Guide]:
    """The guides that the person has walked last, open or done."""
    mine = select(table).filter_by(team_id=team_id, user_id=user_id).order_by(table.c.updated_at.desc())
    return [read(row._mapping) for row in await conn.execute(mine.limit(limit))]


async def walked(conn: AsyncConnection, team_id: str, user_id: str) -> list[Guide]:
    """All guides of the person, open or done, the oldest first."""
    found = await conn.execute(select(table).filter_by(team_id=team_id, user_id=user_id).order_by(table.c.id))
    return [read(row._mapping) for row in found]


async def save(tx: Tx, guide: Guide, now: datetime) -> Guide | None:
    """Write what the guide says now, if nobody changed it since it was loaded; None if somebody did."""
    values = {
        "step": guide.step,
        "state": guide.state,
        "updated_at": now,
        "facts": {name: [fact.value, fact.evidence.value] for name, fact in guide.facts.items()},
        "failure": _failure(guide.failure),
        "version": guide.version + 1,
    }
    same = update(table).where(table.c.id == guide.id, table.c.version == guide.version)
    try:
        async with tx.conn.begin_nested():
            changed = await tx.conn.execute(same.values(**values))
    except IntegrityError:  # going back in one that was done, while another is open on its route
        return None
    if changed.rowcount != 1:
        return None
    tx.invalidate(guide.team_id, guide.user_id, now)
    return replace(guide, version=guide.version + 1, updated_at=now)


async def look_again(tx: Tx, team_id: str, user_id: str, now: datetime) -> None:
    """Each open guide of the person looks what has changed, by a job of its own."""
    found = select(table.c.id).filter_by(team_id=team_id, user_id=user_id).where(table.c.state == GuideState.OPEN)
    for row in (await tx.conn.execute(found.order_by(table.c.id))).all():
        await job.enqueue(tx, team_id, "guide", subject(row.id), now, job.SOMEBODY_WAITS)


async def renewed(tx: Tx, team_id: str, user_id: str, credential_id: int, now: datetime) -> None:
    """This token was replaced: a guide that is about to do so looks again, and no other one."""
    for guide in await opened(tx.conn, team_id, user_id):
        if guide.value("replaces") == str(credential_id):
            await job.enqueue(tx, team_id, "guide", subject(guide.id), now, job.SOMEBODY_WAITS)


def read(row: Mapping[Any, Any]) -> Guide:
    """A guide from its row."""
    facts = {name: Learned(value, Evidence(evidence)) for name, (value, evidence) in row["facts"].items()}
    failure = row["failure"]
    if failure:
        failure = Failure(**{**failure, "at": datetime.fromisoformat(failure["at"])})
    return Guide(**{**row, "facts": facts, "failure": failure})


def place(row: Mapping[str, Any]) -> CurrentStep:
    """Where somebody is, from a row of PLACES."""
    known = {name: value for name, (value, _) in row["facts"].items()}
    replaces = int(known.get("replaces") or 0) or None
    at = (row["id"], row["route"], row["step"], GuideState(row["state"]))
    return CurrentStep(*at, known.get("agent", ""), replaces)


def _failure(failure: Failure | None) -> dict[str, Any] | None:
    if failure is None:
        return None
    return {
        "step": failure.step,
        "error": failure.error,
        "at": failure.at.isoformat(),
        "values": dict(failure.values),
        "calls": failure.calls,
    }
