"""The checks that compare the settings with what Slack and Coze say: each asks read-only and
names the sentence and the remedy, which stand in `texts/preflight.py`. The log, Home and a command show the same.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.errors import SlackRefused, Unreachable
from bot.core.people import Standing
from bot.core.preflight import NOT_TOLD, SILENT, Finding, Verdict
from bot.coze.answers import Workspace
from bot.coze.errors import (
    BadRequest,
    CozeError,
    CozeNotFound,
    IncorrectToken,
    InvalidToken,
    MissingPermission,
    NotAuthorised,
    WrongAssertion,
)

from .workspace_client import WorkspaceClient

OFFICIAL = frozenset(
    map(str, [999, 1024, 10000010, 10000011, *range(10000113, 10000129)]),
)
"""Coze's own channels (coze.cn/open/docs/developer_guides/publish_bot)."""

NO_GROUPS = frozenset({"plan_upgrade_required", "paid_teams_only"})
NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found"})


@dataclass(frozen=True)
class Configured:
    """The settings that are compared. What is not set is empty. `owner` and `secret` are keyed fingerprints of the
    credential on Coze and of the signing secret, which is only needed over HTTP; `host` and `other` are the addresses
    of the Coze in use and of the other one.
    """

    admin_channel: str = ""
    review_channel: str = ""
    announce_channel: str = ""
    admin_users: tuple[str, ...] = ()
    admin_group: str = ""
    backup_admin_group: str = ""
    deputy_users: tuple[str, ...] = ()
    secret: str = ""
    owner: str = ""
    is_app: bool = False
    workspace: str = ""
    connector: str = ""
    host: str = ""
    other: str = ""

    @property
    def credential(self) -> str:
        """The setting that holds the credential on Coze."""
        return "COZE_OWNER_APP_ID" if self.is_app else "COZE_OWNER_TOKEN"


class SlackFacts(Protocol):
    """What Slack is asked. All raise SlackRefused, Unreachable."""

    async def channel(self, channel_id: str) -> tuple[bool, bool]:
        """Whether the bot is in it, and whether it is archived."""

    def missing_scopes(self) -> list[str]:
        """What the app was not installed with."""

    def is_deaf(self, channel_id: str) -> bool:
        """Whether nothing that is written in the channel comes here."""

    async def standing(self, user_id: str) -> Standing:
        """What somebody is in the workspace."""

    async def group(self, group_id: str) -> Collection[str]:
        """The members of a user group."""


@dataclass(frozen=True)
class Asked:
    """Whom the checks ask; `owner` is None where the bot has no credential on Coze."""

    configured: Configured
    slack: SlackFacts
    owner: WorkspaceClient | None


@dataclass(frozen=True)
class Check:
    """One check. `asks` is what it calls, for people; `inputs` picks the settings that its answer is about. What
    `costs` calls of the operator's is asked seldom.
    """

    name: str
    asks: str
    inputs: Callable[[Configured], Sequence[str]]
    run: Callable[[Asked], Awaitable[list[Finding]]]
    costs: int = 0


def _silent(setting: str, who: str) -> Finding:
    return Finding(setting, Verdict.UNKNOWN, SILENT, {"who": who})


def _untold(setting: str, who: str, code: str) -> Finding:
    return Finding(setting, Verdict.UNKNOWN, NOT_TOLD, {"who": who, "code": code})


def _wrong(setting: str, problem: str, **values: object) -> Finding:
    return Finding(setting, Verdict.WRONG, problem, {name: str(value) for name, value in values.items()})


def _right(setting: str) -> Finding:
    return Finding(setting, Verdict.RIGHT)


# Slack


async def _channel(asked: Asked) -> list[Finding]:
    return await _posts_to(asked, "ADMIN_CHANNEL", asked.configured.admin_channel)


async def _review_channel(asked: Asked) -> list[Finding]:
    return await _posts_to(asked, "REVIEW_CHANNEL", asked.configured.review_channel)


async def _announce_channel(asked: Asked) -> list[Finding]:
    return await _posts_to(asked, "ANNOUNCE_CHANNEL", asked.configured.announce_channel)


