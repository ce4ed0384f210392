"""The channel's own hand on Coze: its OAuth app tells the verdict about what is published to it."""

from dataclasses import dataclass

from pydantic import SecretStr

from bot.core.review import Audit
from bot.coze.client import CozeClient

from .workspace_client import OwnerToken, renewing


@dataclass(frozen=True)
class ChannelClient:
    """Acts for the channel. Raises CozeError."""

    client: CozeClient
    token: OwnerToken
    connector_id: str

    async def settle(self, agent_id: str, audit: Audit, reason: str) -> None:
        """The verdict about what waits of this agent; may be repeated. One call, and one more for a token."""

        async def settle(token: SecretStr) -> None:
            await self.client.settle_review(token, self.connector_id, agent_id, int(audit), reason)

        await renewing(self.token, settle)
