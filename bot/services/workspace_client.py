"""The operator's hand on Coze: what the workspace owner's credential lets the bot do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

from pydantic import SecretStr

from bot.core.agent import Draft
from bot.core.calls import FEW_TRIES, Usage
from bot.core.publish import API_CONNECTOR
from bot.core.secret_store import StoredSecret
from bot.coze.answers import Account, Agent, CopyBegun, CopyTask, Invited, Member, Page, Removed, Version, Workspace
from bot.coze.client import CozeClient
from bot.coze.errors import CozeError, CozeUnreachable, InvalidToken, Quota
from bot.store.job import OUTAGE_TRIES, Job

from .call_counter import STOPPED, CallCounter
from .job_runner import Backoff
from .member_list import MemberList
from .secret_store import SecretStore

T = TypeVar("T")

PRESSED: dict[str, Any] = {"pressed": True}
"""The payload of a job that does what somebody has pressed."""

TRIAL = "concierge-trial"
"""Who asks an agent, as its chats on Coze are told apart."""

PAUSE = 3600.0  # seconds until a look that may not be is thought of again


class OwnerToken(Protocol):
    """Where the operator's token comes from."""

    async def get(self) -> SecretStr:
        """A token to use now. Raises CozeError."""

    def forget(self) -> None:
        """Coze refused the last one: don't give it out again if there can be another."""


async def renewing(source: OwnerToken, call: Callable[[SecretStr], Awaitable[T]]) -> T:
    """Call with a token; one that Coze has stopped accepting before its time is renewed once. Raises CozeError."""
    token = await source.get()
    try:
        return await call(token)
    except InvalidToken:
        source.forget()
        if (renewed := await source.get()) == token:
            raise
        return await call(renewed)


@dataclass(frozen=True)
class WorkspaceClient:
    """Acts in the ShargeAI workspace. Every method raises CozeError; each takes as many calls as it says.

    `counter` counts them, and knows which edition pays; without one that is somebody's of whom nobody knows.
    """

    client: CozeClient
    token: OwnerToken
    workspace_id: str
    connector_id: str
    counter: CallCounter | None = None
    listed: MemberList = field(default_factory=MemberList)
    told: Callable[[CozeError | None], Awaitable[None]] | None = None

    async def usage(self) -> Usage:
        """What is known of the account. No call."""
        return await self.counter.usage() if self.counter else Usage()

    async def looks_rarely(self) -> bool:
        """Whether calls are few, or may be: then the bot looks rarely, and at a press. No call."""
        return (await self.usage()).edition.is_limited

    async def tries(self) -> int:
        """How often what somebody pressed is tried while Coze does not answer. No call."""
        return FEW_TRIES if await self.looks_rarely() else OUTAGE_TRIES

    async def may(self, row: Job) -> bool:
        """Whether this job may call: it is somebody's press, or the bot may look by itself. No call."""
        return is_pressed(row) or (await self.usage()).may_look

    async def ask_leave(self, row: Job) -> None:
        """Raises Backoff where this job may not call: it waits until an admin lets it."""
        if not await self.may(row):
            raise Backoff(PAUSE, STOPPED)

    async def level(self) -> str:
        """Which edition the account has, in Coze's own word. One call."""
        return await self._with(self.client.edition)

    async def account(self) -> Account:
        """Whose the credential is. One call."""
        return await self._with(self.client.me)

    async def invite(self, coze_uid: str) -> Invited:
        """Invite one account; may be repeated. One call."""
        return await self._with(lambda token: self.client.invite(token, self.workspace_id, [coze_uid]))

    async def has_joined(self, coze_uid: str, now: datetime, *, afresh: bool = False) -> bool:
        """Whether the account is on the list of members. One call for each fifty members, for all who look within a
        minute of `now` (simulated) together, unless it is read `afresh`.
        """
        return await self.member(coze_uid, now, afresh=afresh) is not None

    async def member(self, coze_uid: str, now: datetime, *, afresh: bool = False) -> Member | None:
        """The account as the list of members has it, None if it is not there. Costs the same."""
        if afresh:
            self.listed.forget()

        async def find(token: SecretStr) -> Member | None:
            return await self.listed.find(coze_uid, now, lambda: self.client.members(token, self.workspace_id))

        return await self._with(find)

    async def remove(self, coze_uid: str) -> Removed:
        """Take one account out; may be repeated. One call."""
        return await self._with(lambda token: self.client.remove(token, self.workspace_id, [coze_uid]))

    async def members(self) -> list[Member]:
        """Everybody on the list of members, the owner among them. One call for each fifty members."""

        async def read(token: SecretStr) -> list[Member]:
            return [member async for member in self.client.members(token, self.workspace_id)]

        found = await self._with(read)
        if not any(member.role == "owner" for member in found):
            raise CozeUnreachable("a list of members without the space's owner")
        if len({member.user_id for member in found}) < len(found):
            raise CozeUnreachable("a list of members with one account twice")
        return found

    async def workspaces(self) -> list[Workspace]:
        """The workspaces that the credential's account has joined. One call for each fifty."""
        return await self._with(self.client.workspaces)

    async def online(self) -> int:
        """How many agents of the workspace are online on our channel, or on any where we have none. One call."""
        connector = self.connector_id or None
        page = (1, 1, connector)
        return (await self._with(lambda token: self.client.bots_page(token, self.workspace_id, *page))).total

    async def agents(self, coze_uid: str) -> list[Agent]:
        """The account's own agents in the workspace, published or not. One call for each page."""
        bots = await self._with(lambda token: self.client.bots(token, self.workspace_id, status="all"))
        return [bot for bot in bots if bot.owner_id == coze_uid]

    async def agents_page(self, number: int) -> Page[Agent]:
        """One page of the workspace's agents, published or not, counted from 1. One call."""
        return await self._with(lambda token: self.client.bots_page(token, self.workspace_id, number))

    async def has(self, agent_id: str) -> bool:
        """Whether an agent is in the workspace, published or not. One call for each page."""
        bots = await self._with(lambda token: self.client.bots(token, self.workspace_id, status="all"))
        return any(bot.id == agent_id for bot in bots)

    async def in_channel(self) -> list[Agent]:
        """The workspace's agents that Coze lists on our channel. One call for each page."""
        return await self._with(lambda token: self.client.bots(token, self.workspace_id, self.connector_id))

    async def agent(self, agent_id: str, *, published: bool = False) -> Agent:
        """An agent's draft, or its copy on the API channel. One call."""
        return await self._with(lambda token: self.client.bot(token, agent_id, published=published))

    async def create(self, draft: Draft) -> str:
        """Make an agent in the workspace, which then belongs to its owner; its id. One call, never repeated."""
        parts = (draft.name, draft.description, draft.persona, draft.opening, draft.questions)
        return await self._with(lambda token: self.client.create_bot(token, self.workspace_id, *parts))

    async def copy(self, agent_id: str) -> CopyBegun:
        """Have an agent of another workspace copied to ours. One call, never repeated; raises Ambiguous."""
        return await self._with(lambda token: self.client.copy_bot(token, agent_id, self.workspace_id))

    async def copy_task(self, task_id: str) -> CopyTask:
        """How far that is. One call."""
        return await self._with(lambda token: self.client.copy_task(token, task_id))

    async def publish(self, agent_id: str, *, only_api: bool = False) -> str:
        """Publish to the API, and to our channel unless `only_api`; the new version. One call.

        Raises Ambiguous when nobody can tell.
        """
        connectors = [API_CONNECTOR] if only_api else [API_CONNECTOR, self.connector_id]
        return await self._with(lambda token: self.client.publish(token, agent_id, connectors))

    async def ask(self, agent_id: str, question: str) -> str:
        """What the agent answers on the API channel. A chat of the account's quota, and three calls or some more."""
        return await self._with(lambda token: self.client.ask(token, agent_id, TRIAL, question))

    async def unpublish(self, agent_id: str, reason: str) -> None:
        """Take an agent off our channel; may be repeated. One call."""
        await self._with(lambda token: self.client.unpublish(token, agent_id, self.connector_id, reason))

    async def versions(self, agent_id: str, connector_id: str | None = None) -> list[Version]:
        """The agent's newest versions, on one channel or on any. One call."""
        return await self._with(lambda token: self.client.versions(token, agent_id, connector_id))

    def ahead(self, ours: datetime) -> timedelta:
        """By how much Coze's clock is ahead of `ours`, as its last answer told."""
        return self.client.clock.ahead(ours)

    async def _with(self, call: Callable[[SecretStr], Awaitable[T]]) -> T:
        """The call's answer; `told` hears whether Coze takes the credential."""
        try:
            answer = await self._renewing(call)
        except CozeError as error:
            if self.told:
                await self.told(error)
            raise
        if self.told:
            await self.told(None)
        return answer

    async def _renewing(self, call: Callable[[SecretStr], Awaitable[T]]) -> T:
        """That there are no calls left is remembered."""
        try:
            return await renewing(self.token, call)
        except Quota:
            if self.counter:
                await self.counter.used_up()
            raise


