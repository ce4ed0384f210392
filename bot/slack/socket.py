"""Socket Mode: the same payloads through a WebSocket that the bot opens, into the same dispatch."""

import asyncio
import contextlib
import logging
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.core.errors import Unreachable
from bot.logs import Outages
from bot.slack.connection import Connection, TokenRefused, http_session, refusal, socket_url, told
from bot.slack.dispatch import Dispatch

log = logging.getLogger(__name__)

ACK = 3.0  # seconds that Slack waits for an ack: nothing under way is worth waiting for any longer
CALM = 3.0  # seconds for which a moment without a delivery is looked for
LOOK, QUIET = 0.005, 3  # seconds between two looks, and how many without a delivery before the connection ends


class _Calm(logging.Filter):
    """What Slack's client says of an outage, without its traces: a line now and then."""

    def __init__(self) -> None:
        super().__init__()
        self._outages = Outages()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this one is logged."""
        record.exc_info = record.exc_text = None
        return self._outages.due((record.levelno, record.lineno)) is not None


class _Client(SocketModeClient):
    """Slack's own, each of whose connections leaves the way that its address has to."""

    def __init__(self, app_token: str, slack: Connection) -> None:
        logger = logging.getLogger(f"{__name__}.client")
        logger.filters[:] = [_Calm()]
        super().__init__(app_token=app_token, logger=logger, web_client=slack.client)
        self.network = slack.network

    async def issue_new_wss_url(self) -> str:
        """The address of the next connection. Raises SlackApiError, Unreachable."""
        url = await socket_url(self.web_client, str(self.app_token))
        self.proxy = self.network.proxy(url)
        return url


class Socket:
    """One connection, kept up by Slack's own client."""

    def __init__(self, app_token: str, slack: Connection, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._under_way: set[asyncio.Task[Any]] = set()
        self._closing = False
        self._outages = Outages()
        self._client = _Client(app_token, slack)
        self._client.socket_mode_request_listeners.append(self._deliver)

    async def connect(self) -> None:
        """Open the connection; tries on while Slack can't be reached. Raises TokenRefused."""
        await self._client.aiohttp_client_session.close()  # it waits five minutes for an answer
        self._client.aiohttp_client_session = http_session(self._client.network)
        try:
            self._client.wss_uri = await self._client.issue_new_wss_url()
        except SlackApiError as error:
            if code := refusal(error):
                raise TokenRefused("SLACK_APP_TOKEN", code) from None
            log.warning("Slack can't be reached: %s", told(error)[1] or f"HTTP {told(error)[0]}")
        except Unreachable as error:
            log.warning("Slack can't be reached: %s", error)
        await self._client.connect()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped

    async def trouble(self) -> str:
        """Why no deliveries can arrive; "" where they can."""
        return "" if await self._client.is_connected() else "not connected by Socket Mode"

    async def close(self) -> None:
        """End the connection in a moment without a delivery; those under way are acknowledged first.

        What Slack sends until then is taken too: a command that nobody acknowledges has failed, as Slack does not
        repeat it. Where there is no such moment, as on a busy machine, it ends when nothing is under way for once.
        """
        if not await self._is_quiet(QUIET, CALM):
            await self._is_quiet(1, ACK)
        self._closing = True
        await self._client.close()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped

    async def _is_quiet(self, looks: int, seconds: float) -> bool:
        """Whether within so many seconds so many looks in a row find no delivery; as soon as they do."""
        quiet = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while quiet < looks:
                    await asyncio.sleep(LOOK)
                    quiet = 0 if self._under_way or not self._client.message_queue.empty() else quiet + 1
        return quiet >= looks

    async def _deliver(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        task = asyncio.current_task()  # the SDK keeps no hold of it, and does not wait for it
        if self._closing or task is None:
            return  # no ack: Slack delivers it elsewhere or again
        self._under_way.add(task)
        try:
            await self._handle(client, request)
        finally:
            self._under_way.discard(task)

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        headers = {}
        if request.retry_attempt:
            headers = {"x-slack-retry-num": str(request.retry_attempt)}
        ack = await self._dispatch(dict(request.payload), headers)
        if ack.status != 200:
            self._outages.tell(log, ack.status, "delivery not taken: %s", ack.status)
            return  # no ack: an event comes again, a person sees that it failed
        content = ack.body if isinstance(ack.body, dict) else None
        try:
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, content))
        except ConnectionError:
            ended = "the connection ended before an ack: Slack delivers again what it still wants"
            self._outages.tell(log, ended, ended)
        self._dispatch.spawn(ack.after)  # its facts are committed, and a second delivery is no news
