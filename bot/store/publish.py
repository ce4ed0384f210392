"""Publications: an agent on its way to the channel. Changes of state are compare-and-set."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import NotFound
from bot.core.publish import GIVES_WAY, OPEN, STOOD, UNDECIDED, Publication, PublicationState

from .database import Tx
from .tables import OF_PERSON, literally
from .tables import publication as table

_BEGUN = table.c.state != PublicationState.DRAFT
_LAST = select(func.max(table.c.id)).filter_by(**OF_PERSON).where(_BEGUN).group_by(table.c.agent_id)
NEWEST = select(table).where(table.c.id.in_(_LAST)).order_by(table.c.id.desc())
"""The newest publication of each of a person's agents."""


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
    """The newest publication of each of the person's agents, drafts left out, newest first."""
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
    """The newest publication of one of the person's agents, drafts left out."""
    found = await latest(conn, team_id, user_id)
    return next((each for each in found if each.agent_id == agent_id), None)


async def overtaken(conn: AsyncConnection, publication: Publication) -> bool:
    """Whether the next attempt has taken this one's place. What is undecided yields to none that reached nobody."""
    if publication.state not in GIVES_WAY:
        return False
    nothing = (
        {PublicationState.DRAFT, PublicationState.FAILED}
        if publication.state in UNDECIDED
        else {PublicationState.DRAFT}
    )
    on_commit = select(table.c.id).filter_by(**_same(publication))
    on_commit = on_commit.where(table.c.id > publication.id, table.c.state.not_in(nothing))
    return await conn.scalar(on_commit.limit(1)) is not None


async def is_replaced(conn: AsyncConnection, publication: Publication) -> bool:
    """Whether a later version of the agent, whoever's, has been online in this one's place."""
    found = select(table.c.id).filter_by(team_id=publication.team_id, agent_id=publication.agent_id)
    found = found.where(table.c.id > publication.id, table.c.state.in_(STOOD))
    return await conn.scalar(found.limit(1)) is not None


async def undecided(conn: AsyncConnection, publication: Publication) -> list[Publication]:
    """The attempts before this one of which nobody knows the end."""
    found = select(table).filter_by(**_same(publication))
    found = found.where(table.c.id < publication.id, table.c.state.in_(UNDECIDED)).order_by(table.c.id)
    return [Publication(**row._mapping) for row in await conn.execute(found)]


def _same(publication: Publication) -> dict[str, str]:
    return {"team_id": publication.team_id, "user_id": publication.user_id, "agent_id": publication.agent_id}


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
