"""Apps made from manifests, and the manifest of an app that has none."""

import base64
import hashlib
import secrets
from typing import Any

from ..world.chat import Json, SlackApp, Transport

EVENTS = (
    "app_home_opened",
    "app_mention",
    "channel_left",
    "group_left",
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
        scopes=_scopes((source.get("oauth_config") or {}).get("scopes") or {}),
        commands=list(features.get("slash_commands") or ()),
        shortcuts=list(features.get("shortcuts") or ()),
        events=set((settings.get("event_subscriptions") or {}).get("bot_events") or ()),
        home_enabled=bool((features.get("app_home") or {}).get("home_tab_enabled")),
    )


def _scopes(wanted: dict[str, Any]) -> set[str]:
    """Who installs it here grants the optional ones too."""
    return {*(wanted.get("bot") or ()), *(wanted.get("bot_optional") or ())}
