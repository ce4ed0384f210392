"""What Slack and Coze say now: each is asked what it takes, and nothing is changed."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

import httpx
from slack_sdk.errors import SlackApiError

from bot.clock import Clock, utc_now
from bot.configured import configured_of, in_force, network_of, owner_of
from bot.core.errors import StartError, Unreachable
from bot.core.preflight import Finding
from bot.coze.client import CozeClient, http_client
from bot.network import Network, reason
from bot.opened import counter_of, workspace_client_of
from bot.services.call_counter import CallCounter
from bot.services.owner import OwnerTokens, owner_tokens
from bot.services.preflight import wanted
from bot.services.preflight_checks import COZE, SECRET, Asked
from bot.services.setting import RunningSettings
from bot.services.workspace_client import WorkspaceClient
from bot.settings import Settings, revealed
from bot.slack.connection import Connection, TokenRefused, connected, refusal, socket_url, told
from bot.slack.people import Directory
from bot.slack.send import Sender
from bot.store.database import Database

from .line import Line, right, skipped, unknown, wrong

CONNECTING = 3.0  # seconds
CHECK_OF = {
    "admin_channel": "channel",
    "review_channel": "channel",
    "announce_channel": "channel",
    "app": "scopes",
    "admin_users": "admins",
    "deputy_users": "deputies",
    "groups": "groups",
    SECRET: "signing_secret",
    COZE: "coze",
}
"""The doctor's name of each check that compares settings."""

Skews = dict[str, float | None]
"""Seconds by which this machine's clock is ahead of somebody's; None while that one has not told."""


@dataclass
class Answers:
    """What they have said. `team` is the Slack workspace, "" where Slack has not told."""

    lines: list[Line] = field(default_factory=list)
    skews: Skews = field(default_factory=dict)
    team: str = ""


def lines_of(check: str, findings: list[Finding]) -> list[Line]:
    """What a check that compares settings has found."""
    if check == COZE and not any(each.setting for each in findings):
        return [right("coze", instead="coze_by_hand")]
    return [Line(CHECK_OF[check], each) for each in findings]


async def ask(settings: Settings, db: Database, clock: Clock, coze: CozeClient, *, is_usable: bool) -> Answers:
    """Ask all of them. What the calls to Coze cost is counted where the database `is_usable`."""
    answers = Answers()
    token, app_token = revealed(settings.slack_bot_token), revealed(settings.slack_app_token)
    url, network = settings.slack_api_url, network_of(settings)
    owner = _owner(settings, coze, answers)
    try:
        async with connected(token, url, clock, network, app_token, waits=False) as slack:
            answers.team = slack.team
            bot = slack.identity.bot_user_id or ""
            answers.lines.append(right("bot_token", bot=bot, team=slack.team))
            answers.lines += await _app_token(settings, slack)
            counter = counter_of(settings, db, clock, slack.team) if is_usable else None
            client = workspace_client_of(settings, coze, owner, counter)
            running = RunningSettings(db, clock, slack.team, partial(in_force, settings))
            if is_usable:
                await running.look()
            answers.lines += await _compared(settings, db, slack, running, client)
            await _close(counter)
            answers.skews["Slack"] = slack.time.skew()
    except TokenRefused as error:
        answers.lines.append(wrong("bot_token", "bot_token_refused", code=error.code))
    except Unreachable as error:
        answers.lines.append(wrong("bot_token", "slack_away", why=error, host=urlsplit(url).netloc))
    if not answers.team:
        answers.lines += skipped("app_token", "scopes", "channel", "admins", first="bot_token")
        answers.lines += await _coze_alone(settings, coze, owner)
    told = coze.clock.now() is not None
    answers.skews["coze"] = -coze.clock.ahead(utc_now()).total_seconds() if told else None
    return answers


def _owner(settings: Settings, coze: CozeClient, answers: Answers) -> OwnerTokens | None:
    try:
        return owner_tokens(coze.audience, owner_of(settings))
    except StartError as error:
        answers.lines.append(wrong("coze", "key_useless", "COZE_OWNER_KEY_FILE", said=error))
        return None


async def _close(counter: CallCounter | None) -> None:
    if counter:
        await counter.close()


