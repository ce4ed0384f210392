"""The bot's own connection to its Slack workspace, and who it is there."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import StartError

from .send import PASSING, TIMEOUT

log = logging.getLogger(__name__)

HANDSHAKE = 5.0  # seconds between tries to reach Slack at start


@dataclass(frozen=True)
class Connection:
    """A client, and who it is in Slack."""

    client: AsyncWebClient
    identity: AuthorizeResult

    @property
    def team(self) -> str:
        """The Slack workspace."""
        return str(self.identity.team_id)


@contextlib.asynccontextmanager
async def connected(token: str, api_url: str) -> AsyncIterator[Connection]:
    """The connection for as long as the block lasts. Waits for a Slack that can't be reached; raises StartError."""
    async with aiohttp.ClientSession(trust_env=False) as session:
        client = AsyncWebClient(
            token=token,
            base_url=api_url + "/",
            session=session,
            timeout=TIMEOUT,
            retry_handlers=[],  # the client's own would post twice when an answer is lost
        )
        yield Connection(client, await handshake(client))


async def handshake(client: AsyncWebClient) -> AuthorizeResult:
    """Who the bot is in Slack. Waits for a Slack that can't be reached; raises StartError where it says no."""
    while True:
        try:
            answer = await client.auth_test()
        except SlackApiError as error:
            code = error.response.get("error")
            if error.response.status_code < 500 and code and code not in ("ratelimited", *PASSING):
                raise StartError(f"Slack refuses SLACK_BOT_TOKEN: {code}.") from None
            log.warning("Slack is not ready: %s", code)
        except (TimeoutError, aiohttp.ClientError) as error:
            log.warning("Slack can't be reached: %s", type(error).__name__)
        else:
            return AuthorizeResult.from_auth_test_response(auth_test_response=answer, bot_token=client.token)
        await asyncio.sleep(HANDSHAKE)
