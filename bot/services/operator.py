"""The operator's hand on Coze: what the workspace owner's credential lets the bot do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.core.publish import API_CONNECTOR
from bot.coze.answers import Agent, Invited, Member, Removed, Version
from bot.coze.client import CozeClient
from bot.coze.errors import InvalidToken
from bot.coze.secret import Secret
from bot.coze.tokens import OwnerToken

T = TypeVar("T")


@dataclass(frozen=True)
class Operator:
    """Acts in the ShargeAI workspace. Every method raises CozeError; each takes as many calls as it says."""

    client: CozeClient
    token: OwnerToken
    workspace_id: str
    connector_id: str

    async def invite(self, coze_uid: str) -> Invited:
        """Invite one account; may be repeated. One call."""
        return await self._with(lambda token: self.client.invite(token, self.workspace_id, [coze_uid]))

    async def has_joined(self, coze_uid: str) -> bool:
        """Whether the account is on the list of members. One call for each fifty members."""
        member = await self._with(lambda token: self.client.find_member(token, self.workspace_id, coze_uid))
        return member is not None

    async def remove(self, coze_uid: str) -> Removed:
        """Take one account out; may be repeated. One call."""
        return await self._with(lambda token: self.client.remove(token, self.workspace_id, [coze_uid]))

    async def members(self) -> list[Member]:
        """Everybody on the list of members. One call for each fifty members."""

        async def read(token: Secret) -> list[Member]:
            return [member async for member in self.client.members(token, self.workspace_id)]

        return await self._with(read)

    async def agents(self, coze_uid: str) -> list[Agent]:
        """The account's own agents in the workspace, published or not. One call for each page."""
        bots = await self._with(lambda token: self.client.bots(token, self.workspace_id, status="all"))
        return [bot for bot in bots if bot.owner_id == coze_uid]

    async def publish(self, agent_id: str) -> str:
        """Publish to the API and our channel; the new version. Raises Ambiguous when nobody can tell. One call."""
        connectors = [API_CONNECTOR, self.connector_id]
        return await self._with(lambda token: self.client.publish(token, agent_id, connectors))

    async def versions(self, agent_id: str, connector_id: str | None = None) -> list[Version]:
        """The agent's newest versions, on one channel or on any. One call."""
        return await self._with(lambda token: self.client.versions(token, agent_id, connector_id))

    async def _with(self, call: Callable[[Secret], Awaitable[T]]) -> T:
        """Call with the token; one that Coze has stopped accepting before its time is renewed once."""
        token = await self.token.get()
        try:
            return await call(token)
        except InvalidToken:
            self.token.forget()
            if (renewed := await self.token.get()) == token:
                raise
            return await call(renewed)
