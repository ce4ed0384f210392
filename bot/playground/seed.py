"""The cast, the channels and the apps of a fresh playground."""

import base64
import hashlib
import secrets
from pathlib import Path
from typing import Any

import yaml

from .slack.model import Channel, Json, Person, SlackApp, Transport, Workspace

_BOT, _TOP = Path(__file__).resolve().parents[1:3]
MANIFEST = next(path for path in (_BOT / "manifest.yml", _TOP / "manifest.yml") if path.exists())
ELSEWHERE = "T0ELSEWHERE"
ADMIN_GROUP = "S0ADMINS"
ADMINS, GENERAL, RANDOM = "C0ADMINS", "C0GENERAL", "C0RANDOM"
CREDENTIAL_KEYS = "playground:" + base64.b64encode(hashlib.sha256(b"playground").digest()).decode()
"""The same in each run, so that a bot's database outlives it. It guards nothing: tokens of here open nothing."""

EVENTS = (
    "app_home_opened",
    "app_mention",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "team_join",
    "user_change",
)
SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "usergroups:read",
    "users:read",
    "users:read.email",
)


def cast(team_id: str) -> list[Person]:
    """Everybody: two members, two admins, a guest, somebody from another workspace and somebody who has left."""
    shanghai, new_york = "Asia/Shanghai", "America/New_York"
    return [
        Person("mei", "U0MEI", "小美", "zh-CN", shanghai, team_id=team_id, face="梅"),
        Person("tom", "U0TOM", "Tom Baker", "en-US", new_york, team_id=team_id, face="T"),
        Person("lin", "U0LIN", "林经理", "zh-CN", shanghai, "admin", team_id=team_id, face="林"),
        Person("wang", "U0WANG", "王工", "zh-CN", shanghai, "admin", team_id=team_id, face="王"),
        Person(
            "guest", "U0GUEST", "访客小周", "zh-CN", shanghai, "guest", restricted=True, team_id=team_id, face="周"
        ),
        Person("stranger", "U0STRANGER", "Sam Stone", "en-US", new_york, "stranger", team_id=ELSEWHERE, face="S"),
        Person("gone", "U0GONE", "老郑", "zh-CN", shanghai, deleted=True, team_id=team_id, face="郑"),
    ]


def plant(workspace: Workspace) -> None:
    """Put the cast and the channels as they are at the start; installed apps stay."""
    workspace.clear()
    workspace.people = {person.handle: person for person in cast(workspace.team_id)}
    people = workspace.people
    bots = {app.bot_user for app in list(workspace.apps.values())[:1]}
    admins = {people["lin"].id, people["wang"].id}
    inside = {people[handle].id for handle in ("mei", "tom", "lin", "wang", "guest")}
    workspace.channels = {
        ADMINS: Channel(
            ADMINS, "admins", "private", admins | bots, topic={"zh": "接入审批", "en": "Access requests"}
        ),
        GENERAL: Channel(GENERAL, "general", "channel", inside | bots, topic={"zh": "公告", "en": "News"}),
        RANDOM: Channel(
            RANDOM,
            "random",
            "channel",
            inside | {people["stranger"].id},
            shared=True,
            topic={"zh": "闲聊", "en": "Small talk"},
        ),
    }
    workspace.usergroups = {ADMIN_GROUP: admins}
    workspace.group_names = {ADMIN_GROUP: "admins"}


def manifest() -> Json:
    """The project's own app manifest."""
    found: Json = yaml.safe_load(MANIFEST.read_text("utf-8"))
    return found


def simple_manifest(name: str, commands: list[str], scopes: list[str] | None = None) -> Json:
    """The manifest of an app with these slash commands, all events and, unless named, all scopes."""
    return {
        "features": {
            "app_home": {"home_tab_enabled": True},
            "bot_user": {"display_name": name},
            "slash_commands": [{"command": command, "description": command} for command in commands],
        },
        "oauth_config": {"scopes": {"bot": scopes if scopes is not None else list(SCOPES)}},
        "settings": {"event_subscriptions": {"bot_events": list(EVENTS)}},
    }


def app_from_manifest(source: Json, transport: Transport, events_url: str | None = None) -> SlackApp:
    """An installed app with fresh tokens. Ids follow from its name, so they are the same in every playground."""
    features: dict[str, Any] = source.get("features") or {}
    settings: dict[str, Any] = source.get("settings") or {}
    name = str((features.get("bot_user") or source.get("display_information") or {}).get("display_name") or "app")
    key = base64.b32encode(hashlib.sha256(name.encode()).digest())[:8].decode()
    return SlackApp(
        id=f"A0{key}",
        name=name,
        bot_id=f"B0{key}",
        bot_user=f"U0{key}",
        bot_token=f"xoxb-{secrets.randbelow(10**12):012d}-{secrets.token_hex(12)}",
        app_token=f"xapp-1-A0{key}-{secrets.token_hex(24)}",
        signing_secret=secrets.token_hex(16),
        transport=transport,
        events_url=events_url,
        scopes=set((source.get("oauth_config") or {}).get("scopes", {}).get("bot") or ()),
        commands=list(features.get("slash_commands") or ()),
        shortcuts=list(features.get("shortcuts") or ()),
        events=set((settings.get("event_subscriptions") or {}).get("bot_events") or ()),
        home_enabled=bool((features.get("app_home") or {}).get("home_tab_enabled")),
    )
