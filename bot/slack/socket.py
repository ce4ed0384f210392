"""Socket Mode: the same payloads through a WebSocket that the bot opens, into the same dispatch."""

import logging

from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.dispatch import Dispatch

log = logging.getLogger(__name__)


class Socket:
    """One connection, kept up by Slack's own client."""

    def __init__(self, app_token: str, client: AsyncWebClient, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._client = SocketModeClient(app_token=app_token, web_client=client)
        self._client.socket_mode_request_listeners.append(self._deliver)

    async def connect(self) -> None:
        """Open the connection. Raises what Slack's client raises when Slack can't be reached."""
        await self._client.connect()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped

    async def is_connected(self) -> bool:
        """Whether deliveries can arrive."""
        return bool(await self._client.is_connected())

    async def close(self) -> None:
        """Take no more deliveries."""
        await self._client.close()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped

    async def _deliver(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        headers = {}
        if request.retry_attempt:
            headers = {"x-slack-retry-num": str(request.retry_attempt)}
        ack = await self._dispatch(dict(request.payload), headers)
        if ack.status != 200:
            log.warning("delivery not taken: %s", ack.status)
            return  # no ack: an event comes again, a person sees that it failed
        content = ack.body if isinstance(ack.body, dict) else None
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, content))
        self._dispatch.spawn(ack.after)