def is_pressed(row: Job) -> bool:
    """Whether the job does what somebody has pressed."""
    return bool((row.payload or {}).get("pressed"))


class FixedToken:
    """A token made by hand (SAT or PAT)."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token

    async def get(self) -> SecretStr:
        """The token."""
        return self._token

    def forget(self) -> None:
        """There is no other one."""


class StoredTokenSource:
    """What a person has us keep, as the source of the tokens that a stand-in acts with."""

    def __init__(self, secret_store: SecretStore, kept: StoredSecret, what_for: str) -> None:
        self._secret_store, self._kept, self._what_for = secret_store, kept, what_for
        self._last: SecretStr | None = None
        self._refused: SecretStr | None = None

    async def get(self) -> SecretStr:
        """A token; each use is written down. Raises Deleted, CozeError."""
        kept = self._kept
        self._last = await self._secret_store.use(kept.team_id, kept.user_id, self._what_for, self._refused)
        return self._last

    def forget(self) -> None:
        """Coze refused the last one."""
        self._refused = self._last


class DelegatedClients:
    """Acts with what people have us keep, where the bot has no credential of its own, in the workspace of this
    number on Coze. `told` hears of each call whether Coze takes it."""

    def __init__(
        self,
        client: CozeClient,
        secret_store: SecretStore,
        workspace_id: str,
        connector_id: str,
        told: Callable[[StoredSecret, CozeError | None], Awaitable[None]] | None = None,
    ) -> None:
        self._client, self._secret_store, self._told = client, secret_store, told
        self.workspace_id, self._connector_id = workspace_id, connector_id

    async def of(self, team_id: str, user_id: str, what_for: str) -> WorkspaceClient | None:
        """An operator with this person's rights, or None. `what_for` is written down with each use."""
        kept = await self._secret_store.find(team_id, user_id)
        if kept is None:
            return None
        return WorkspaceClient(
            self._client,
            StoredTokenSource(self._secret_store, kept, what_for),
            self.workspace_id,
            self._connector_id,
            told=partial(self._told, kept) if self._told else None,
        )
