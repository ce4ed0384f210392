"""Publish checks: what may keep an agent from being published is looked at side by side, before and again after the
yes."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.core.errors import BotError
from bot.core.freeze import Freeze
from bot.core.publish import NotJoined, NotProven
from bot.core.publish_checks import Check, Checked, Findings, by_name, failed, noted, unknown
from bot.coze.answers import Agent
from bot.coze.errors import BadRequest, CozeError, CozeNotFound
from bot.store import publish as store
from bot.store.database import Database
from bot.texts.sounds import sound

from .agents import Agents
from .freeze import Freezes

T = TypeVar("T")


@dataclass(frozen=True)
class Looked(Findings):
    """What was found, and what kept Coze from telling, if it did."""

    error: CozeError | None = None


class PublishChecks:
    """Takes one call for each page of the workspace's agents, and one for each page of those in the channel."""

    def __init__(self, db: Database, agents: Agents, freezes: Freezes) -> None:
        self._db, self._agents, self._freezes = db, agents, freezes

    async def look(
        self,
        team_id: str,
        user_id: str,
        agent_id: str,
        *,
        own: Sequence[Agent] | None = None,
        publication_id: int | None = None,
        whatever_it_costs: bool = False,
        only_api: bool = False,
    ) -> Looked:
        """All of them, for an agent of this person. `own` are their agents where those were listed just now,
        `publication_id` the publication that is about to be sent. Raises NoCredential.

        Where calls are few the channel is looked at only `whatever_it_costs`; for what goes to the API alone never.
        """
        client = await self._agents.client(team_id, user_id)
        looks_there = not only_api and (whatever_it_costs or not await client.looks_rarely())
        theirs, listed, ours = await asyncio.gather(
            _tried(self._agents.of(team_id, user_id)) if own is None else _given(own),
            _tried(client.in_channel()) if looks_there else _given(None),
            self._ours(team_id, user_id, agent_id, publication_id),
        )
        agent = None if isinstance(theirs, BotError) else _named(theirs, agent_id)
        found = [*_standing(theirs, agent), *_credential(theirs), *ours]
        error = theirs if isinstance(theirs, CozeError) else None
        if agent is None:
            return Looked(found, error=error)
        if only_api:
            found.append(noted(Check.CHANGED, "unchanged") if _is_unchanged(agent) else Checked(Check.CHANGED))
            return Looked(sorted(found, key=_place), agent.name, agent.published_at, error=error)
        others = [each.name for each in listed if each.id != agent_id] if isinstance(listed, list) else None
        is_listed = isinstance(listed, list) and _named(listed, agent_id) is not None
        found += [_channel(listed), *await asyncio.to_thread(by_name, agent.name, others, sound)]
        if others is not None:
            unchanged = is_listed and _is_unchanged(agent)
            found.append(noted(Check.CHANGED, "unchanged") if unchanged else Checked(Check.CHANGED))
        return Looked(sorted(found, key=_place), agent.name, agent.published_at, is_listed, error)

    async def _ours(self, team_id: str, user_id: str, agent_id: str, but: int | None) -> list[Checked]:
        """What our own rows say, without a call."""
        async with self._db.read() as conn:
            is_open = await store.is_open(conn, team_id, agent_id, but)
            freeze = await self._freezes.stops(conn, user_id, agent_id)
        free = failed(Check.FREE, "under_way") if is_open else Checked(Check.FREE)
        return [free, *([_frozen(freeze)] if freeze else [])]


def _place(each: Checked) -> int:
    return list(Check).index(each.check)


async def _tried(look: Awaitable[T]) -> T | BotError:
    """What was found, or what kept it from being found."""
    try:
        return await look
    except (NotJoined, CozeError) as error:
        return error


async def _given(known: T) -> T | BotError:
    return known


def _named(agents: Sequence[Agent], agent_id: str) -> Agent | None:
    return next((each for each in agents if each.id == agent_id), None)


def _standing(theirs: Sequence[Agent] | BotError, agent: Agent | None) -> list[Checked]:
    """Whether the person may publish, and this agent."""
    if isinstance(theirs, NotProven):
        return [failed(Check.MEMBER, "not_proven")]
    if isinstance(theirs, NotJoined):
        return [failed(Check.MEMBER, "not_member")]
    if isinstance(theirs, BotError):
        return [unknown(Check.PLACE)]
    place = Checked(Check.PLACE) if agent else failed(Check.PLACE, "elsewhere")
    return [Checked(Check.MEMBER), place]


def _credential(theirs: Sequence[Agent] | BotError) -> list[Checked]:
    """Whether Coze takes the credential."""
    if not isinstance(theirs, CozeError):
        return [Checked(Check.CREDENTIAL)]
    if theirs.retry:
        return [unknown(Check.CREDENTIAL)]
    return [failed(Check.CREDENTIAL, "refused", help=theirs.help)]


def _channel(listed: Sequence[Agent] | BotError | None) -> Checked:
    """Whether Coze lists what is in the channel. What it answers for one that is not installed is not documented, so
    nobody is kept from publishing by it: that call tells.
    """
    if listed is None:
        return noted(Check.CHANNEL, "not_compared")
    if isinstance(listed, BadRequest | CozeNotFound):
        return noted(Check.CHANNEL, "not_installed")
    return noted(Check.CHANNEL, "untold") if isinstance(listed, BotError) else Checked(Check.CHANNEL)


def _frozen(freeze: Freeze) -> Checked:
    until = freeze.ends_at.isoformat()
    return failed(Check.FROZEN, "frozen", by=freeze.begun_by, until=until, reason=freeze.reason)


def _is_unchanged(agent: Agent) -> bool:
    """Whether its draft is as old as its last version."""
    return bool(agent.published_at and agent.updated_at and agent.updated_at <= agent.published_at)
