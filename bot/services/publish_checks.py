"""Publish checks: what may keep an agent from being published is looked at side by side, before and again after the
yes."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.core.errors import BotError
from bot.core.publish import NotJoined, NotProven
from bot.core.publish_checks import Check, Checked, Findings, by_name, failed, noted, unknown
from bot.coze.answers import Agent
from bot.coze.errors import BadRequest, CozeError, CozeNotFound
from bot.store import publish as store
from bot.store.database import Database
from bot.texts.sounds import sound

from .agents import Agents

T = TypeVar("T")

_IN_CHANNEL = frozenset({Check.CHANNEL, Check.NAME, Check.CHANGED})
"""What nobody knows who has not looked there."""


@dataclass(frozen=True)
class Looked(Findings):
    """What was found, and what kept Coze from telling, if it did."""

    error: CozeError | None = None


class PublishChecks:
    """Takes one call for each page of the workspace's agents, and one for each page of those in the channel."""

    def __init__(self, db: Database, agents: Agents) -> None:
        self._db, self._agents = db, agents

    async def look(
        self,
        team_id: str,
        user_id: str,
        agent_id: str,
        *,
        own: Sequence[Agent] | None = None,
        publication_id: int | None = None,
        whatever_it_costs: bool = False,
    ) -> Looked:
        """All of them, for an agent of this person. `own` are their agents where those were listed just now,
        `publication_id` the publication that is about to be sent. Raises NoCredential.

        Where calls are few the channel is looked at only `whatever_it_costs`.
        """
        client = await self._agents.client(team_id, user_id)
        looks_there = whatever_it_costs or not await client.looks_rarely()
        theirs, listed, is_open = await asyncio.gather(
            _tried(self._agents.of(team_id, user_id)) if own is None else _given(own),
            _tried(client.in_channel()) if looks_there else _given(None),
            self._is_open(team_id, agent_id, publication_id),
        )
        free = [failed(Check.FREE, "under_way")] if is_open else [Checked(Check.FREE)]
        agent = None if isinstance(theirs, BotError) else _named(theirs, agent_id)
        found = [*_standing(theirs, agent), *_credential(theirs, listed), *free]
        if agent is None:
            return Looked(found, error=_error(theirs, listed))
        online = [] if listed is None or isinstance(listed, BotError) else listed
        is_listed = _named(online, agent_id) is not None
        found += [*by_name(agent.name, [each.name for each in online if each.id != agent_id], sound)]
        found += [noted(Check.CHANGED, "unchanged") if is_listed and _is_unchanged(agent) else Checked(Check.CHANGED)]
        if listed is None:
            found = [each for each in found if each.check not in _IN_CHANNEL]
            found += [noted(Check.NAME, "not_compared")]
        return Looked(found, agent.name, agent.published_at, is_listed, _error(theirs, listed))

    async def _is_open(self, team_id: str, agent_id: str, but: int | None) -> bool:
        async with self._db.read() as conn:
            return await store.is_open(conn, team_id, agent_id, but)


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


def _error(*found: object) -> CozeError | None:
    return next((each for each in found if isinstance(each, CozeError)), None)


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


def _credential(theirs: Sequence[Agent] | BotError, listed: Sequence[Agent] | BotError | None) -> list[Checked]:
    """Whether Coze takes the credential, and knows the channel with it."""
    if isinstance(listed, BadRequest | CozeNotFound):
        return [Checked(Check.CREDENTIAL), failed(Check.CHANNEL, "not_installed")]
    error = _error(theirs, listed)
    if error is None:
        return [Checked(Check.CREDENTIAL), Checked(Check.CHANNEL)]
    if error.retry:
        return [unknown(Check.CREDENTIAL)]
    return [failed(Check.CREDENTIAL, "refused", help=error.help)]


def _is_unchanged(agent: Agent) -> bool:
    """Whether its draft is as old as its last version."""
    return bool(agent.published_at and agent.updated_at and agent.updated_at <= agent.published_at)
