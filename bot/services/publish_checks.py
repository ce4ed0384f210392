"""Publish checks: what may keep an agent from being published is looked at side by side, before and again after the
yes."""

import asyncio
import contextlib
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bot.core.agent_list import ListedAgent
from bot.core.errors import BotError
from bot.core.freeze import Freeze
from bot.core.publish import NotJoined, NotProven
from bot.core.publish_checks import Check, Checked, Findings, by_name, failed, noted, unknown
from bot.coze.answers import Agent
from bot.coze.errors import BadRequest, CozeError, CozeNotFound, MissingPermission
from bot.store import agent_list
from bot.store import publish as store
from bot.store.database import Database
from bot.texts.sounds import sound

from .agents import Agents
from .freeze import Freezes
from .workspace_client import WorkspaceClient

T = TypeVar("T")


@dataclass(frozen=True)
class Looked(Findings):
    """What was found, and what kept Coze from telling, if it did."""

    error: CozeError | None = None


class PublishChecks:
    """Takes one call for the agent and one for each page of those in the channel; where calls are no matter, one
    more for its versions.
    """

    def __init__(self, db: Database, agents: Agents, freezes: Freezes) -> None:
        self._db, self._agents, self._freezes = db, agents, freezes

    async def look(
        self,
        team_id: str,
        user_id: str,
        agent_id: str,
        *,
        publication_id: int | None = None,
        whatever_it_costs: bool = False,
        only_api: bool = False,
    ) -> Looked:
        """All of them, for an agent of this person. `publication_id` is the publication that is about to be sent.
        Raises NoCredential.

        Where calls are few the channel is looked at only `whatever_it_costs`; for what goes to the API alone never.
        """
        client, rarely = await self._agents.client(team_id, user_id), await self._agents.looks_rarely()
        known = await self._listed(team_id, user_id, agent_id)
        looks_there = not only_api and (whatever_it_costs or not rarely)
        theirs, listed, published_at, ours = await asyncio.gather(
            _tried(self._theirs(client, (team_id, user_id), agent_id, known)),
            _tried(client.in_channel()) if looks_there else _given(None),
            self._published_at(None if rarely else client, team_id, agent_id, known),
            self._ours(team_id, user_id, agent_id, publication_id),
        )
        agent = None if isinstance(theirs, BotError) else theirs
        found = [*_standing(theirs, is_listed=known is not None), *_credential(theirs), *ours]
        error = theirs if isinstance(theirs, CozeError) else None
        if agent is None:
            return Looked(found, error=error)
        if only_api:
            unchanged = _is_unchanged(agent, published_at)
            found.append(noted(Check.CHANGED, "unchanged") if unchanged else Checked(Check.CHANGED))
            return Looked(sorted(found, key=_place), agent.name, published_at, error=error)
        others = [each.name for each in listed if each.id != agent_id] if isinstance(listed, list) else None
        is_listed = isinstance(listed, list) and any(each.id == agent_id for each in listed)
        found += [_channel(listed), *await asyncio.to_thread(by_name, agent.name, others, sound)]
        if others is not None:
            unchanged = is_listed and _is_unchanged(agent, published_at)
            found.append(noted(Check.CHANGED, "unchanged") if unchanged else Checked(Check.CHANGED))
        return Looked(sorted(found, key=_place), agent.name, published_at, is_listed, error)

    async def _theirs(
        self, client: WorkspaceClient, whose: tuple[str, str], agent_id: str, known: ListedAgent | None
    ) -> Agent | None:
        """The agent as Coze has it now, if it is this person's. With a credential that may list agents and not read
        one, it is as it was listed. Raises NotJoined, NotProven, CozeError.
        """
        coze_uid = await self._agents.account(*whose)
        try:
            agent = await client.agent(agent_id)
        except (CozeNotFound, BadRequest):
            return None
        except MissingPermission:
            if known is None:
                return None
            agent = Agent(known.agent_id, known.name, known.owner_uid)
        return agent if await self._agents.is_theirs(*whose, coze_uid, agent) else None

    async def _listed(self, team_id: str, user_id: str, agent_id: str) -> ListedAgent | None:
        """As it stands in the list."""
        place = self._agents.place(team_id, user_id)
        async with self._db.read() as conn:
            return await agent_list.find(conn, place, agent_id) if place else None

    async def _published_at(
        self, client: WorkspaceClient | None, team_id: str, agent_id: str, known: ListedAgent | None
    ) -> datetime | None:
        """When it was published last: as Coze says, or without a `client`, or an answer, as far as is known here."""
        if client:
            with contextlib.suppress(CozeError):
                return max((each.at for each in await client.versions(agent_id) if each.at), default=None)
        async with self._db.read() as conn:
            newest = (await store.newest_of(conn, team_id, [agent_id])).get(agent_id)
        ours = newest.submitted_at if newest and newest.version else None
        return max((at for at in (ours, known.published_at if known else None) if at), default=None)

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


def _standing(theirs: Agent | BotError | None, *, is_listed: bool) -> list[Checked]:
    """Whether the person may publish, and this agent. One that is not listed yet lies there for all we know."""
    if isinstance(theirs, NotProven):
        return [failed(Check.MEMBER, "not_proven")]
    if isinstance(theirs, NotJoined):
        return [failed(Check.MEMBER, "not_member")]
    if isinstance(theirs, BotError):
        return [unknown(Check.PLACE)]
    if theirs is None:
        return [Checked(Check.MEMBER), failed(Check.PLACE, "elsewhere")]
    return [Checked(Check.MEMBER), Checked(Check.PLACE) if is_listed else noted(Check.PLACE, "unlisted")]


def _credential(theirs: Agent | BotError | None) -> list[Checked]:
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


def _is_unchanged(agent: Agent, published_at: datetime | None) -> bool:
    """Whether its draft is as old as its last version."""
    return bool(published_at and agent.updated_at and agent.updated_at <= published_at)
