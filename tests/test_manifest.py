"""The app manifest keeps Slack's rules, and the link that creates the app carries all of it.

Lengths and characters: slackapi/manifest-schema, schemas/manifest.schema.2.0.0.json, and what Slack's server adds.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from bot.slack import manifest
from bot.texts.commands import commands

ROOT = Path(__file__).resolve().parent.parent

# Event → the scope without which Slack doesn't send it (None: needs none).
EVENTS: dict[str, str | None] = {
    "app_home_opened": None,
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "app_mention": "app_mentions:read",
    "team_join": "users:read",
    "user_change": "users:read",
    "tokens_revoked": None,
    "app_uninstalled": None,
    "channel_left": "channels:read",
    "group_left": "groups:read",
    "member_joined_channel": "channels:read",
}
KEYS = {
    "": {"_metadata", "display_information", "features", "oauth_config", "settings"},
    "_metadata": {"major_version", "minor_version"},
    "display_information": {"name", "description", "background_color"},
    "features": {"app_home", "bot_user", "shortcuts", "slash_commands"},
    "oauth_config": {"scopes"},
    "settings": {
        "event_subscriptions",
        "interactivity",
        "org_deploy_enabled",
        "socket_mode_enabled",
        "token_rotation_enabled",
    },
}


@pytest.fixture(scope="module")
def app() -> dict[str, Any]:
    return manifest.read()


def bilingual(text: str) -> bool:
    return bool(re.search(r"[\u4e00-\u9fff]", text) and re.search(r"[A-Za-z]{3}", text))


def test_only_known_keys(app: dict[str, Any]) -> None:
    """Slack refuses unknown ones."""
    for path, allowed in KEYS.items():
        assert set(app[path] if path else app) == allowed, path


def test_display_information(app: dict[str, Any]) -> None:
    shown = app["display_information"]
    assert 1 <= len(shown["name"]) <= 35
    assert 1 <= len(shown["description"]) <= 140
    assert bilingual(shown["description"])
    assert re.fullmatch(r"#([0-9A-Fa-f]{3}){1,2}", shown["background_color"])


def test_people_can_write_to_the_bot(app: dict[str, Any]) -> None:
    features = app["features"]
    assert features["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }
    assert re.fullmatch(r"[a-z0-9._-]{1,80}", features["bot_user"]["display_name"])


def test_the_one_command(app: dict[str, Any]) -> None:
    (command,) = app["features"]["slash_commands"]
    assert re.fullmatch(r"/[a-z0-9_-]{1,31}", command["command"])
    assert bilingual(command["description"])
    assert len(command["description"]) <= 2000
    assert 1 <= len(command["usage_hint"]) <= 1000
    assert command["should_escape"] is True  # mentions arrive as IDs
    assert "url" not in command  # with Socket Mode Slack sends nothing to addresses


def test_shortcuts_do_what_a_command_does(app: dict[str, Any]) -> None:
    for shortcut in app["features"]["shortcuts"]:
        assert shortcut["type"] == "global"
        assert 1 <= len(shortcut["name"]) <= 24
        assert bilingual(shortcut["name"])
        assert len(shortcut["description"]) <= 150
        verb = shortcut["callback_id"].removeprefix("command.")
        assert verb in {text.verb for text in commands()}


def test_each_event_has_its_scope(app: dict[str, Any]) -> None:
    scopes, events = app["oauth_config"]["scopes"], app["settings"]["event_subscriptions"]
    assert scopes.keys() == {"bot", "bot_optional"}
    assert scopes["bot_optional"] == [
        "files:read",
        "files:write",
    ]  # the bot works without
    assert set(events) == {"bot_events"}
    assert set(events["bot_events"]) == set(EVENTS)
    assert {scope for scope in EVENTS.values() if scope} <= set(scopes["bot"])


@pytest.mark.parametrize("kind", ["scopes", "events"])
def test_nothing_is_named_twice(app: dict[str, Any], kind: str) -> None:
    names = (
        app["oauth_config"]["scopes"]["bot"]
        if kind == "scopes"
        else app["settings"]["event_subscriptions"]["bot_events"]
    )
    assert len(names) == len(set(names)) <= 100
    assert all(re.fullmatch(r"[a-z_]+([.:][a-z_.]+)*", name) for name in names)


def test_socket_mode_and_buttons_are_on(app: dict[str, Any]) -> None:
    assert app["settings"]["socket_mode_enabled"] is True
    assert app["settings"]["interactivity"] == {"is_enabled": True}
    assert app["settings"]["token_rotation_enabled"] is False


def run(*options: str) -> str:
    command = [sys.executable, "-m", "bot", "manifest", *options]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)  # noqa: S603
    assert answer.stderr == ""
    return answer.stdout


def test_printed_forms_say_the_same(app: dict[str, Any]) -> None:
    assert yaml.safe_load(run()) == app
    assert json.loads(run("--json")) == app


def test_link_carries_the_whole_manifest(app: dict[str, Any]) -> None:
    link = run("--link").strip()
    parts = urlsplit(link)
    query = parse_qs(parts.query, strict_parsing=True)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "api.slack.com", "/apps")
    assert query["new_app"] == ["1"]
    assert yaml.safe_load(query["manifest_yaml"][0]) == app
    assert len(link) < 4000


def test_over_http_every_address_leads_to_the_door(app: dict[str, Any]) -> None:
    there = manifest.over_http(app, "https://bot.example.com/")
    address = "https://bot.example.com/slack/events"
    assert not there["settings"]["socket_mode_enabled"]
    assert there["settings"]["interactivity"]["request_url"] == address
    assert there["settings"]["event_subscriptions"]["request_url"] == address
    assert [command["url"] for command in there["features"]["slash_commands"]] == [address]
    assert app["settings"]["socket_mode_enabled"]
