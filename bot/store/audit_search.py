"""The audit looked through: by who did it or whose matter it was, by agent, by day; newest first, by pages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, func, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from . import about, personal_data
from .about import About
from .audit import AuditEntry
from .tables import audit as table
from .tables import publication, review

PUBLICATIONS, SUBJECTS = 2_000, 1_000
"""How many of the newest publications are looked through for a name, and rows of somebody's for their matters."""


@dataclass(frozen=True)
class Deed:
    """One line, and whose matter it is about."""

    entry: AuditEntry
    about: About


@dataclass(frozen=True)
class Wanted:
    """What is looked for since a moment (UTC): whose deeds and matters, "" for everybody's, and of which agent, by
    its id or a part of its name, "" for any."""

    since: datetime
    user_id: str = ""
    agent: str = ""


async def find(conn: AsyncConnection, team_id: str, wanted: Wanted, offset: int, limit: int) -> list[Deed]:
    """What was done, `limit` from `offset` on, newest first."""
    parts = await _parts(conn, team_id, wanted)
    newest = (select(_ids(part, team_id, wanted.since, offset + limit).c.id) for part in parts)
    order = table.c.at.desc(), table.c.id.desc()
    chosen = select(table).where(table.c.id.in_(union(*newest))).order_by(*order).offset(offset).limit(limit)
    rows = await conn.execute(chosen)
    found = [AuditEntry(row.id, row.at, row.actor, row.action, row.subject, row.detail or {}) for row in rows]
    matters = await about.of_subjects(conn, {each.subject for each in found})
    return [Deed(each, matters[each.subject]) for each in found]


@dataclass(frozen=True)
class _Part:
    """Conditions that hold together; `is_few`: they name matters, of which each has few lines."""

    conditions: Sequence[ColumnElement[bool]] = ()
    is_few: bool = False


def _ids(part: _Part, team_id: str, since: datetime, most: int) -> Subquery:
    """The newest `most` of a part; of few lines all, whose moment is hidden from SQLite, which would read by day
    whatever there is to find them."""
    mine = select(table.c.id).where(table.c.team_id == team_id, *part.conditions)
    if part.is_few:
        return mine.where(func.coalesce(table.c.at, table.c.at) >= since).subquery()
    newest = mine.where(table.c.at >= since).order_by(table.c.at.desc(), table.c.id.desc())
    return newest.limit(most).subquery()


async def _parts(conn: AsyncConnection, team_id: str, wanted: Wanted) -> list[_Part]:
    """What is found is in one of these, each by itself: of two conditions in one no database goes by an index and
    the order at once."""
    if not wanted.user_id and not wanted.agent:
        return [_Part()]
    theirs = await personal_data.subjects(conn, team_id, wanted.user_id) if wanted.user_id else set()
    by_them, about_theirs = table.c.actor == wanted.user_id, table.c.subject.in_(_newest(theirs))
    if not wanted.agent:
        return [_Part([by_them]), _Part([about_theirs], is_few=True)]
    of_agent = table.c.subject.in_(await _of_agent(conn, team_id, wanted.agent))
    if not wanted.user_id:
        return [_Part([of_agent], is_few=True)]
    return [_Part([of_agent, by_them], is_few=True), _Part([of_agent, about_theirs], is_few=True)]


def _newest(subjects: Collection[str]) -> list[str]:
    return sorted(subjects, key=lambda each: (len(each), each), reverse=True)[:SUBJECTS]


async def _of_agent(conn: AsyncConnection, team_id: str, agent: str) -> list[str]:
    """What messages and audit call this agent's publications and reviews."""
    ids = {agent} if agent.isascii() and agent.isdecimal() else await _called(conn, team_id, agent)
    subjects = {f"agent:{each}" for each in ids}
    for feature, rows in (("publish", publication), ("review", review)):
        found = select(rows.c.id).where(rows.c.team_id == team_id, rows.c.agent_id.in_(ids)).limit(SUBJECTS)
        subjects |= {f"{feature}:{row_id}" for row_id in await conn.scalars(found.order_by(rows.c.id.desc()))}
    return _newest(subjects)


async def _called(conn: AsyncConnection, team_id: str, words: str) -> set[str]:
    """The agents whose name holds these words, among those that were published last."""
    for_all = select(publication.c.agent_id, publication.c.agent_name).filter_by(team_id=team_id)
    newest = for_all.order_by(publication.c.id.desc()).limit(PUBLICATIONS).subquery()
    named = func.lower(newest.c.agent_name).contains(words.lower(), autoescape=True)
    return set(await conn.scalars(select(newest.c.agent_id).where(named).distinct()))