async def _posts_to(asked: Asked, setting: str, channel: str) -> list[Finding]:
    """Whether the bot can post there."""
    try:
        is_member, is_archived = await asked.slack.channel(channel)
    except SlackRefused as error:
        if error.code == "channel_not_found":
            return [_wrong(setting, "channel_unknown", id=channel)]
        return [_untold(setting, "Slack", error.code)]
    except Unreachable:
        return [_silent(setting, "Slack")]
    if is_archived:
        return [_wrong(setting, "channel_archived", id=channel)]
    return [_right(setting) if is_member else _wrong(setting, "channel_outside", id=channel)]


async def _app(asked: Asked) -> list[Finding]:
    """What the app lacks since its manifest has changed; user groups say themselves what they miss."""
    channel, missing = asked.configured.admin_channel, asked.slack.missing_scopes()
    found = [_wrong("SLACK_BOT_TOKEN", "scope_missing", scope=each) for each in missing if each != "usergroups:read"]
    if asked.slack.is_deaf(channel):
        found.append(_wrong("ADMIN_CHANNEL", "channel_unheard", id=channel))
    return found or [_right("SLACK_BOT_TOKEN")]


async def _people(asked: Asked) -> list[Finding]:
    return await _named(asked, "ADMIN_USERS", asked.configured.admin_users)


async def _deputies(asked: Asked) -> list[Finding]:
    return await _named(asked, "DEPUTY_USERS", asked.configured.deputy_users)


async def _named(asked: Asked, setting: str, user_ids: Sequence[str]) -> list[Finding]:
    """Whoever is wrong, each by themselves; else one line."""
    found = [await _person(asked, setting, user_id) for user_id in user_ids]
    return [each for each in found if each.verdict is not Verdict.RIGHT] or found[:1]


async def _person(asked: Asked, setting: str, user_id: str) -> Finding:
    try:
        standing = await asked.slack.standing(user_id)
    except SlackRefused as error:
        if error.code in NOBODY:
            return _wrong(setting, "person_unknown", id=user_id)
        return _untold(setting, "Slack", error.code)
    except Unreachable:
        return _silent(setting, "Slack")
    if standing is Standing.MEMBER:
        return _right(setting)
    return _wrong(setting, f"person_{standing}", id=user_id)


async def _groups(asked: Asked) -> list[Finding]:
    groups = {
        "ADMIN_GROUP": asked.configured.admin_group,
        "BACKUP_ADMIN_GROUP": asked.configured.backup_admin_group,
    }
    return [await _group(asked, setting, group) for setting, group in groups.items() if group]


async def _group(asked: Asked, setting: str, group: str) -> Finding:
    try:
        members = await asked.slack.group(group)
    except SlackRefused as error:
        if error.code in NO_GROUPS:
            return _wrong(setting, "group_plan", id=group)
        if error.code == "no_such_subteam":
            return _wrong(setting, "group_unknown", id=group)
        return _untold(setting, "Slack", error.code)
    except Unreachable:
        return _silent(setting, "Slack")
    return _right(setting) if members else _wrong(setting, "group_empty", id=group)


# Coze

WORKSPACE, CONNECTOR = "COZE_WORKSPACE_ID", "COZE_CONNECTOR_ID"


async def _coze(asked: Asked) -> list[Finding]:
    """Two calls: which workspaces the credential sees, and what is online on the channel in ours."""
    configured, owner = asked.configured, asked.owner
    obvious = _obvious(configured)
    if owner is None:
        return obvious
    spaces: list[Workspace] | None = None
    try:
        spaces = await owner.workspaces()
    except (InvalidToken, NotAuthorised, WrongAssertion) as error:
        return [_refused(configured, error), *obvious]
    except MissingPermission as error:
        lacks = [_wrong(configured.credential, "key_missing", key=error.key or "listWorkspace")]
    except CozeError as error:
        return [_no_answer(setting, error) for setting in _settings(configured)]
    else:
        lacks = []
    if swapped := _swapped(configured, spaces or []):
        return [_right(configured.credential), swapped]
    try:
        online: int | CozeError = await owner.online()
    except CozeError as error:
        online = error
    found = [*lacks, _workspace(configured, spaces, online), *(obvious or _connector(configured, online))]
    is_told = any(each.setting == configured.credential for each in found)
    return found if is_told else [_right(configured.credential), *found]