async def _app_token(settings: Settings, slack: Connection) -> list[Line]:
    if settings.slack_transport != "socket":
        return []
    try:
        await socket_url(slack.client, revealed(settings.slack_app_token))
    except SlackApiError as error:
        code = refusal(error)
        if code:
            return [wrong("app_token", "app_token_refused", code=code)]
        return [_away("app_token", settings, told(error)[1] or f"HTTP {told(error)[0]}")]
    except Unreachable as error:
        return [_away("app_token", settings, str(error))]
    return [right("app_token")]


def _away(check: str, settings: Settings, why: str) -> Line:
    return wrong(check, "slack_away", why=why, host=urlsplit(settings.slack_api_url).netloc)


async def _compared(
    settings: Settings, db: Database, slack: Connection, running: RunningSettings, owner: WorkspaceClient | None
) -> list[Line]:
    """By the same checks as a start."""
    sender = Sender(db, slack)
    directory = Directory(sender, slack.identity, settings.work_zone, running.look, None)
    asked = Asked(running.configured(), directory, owner)
    found = [(check.name, await check.run(asked)) for check, _ in wanted(asked.configured)]
    return [line for check, findings in found if check != SECRET for line in lines_of(check, findings)]


async def _coze_alone(settings: Settings, coze: CozeClient, owner: OwnerTokens | None) -> list[Line]:
    """Where Slack says nothing Coze may; its calls are counted by nobody then."""
    client = workspace_client_of(settings, coze, owner, None)
    configured = configured_of(settings)
    (check,) = (check for check, _ in wanted(configured) if check.name == COZE)
    return lines_of(COZE, await check.run(Asked(configured, _Nobody(), client)))


class _Nobody(Directory):
    """Stands for a Slack that is asked nothing."""

    def __init__(self) -> None: ...


# The ways


def _ways(settings: Settings, network: Network) -> Iterator[tuple[str, str]]:
    """Whom calls go to, and the proxy that they take, "" for none."""
    for whom, url in (("Slack", settings.slack_api_url), ("Coze", settings.coze_base_url)):
        parts = urlsplit(network.proxy(url) or "")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        yield whom, f"{parts.hostname}:{port}" if parts.hostname else ""


async def proxy_lines(settings: Settings, *, online: bool) -> list[Line]:
    """By which way calls leave; `online` knocks at the proxies."""
    ways = dict(_ways(settings, network_of(settings)))
    if online:
        for proxy in sorted(set(ways.values()) - {""}):
            if why := await _closed(*proxy.rsplit(":", 1)):
                return [wrong("proxy", "proxy_dead", proxy=proxy, why=why)]
    if not any(ways.values()):
        return [right("proxy", instead="proxy_none")]
    return [right("proxy", ways=", ".join(f"{whom} → {proxy or '-'}" for whom, proxy in ways.items()))]


async def _closed(host: str, port: str) -> str:
    """Why it takes no connection; "" where it does."""
    try:
        async with asyncio.timeout(CONNECTING):
            _, writer = await asyncio.open_connection(host, int(port))
    except TimeoutError:
        return f"no answer within {CONNECTING:.0f} s"
    except OSError as error:
        return error.strerror or type(error).__name__
    writer.close()
    return ""


# The address


def _paths(settings: Settings) -> dict[str, int]:
    """What others reach at the bot's address, and how it answers who is nobody: with this HTTP status."""
    paths = {"/slack/events": 401} if settings.slack_transport == "http" else {}
    return paths | ({"/coze/callback": 401} if settings.coze_callback_token else {})


async def address_line(settings: Settings, *, online: bool) -> Line:
    """Whether PUBLIC_URL leads to the bot, as seen from here."""
    paths, url = _paths(settings), settings.public_url
    if url is None:
        return unknown("address", "address_untold") if paths else right("address", instead="address_needless")
    if not online:
        return unknown("address", "not_asked")
    host = urlsplit(url).netloc
    async with http_client(network_of(settings), url) as http:
        for path, wanted_status in {"/healthz": 200, **paths}.items():
            try:
                answer = await http.request("GET" if path == "/healthz" else "POST", url + path, content=b"{}")
            except httpx.HTTPError as error:
                return wrong("address", "address_silent", "PUBLIC_URL", host=host, why=reason(error))
            if answer.status_code != wanted_status or (path == "/healthz" and answer.text != "ok"):
                status = answer.status_code
                return wrong("address", "address_other", "PUBLIC_URL", host=host, path=path, status=status)
    return right("address", paths=", ".join(["/healthz", *paths]), host=host)
