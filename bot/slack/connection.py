"""The bot's own connection to its Slack workspace, who it is there, and what time it is there."""

import asyncio
import contextlib
import logging
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import traces
from bot.clock import Clock, HeardClock
from bot.core.errors import StartError, Tell, Unreachable, untold
from bot.logs import Outages
from bot.metrics import SLACK_CALLS, Call
from bot.network import Network, reason

log = logging.getLogger(__name__)

TIMEOUT = 15  # seconds; well below the lease of the job that sends
HANDSHAKE = 5.0  # seconds between tries to reach Slack at start
PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
"""Slack's words, in an answer of status 200, for trouble of its own (docs.slack.dev, the errors of each method)."""

NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError)
"""No connection was made, or the proxy has made none."""

TOO_MANY = 429
"""The HTTP status of a call that may not leave yet."""

REFUSED = "Is it the token that the app's settings show today, and is the app installed with all its scopes?"

TOLERATED = timedelta(seconds=30)
"""So far our clock may be off Slack's before anybody hears of it."""

STEADY = 5.0
"""Seconds for which it has to be off: simulated time that jumps is heard of in two places a moment apart."""

UNHEARD = 30
"""Posts in a channel of which Slack brings none back, until they are taken for not subscribed to: ten processes that
share the deliveries miss so many in a row once in twenty times, two never."""

_APP_ID = re.compile(r"xapp-[0-9]+-(A[A-Z0-9]+)-")


class SlackTime:
    """Slack's own clock, which dates its messages, and how far `clock`, ours, is off it."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._heard = clock, HeardClock()
        self._since: float | None = None  # when it was first seen that ours is off
        self._logged = False

    def hear(self, headers: Mapping[str, str]) -> None:
        """An answer of Slack came just now."""
        self._heard.hear(headers.get("Date"))
        if abs(self._heard.ahead(self._clock.now())) <= TOLERATED:
            self._since, self._logged = None, False
        elif self._since is None:
            self._since = time.monotonic()
        if (off := self.off()) and not self._logged:
            self._logged = True
            log.warning("this machine's clock is off Slack's by %+.0f s: please set it", off.total_seconds())

    def now(self) -> datetime | None:
        """Slack's time, UTC, to a second; None while Slack has not told."""
        return self._heard.now()

    def skew(self) -> float | None:
        """Seconds by which our clock is ahead of Slack's; None while Slack has not told."""
        return None if self._heard.now() is None else -self._heard.ahead(self._clock.now()).total_seconds()

    def off(self) -> timedelta | None:
        """By how much our clock is ahead of Slack's, where that is too much to be well."""
        if self._since is None or time.monotonic() - self._since < STEADY:
            return None
        return -self._heard.ahead(self._clock.now())


@dataclass
class Hearing:
    """Whether what is written in channels is delivered: how often this process has posted in which, and of which it
    has heard. Only a process that `listens` can tell; where several do, each hears a share.
    """

    listens: bool = False
    posts: Counter[str] = field(default_factory=Counter)
    heard: set[str] = field(default_factory=set)

    def is_deaf(self, channel: str) -> bool:
        """Whether Slack has told nothing of that channel, not even of the bot's own posts there."""
        return self.listens and self.posts[channel] >= UNHEARD and channel not in self.heard


@dataclass(frozen=True)
class Identity:
    """Who the bot is in Slack. On an Enterprise Grid `enterprise_id` is the organisation; an app that is installed
    there as a whole (`is_org_wide`) may have no workspace of its own, and the organisation stands in its place.
    `scopes` are the app's, None where Slack does not tell; `url` is where the workspace's messages are.
    """

    team_id: str
    bot_id: str | None
    bot_user_id: str | None
    enterprise_id: str = ""
    is_org_wide: bool = False
    scopes: frozenset[str] | None = None
    url: str = ""


