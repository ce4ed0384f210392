"""The channel's own hand on Coze: its OAuth app tells the verdict about what is published to it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import SecretStr

from bot.core.review import Audit
from bot.coze.client import CozeClient
from bot.coze.errors import InvalidToken

from .workspace_client import OwnerToken


@dataclass(frozen=True)
class ChannelClient:
    """Acts for the channel. Raises CozeError."""

    client: CozeClient
    token: OwnerToken
    connector_id: str

    async def settle(self, agent_id: str, audit: Audit, reason: str) -> None:
        """The verdict about what waits of this agent; may be repeated. One call, and one more for a token."""
        await self._with(
            lambda token: self.client.settle_review(token, self.connector_id, agent_id, int(audit), reason)
        )

    async def _with(self, call: Callable[[SecretStr], Awaitable[None]]) -> None:
        """A token that Coze has stopped accepting before its time is renewed once."""
        try:
            await call(await self.token.get())
        except InvalidToken:
            self.token.forget()
            await call(await self.token.get())
