"""Leftovers: what runs on of people who are no members any more.

Each is found from those people on: however many tokens and agents there are, few of them are theirs.
"""

from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.credential import CredentialKind, CredentialState
from bot.core.people import Standing
from bot.core.publish import PublicationState

from .tables import credential_ as credential
from .tables import person, publication

GONE = and_(
    person.c.team_id == bindparam("team_id"),
    person.c.standing.in_([each for each in Standing if each is not Standing.MEMBER]),
)
"""Of the workspace `team_id` those who are no members any more."""

TOKENS = and_(
    credential.c.team_id == person.c.team_id,
    credential.c.user_id == person.c.user_id,
    cast(credential.c.state, String) == CredentialState.ACTIVE,
    credential.c.kind == CredentialKind.TOKEN,
)
"""Somebody's tokens that run on, found by whose they are: the cast keeps SQLite from looking through all."""

_AGENTS = and_(
    publication.c.team_id == person.c.team_id,
    publication.c.user_id == person.c.user_id,
    publication.c.state == PublicationState.ONLINE,
)


async def with_tokens(conn: AsyncConnection, team_id: str) -> tuple[int, str]:
    """How many of them have tokens that run on, and who one is."""
    return await _some(conn, team_id, select(credential.c.id).where(TOKENS).correlate(person).exists())


async def with_agents(conn: AsyncConnection, team_id: str) -> tuple[int, str]:
    """How many agents of theirs are online, and who has one."""
    some = select(publication.c.id).where(_AGENTS).correlate(person).exists()
    _, whose = await _some(conn, team_id, some)
    if not whose:
        return 0, ""
    agents = select(func.count(publication.c.agent_id.distinct())).where(_AGENTS).correlate(person).scalar_subquery()
    return int(await conn.scalar(select(func.sum(agents)).where(GONE), {"team_id": team_id}) or 0), whose


async def _some(conn: AsyncConnection, team_id: str, holds: ColumnElement[Any]) -> tuple[int, str]:
    found = select(func.count(), func.min(person.c.user_id)).where(GONE, holds)
    count, whose = (await conn.execute(found, {"team_id": team_id})).one()
    return count, whose or ""
