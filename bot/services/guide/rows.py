"""What our own rows say that a guide's step may wait for: the request to join, the publication, the new token."""

from dataclasses import dataclass

from bot.core.credential import WATCHED, Credential, line_of
from bot.core.errors import NotFound
from bot.core.guide import Guide
from bot.core.join import Request
from bot.core.publish import Publication
from bot.store import credential as credentials
from bot.store import guide as guides
from bot.store import join as requests
from bot.store.database import Reading

from .carrying import publication


@dataclass(frozen=True)
class Replaced:
    """The token that a guide replaces, and the names of the agents that the person's guides gave it to."""

    token: Credential
    agents: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """`request` is the person's newest, `publication` the newest of the guide's agent.

    `replaced` is the token that the guide replaces, `successor` the same, or what has taken its place since; None if
    none is watched.
    """

    request: Request | None = None
    publication: Publication | None = None
    replaced: Replaced | None = None
    successor: Credential | None = None


async def load(conn: Reading, guide: Guide) -> Rows:
    """As they are now."""
    return Rows(
        await requests.latest(conn, guide.team_id, guide.user_id),
        await publication(conn, guide),
        await _replaced(conn, guide),
        await successor(conn, guide),
    )


async def _replaced(conn: Reading, guide: Guide) -> Replaced | None:
    """What the guide replaces. Its agents are those of the guides that recorded it, or what it took the place of."""
    replaces = int(guide.value("replaces") or 0)
    if not replaces:
        return None
    line = line_of(await credentials.owned(conn, guide.team_id, guide.user_id), replaces)
    if not line:
        return None
    walked = await guides.walked(conn, guide.team_id, guide.user_id)
    told = (each for each in walked if each.value("credential") in {str(token.id) for token in line})
    return Replaced(line[-1], tuple(dict.fromkeys(each.value("agent") for each in told if each.value("agent"))))


async def successor(conn: Reading, guide: Guide) -> Credential | None:
    """The token that the guide replaces, or what has taken its place since; None if nothing of it is watched."""
    following = int(guide.value("replaces") or 0)
    found = None
    while following:
        try:
            found = await credentials.load(conn, guide.team_id, following)
        except NotFound:
            return None
        following = found.superseded_by or 0
    return found if found and found.user_id == guide.user_id and found.state in WATCHED else None