@dataclass(frozen=True)
class Connection:
    """A client, who it is in Slack, Slack's time, and how calls leave. `app` is our app's id, None where Slack did
    not tell. `hearing` is what comes of channels.
    """

    client: AsyncWebClient
    identity: Identity
    time: SlackTime
    app: str | None
    network: Network
    hearing: Hearing = field(default_factory=Hearing)

    @property
    def chat(self) -> str:
        """The address that opens the chat with the bot (docs.slack.dev/interactivity/deep-linking); "" where it isn't
        known: not without the app's id, nor to which of an organisation's workspaces people go."""
        known = self.app and not self.identity.is_org_wide
        return f"slack://app?team={self.identity.team_id}&id={self.app}&tab=messages" if known else ""

    @property
    def team(self) -> str:
        """The Slack workspace."""
        return self.identity.team_id


class TokenRefused(StartError):
    """Slack takes the token of this setting not; `code` is its word."""

    def __init__(self, setting: str, code: str) -> None:
        super().__init__(f"Slack refuses {setting}: {code}. {REFUSED}")
        self.code = code


@contextlib.asynccontextmanager
async def connected(
    token: str,
    api_url: str,
    clock: Clock,
    network: Network,
    app_token: str = "",
    tell: Tell = untold,
    *,
    waits: bool = True,
) -> AsyncIterator[Connection]:
    """The connection for as long as the block lasts. Waits for a Slack that can't be reached, or else raises
    Unreachable; raises TokenRefused.
    """
    async with http_session(network) as session:
        client = AsyncWebClient(
            token=token,
            base_url=api_url + "/",
            session=session,
            retry_handlers=[],  # the client's own would post twice when an answer is lost
        )
        client.proxy = network.proxy(api_url)  # where it is given none, it takes what the environment names
        slack_time = SlackTime(clock)
        identity = await (handshake(client, slack_time, tell) if waits else greet(client, slack_time))
        yield Connection(client, identity, slack_time, await _app(client, identity, app_token), network)


def http_session(network: Network) -> aiohttp.ClientSession:
    """What calls to Slack leave by. Their time limit stands here: the client keeps to none in a session of ours."""
    return aiohttp.ClientSession(
        trust_env=False,
        timeout=aiohttp.ClientTimeout(total=TIMEOUT),
        connector=aiohttp.TCPConnector(ssl=network.tls),
    )


async def call(client: AsyncWebClient, method: str, verb: str = "POST", /, **how: Any) -> AsyncSlackResponse:
    """One call. Raises SlackApiError for what is not ok (`told` reads it), Unreachable where no answer came that is
    Slack's: nothing, a page, half an object.
    """
    with traces.span(f"slack {method}", "client"):
        return await _called(client, method, verb, **how)


async def _called(client: AsyncWebClient, method: str, verb: str, /, **how: Any) -> AsyncSlackResponse:
    outcome = Call.AWAY
    try:
        answer: AsyncSlackResponse = await client.api_call(method, http_verb=verb, **how)
        outcome = Call.OK if answer.get("ok") is True else Call.AWAY
    except SlackApiError as error:
        outcome = Call.LIMITED if told(error)[0] == TOO_MANY else Call.REFUSED if refusal(error) else Call.AWAY
        raise
    except (TimeoutError, aiohttp.ClientError) as error:
        raise Unreachable(reason(error), is_over=isinstance(error, NEVER_SENT)) from error
    except (AttributeError, UnicodeDecodeError):  # how the client fails on what is no object
        raise Unreachable("no JSON object") from None
    finally:
        SLACK_CALLS.labels(method, outcome).inc()
        traces.tell(outcome=str(outcome))
    if outcome is not Call.OK:
        raise Unreachable("neither yes nor no")
    return answer


