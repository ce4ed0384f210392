"""Publications: an agent on its way to the channel. Changes of state are compare-and-set."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, literal_column, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import NotFound
from bot.core.publish import API_CONNECTOR, GIVES_WAY, OPEN, STOOD, STUCK, UNDECIDED, Publication, PublicationState

from .database import Tx
from .tables import OF_PERSON, literally
from .tables import publication as table

_BEGUN = table.c.state != PublicationState.DRAFT
_API_ONLY = table.c.connector_id == literal_column(f"'{API_CONNECTOR}'")
_AGENT = func.coalesce(table.c.agent_id, "")  # no bare column: SQLite would walk the index of all agents for it
_LAST = select(func.max(table.c.id)).filter_by(**OF_PERSON).where(_BEGUN).group_by(_AGENT, _API_ONLY)
NEWEST = select(table).where(table.c.id.in_(_LAST)).order_by(table.c.id.desc())
"""The newest publication of each of a person's agents to the channel, and the newest to the API alone."""


def subject(publication_id: int) -> str:
    """How messages, jobs and audit name a publication."""
    return f"publish:{publication_id}"


async def add(
    tx: Tx,
    team_id: str,
    user_id: str,
    agent: tuple[str, str],
    workspace_id: str,
    connector_id: str,
    now: datetime,
    **more: Any,
) -> int:
    """A new draft for the agent (id, name), unless `more` says otherwise; its id."""
    values = {
        "team_id": team_id,
        "user_id": user_id,
        "agent_id": agent[0],
        "agent_name": agent[1],
        "workspace_id": workspace_id,
        "connector_id": connector_id,
        "state": PublicationState.DRAFT,
        "created_at": now,
        **more,
    }
    return int((await tx.conn.execute(insert(table).values(values).returning(table.c.id))).scalar_one())


async def load(conn: AsyncConnection, team_id: str, publication_id: int) -> Publication:
    """The publication with this id. Raises NotFound, also for another workspace's."""
    row = (await conn.execute(select(table).filter_by(team_id=team_id, id=publication_id))).one_or_none()
    if row is None:
        raise NotFound
    return Publication(**row._mapping)


async def latest(conn: AsyncConnection, team_id: str, user_id: str) -> list[Publication]:
    """The newest publication to the channel of each of the person's agents, drafts left out, newest first."""
    return [each for each in await all_newest(conn, team_id, user_id) if not each.is_api_only]


async def all_newest(conn: AsyncConnection, team_id: str, user_id: str) -> list[Publication]:
    """The same, and the newest of each agent to the API alone."""
    found = await conn.execute(NEWEST, {"team_id": team_id, "user_id": user_id})
    return [Publication(**row._mapping) for row in found]


async def history(
    conn: AsyncConnection, team_id: str, most: int, *, agent_id: str | None = None, named: str = ""
) -> list[Publication]:
    """What was published of one agent, or of those whose name holds this, by whomever; newest first, no drafts."""
    found = select(table).filter_by(team_id=team_id).where(_BEGUN).order_by(table.c.id.desc()).limit(most)
    found = found.filter_by(agent_id=agent_id) if agent_id else found
    if named:
        found = found.where(func.lower(table.c.agent_name).contains(named.lower(), autoescape=True))
    return [Publication(**row._mapping) for row in await conn.execute(found)]


async def newest(conn: AsyncConnection, team_id: str, user_id: str, agent_id: str) -> Publication | None:
    """The newest publication of one of the person's agents to the channel; drafts left out."""
    return next((each for each in await latest(conn, team_id, user_id) if each.agent_id == agent_id), None)


async def newest_to_each(conn: AsyncConnection, team_id: str, user_id: str, agent_id: str) -> list[Publication]:
    """The newest publications of one of the person's agents: to the channel, and to the API alone."""
    return [each for each in await all_newest(conn, team_id, user_id) if each.agent_id == agent_id]


async def newest_of(conn: AsyncConnection, team_id: str, agent_ids: Sequence[str]) -> dict[str, Publication]:
    """The newest publication of each of these agents to the channel, whoever's, drafts left out, by agent."""
    last = select(func.max(table.c.id)).where(table.c.team_id == team_id, table.c.agent_id.in_(agent_ids))
    last = last.where(_BEGUN, ~_API_ONLY)
    found = await conn.execute(select(table).where(table.c.id.in_(last.group_by(table.c.agent_id))))
    return {row.agent_id: Publication(**row._mapping) for row in found}


async def overtaken(conn: AsyncConnection, publication: Publication) -> bool:
    """Whether the next attempt has taken this one's place. What is undecided yields to none that reached nobody."""
    if publication.state not in GIVES_WAY:
        return False
    nothing = (
        {PublicationState.DRAFT, PublicationState.FAILED}
        if publication.state in UNDECIDED
        else {PublicationState.DRAFT}
    )
    on_commit = select(table.c.id).where(*_same(publication))
    on_commit = on_commit.where(table.c.id > publication.id, table.c.state.not_in(nothing))
    return await conn.scalar(on_commit.limit(1)) is not None


async def stuck(conn: AsyncConnection, team_id: str, limit: int) -> list[Publication]:
    """Some of which nobody knows the end, the oldest first; not those whose place another attempt has taken."""
    found = select(table).filter_by(team_id=team_id).where(literally(STUCK)).order_by(table.c.id).limit(limit)
    rows = [Publication(**row._mapping) for row in await conn.execute(found)]
    return [each for each in rows if not await overtaken(conn, each)]


async def is_replaced(conn: AsyncConnection, publication: Publication) -> bool:
    """Whether a later version of the agent, whoever's, has been online on the channel in this one's place."""
    found = select(table.c.id).filter_by(team_id=publication.team_id, agent_id=publication.agent_id)
    found = found.where(~_API_ONLY)
    found = found.where(table.c.id > publication.id, table.c.state.in_(STOOD))
    return await conn.scalar(found.limit(1)) is not None


async def undecided(conn: AsyncConnection, publication: Publication) -> list[Publication]:
    """The attempts before this one of which nobody knows the end."""
    found = select(table).where(*_same(publication))
    found = found.where(table.c.id < publication.id, table.c.state.in_(UNDECIDED)).order_by(table.c.id)
    return [Publication(**row._mapping) for row in await conn.execute(found)]


def _same(publication: Publication) -> list[ColumnElement[bool]]:
    """Attempts with the same agent, of the same person, to the same place."""
    return [
        table.c.team_id == publication.team_id,
        table.c.user_id == publication.user_id,
        table.c.agent_id == publication.agent_id,
        _API_ONLY if publication.is_api_only else ~_API_ONLY,
    ]


async def is_open(conn: AsyncConnection, team_id: str, agent_id: str, but: int | None = None) -> bool:
    """Whether the agent is being published, by whomever, in another publication than `but`."""
    same = select(table.c.id).filter_by(team_id=team_id, agent_id=agent_id).where(literally(OPEN))
    same = same.where(table.c.id != but) if but else same
    return await conn.scalar(same.limit(1)) is not None


async def move(tx: Tx, publication: Publication, **values: Any) -> bool:
    """Change a publication that is still in the state in which it was loaded. False if somebody was faster,
    or if another publication of the same agent is under way."""
    same = update(table).where(table.c.id == publication.id, table.c.state == publication.state)
    try:
        async with tx.conn.begin_nested():
            return (await tx.conn.execute(same.values(**values))).rowcount == 1
    except IntegrityError:
        return False