def _settings(configured: Configured) -> list[str]:
    return [configured.credential, WORKSPACE, *([CONNECTOR] if configured.connector else [])]


def _no_answer(setting: str, error: CozeError) -> Finding:
    return _silent(setting, "Coze") if error.retry else _untold(setting, "Coze", str(error.code))


def _obvious(configured: Configured) -> list[Finding]:
    """What needs no asking."""
    if configured.connector in OFFICIAL:
        return [_wrong(CONNECTOR, "connector_official", id=configured.connector)]
    return []


def _refused(configured: Configured, error: CozeError) -> Finding:
    hosts = {"host": configured.host, "other": configured.other}
    if configured.is_app:
        return _wrong(configured.credential, "app_refused", code=error.code, host=configured.host)
    if isinstance(error, IncorrectToken):
        return _wrong(f"{configured.credential}, COZE_BASE_URL", "token_foreign", **hosts)
    return _wrong(configured.credential, "token_refused", **hosts)


def _swapped(configured: Configured, spaces: Sequence[Workspace]) -> Finding | None:
    seen = {space.id for space in spaces}
    if configured.connector not in seen:
        return None
    return _wrong(f"{WORKSPACE}, {CONNECTOR}", "swapped", id=configured.connector)


def _workspace(configured: Configured, spaces: Sequence[Workspace] | None, online: int | CozeError) -> Finding:
    """By the list of workspaces, where there is one; else by whether its agents may be listed."""
    number = configured.workspace
    ours = next((space for space in spaces or [] if space.id == number), None)
    if ours and ours.role == "member":
        return _wrong(configured.credential, "not_owner", id=number)
    if isinstance(online, MissingPermission) and "connector" not in str(online):
        if ours is None and spaces is not None:
            return _wrong(WORKSPACE, "workspace_unseen", id=number, count=len(spaces))
        return _wrong(WORKSPACE, "workspace_closed", id=number, key=online.key or "listBot")
    if ours or not isinstance(online, CozeError) or isinstance(online, BadRequest | CozeNotFound):
        return _right(WORKSPACE)
    return _no_answer(WORKSPACE, online)


def _connector(configured: Configured, online: int | CozeError) -> list[Finding]:
    number = configured.connector
    if not number:
        return []
    if isinstance(online, BadRequest | CozeNotFound):
        return [_wrong(CONNECTOR, "connector_unknown", id=number, code=online.code)]
    if isinstance(online, MissingPermission):
        if "connector" in str(online):
            return [_wrong(CONNECTOR, "connector_outside", id=number)]
        return [_untold(CONNECTOR, "Coze", str(online.code))]
    if isinstance(online, CozeError):
        return [_no_answer(CONNECTOR, online)]
    if online:
        return [_right(CONNECTOR)]
    return [Finding(CONNECTOR, Verdict.UNKNOWN, "connector_unseen", {"id": number})]


COZE = "coze"
SECRET = "signing_secret"  # noqa: S105 (a name)


async def _secret(_: Asked) -> list[Finding]:
    """Nobody can be asked: what was delivered shows it (`Preflight.deliveries`)."""
    return [Finding("SLACK_SIGNING_SECRET", Verdict.UNKNOWN, "secret_unseen")]


CHECKS: Sequence[Check] = (
    Check("admin_channel", "conversations.info", lambda all_: [all_.admin_channel], _channel),
    Check("review_channel", "conversations.info", lambda all_: [all_.review_channel], _review_channel),
    Check("announce_channel", "conversations.info", lambda all_: [all_.announce_channel], _announce_channel),
    Check("app", "auth.test", lambda all_: [all_.admin_channel], _app),
    Check("admin_users", "users.info", lambda all_: all_.admin_users, _people),
    Check("deputy_users", "users.info", lambda all_: all_.deputy_users, _deputies),
    Check("groups", "usergroups.users.list", lambda all_: [all_.admin_group, all_.backup_admin_group], _groups),
    Check(SECRET, "", lambda all_: [all_.secret] if all_.secret else [], _secret),
    Check(
        COZE,
        "GET /v1/workspaces, GET /v1/bots",
        lambda all_: [all_.host, all_.owner, all_.workspace, all_.connector],
        _coze,
        costs=2,
    ),
)
"""All of them. One whose settings are all empty is left out."""