def told(error: SlackApiError) -> tuple[int, str, Mapping[str, str]]:
    """HTTP status, Slack's code, and headers of what was not ok. The code is "" where the answer is not Slack's."""
    answer = error.response  # the client's, or aiohttp's where the body could not be read
    status = getattr(answer, "status_code", 0) or getattr(answer, "status", 0)
    data = getattr(answer, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    return int(status), code if isinstance(code, str) else "", getattr(answer, "headers", {})


def hints(error: SlackApiError) -> tuple[str, ...]:
    """Where in what was sent Slack found fault, in its words: places and rules, and nothing that was sent."""
    data = getattr(error.response, "data", None)
    if not isinstance(data, dict):
        return ()
    more = data.get("response_metadata")
    lists = (more.get("messages") if isinstance(more, dict) else None, data.get("errors"))
    found = [each for told in lists if isinstance(told, list) for each in told if isinstance(each, str)]
    return tuple(each[:200] for each in dict.fromkeys(found))[:5]


def refusal(error: SlackApiError) -> str:
    """Slack's word for what it refuses for good; "" where it is only away, or asks to wait."""
    status, code, _ = told(error)
    return "" if status >= 500 or code in ("ratelimited", *PASSING) else code


async def handshake(client: AsyncWebClient, slack_time: SlackTime, tell: Tell = untold) -> Identity:
    """Who the bot is in Slack. Waits for a Slack that can't be reached; raises TokenRefused."""
    outages = Outages()
    while True:
        try:
            identity = await greet(client, slack_time)
        except Unreachable as error:
            outages.tell(log, "handshake", "Slack can't be reached: %s", error)
            tell("slack", str(error))
            await asyncio.sleep(HANDSHAKE)
        else:
            tell("slack", "")
            return identity


async def greet(client: AsyncWebClient, slack_time: SlackTime) -> Identity:
    """Who the bot is in Slack, asked once. Raises TokenRefused, Unreachable."""
    try:
        answer = await call(client, "auth.test")
    except SlackApiError as error:
        if code := refusal(error):
            raise TokenRefused("SLACK_BOT_TOKEN", code) from None
        raise Unreachable(told(error)[1] or f"HTTP {told(error)[0]}") from None
    slack_time.hear(answer.headers)
    if identity := _identity(answer):
        return identity
    raise Unreachable("auth.test names no workspace")


async def socket_url(client: AsyncWebClient, app_token: str) -> str:
    """Where to open a websocket; none is opened yet. Raises SlackApiError, Unreachable."""
    answer = await call(client, "apps.connections.open", headers={"Authorization": f"Bearer {app_token}"})
    url = answer.get("url")
    if not isinstance(url, str) or not url.startswith(("ws://", "wss://")):
        raise Unreachable("an answer without url")
    return url


def _identity(answer: AsyncSlackResponse) -> Identity | None:
    """What auth.test says (docs.slack.dev/reference/methods/auth.test); None where it names no workspace."""
    organisation = answer.get("enterprise_id")
    team = answer.get("team_id") or organisation
    if not isinstance(team, str):
        return None
    names = answer.get("bot_id"), answer.get("user_id"), organisation if isinstance(organisation, str) else ""
    url = answer.get("url")
    return Identity(
        team,
        *names,
        is_org_wide=answer.get("is_enterprise_install") is True,
        scopes=scopes(answer.headers),
        url=url if isinstance(url, str) and url.startswith("https://") and url.endswith("/") else "",
    )


def scopes(headers: Mapping[str, str]) -> frozenset[str] | None:
    """The app's, as a header of each answer names them (docs.slack.dev/authentication/tokens, X-OAuth-Scopes)."""
    told = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    return frozenset(each.strip() for each in told.split(",")) if told else None


async def _app(client: AsyncWebClient, identity: Identity, app_token: str) -> str | None:
    """The id of our app, as Slack tells it of our bot, else as it stands in the app-level token."""
    try:
        bot = (await call(client, "bots.info", "GET", params={"bot": identity.bot_id or ""})).get("bot")
        if isinstance(bot, Mapping) and isinstance(app := bot.get("app_id"), str) and app:
            return app
        why = "no app_id"
    except SlackApiError as error:
        why = told(error)[1] or "no answer of Slack's"
    except Unreachable as error:
        why = str(error)
    if found := _APP_ID.match(app_token):
        return found[1]
    log.warning("our app's id is unknown (%s): deliveries are told apart by the workspace alone", why)
    return None
