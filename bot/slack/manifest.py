"""The Slack app manifest: as data, for a bot behind HTTP, and as the link that creates the app."""

import copy
from pathlib import Path
from typing import Any
from urllib.parse import quote

_BOT, _TOP = Path(__file__).resolve().parents[1:3]
FILE = next(path for path in (_BOT / "manifest.yml", _TOP / "manifest.yml") if path.exists())
"""Beside the code in a package that was built, at the top of a checkout."""


def read() -> dict[str, Any]:
    """The manifest as data."""
    import yaml  # most starts never read it

    manifest: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return manifest


def read_scopes() -> list[str]:
    """What the bot asks for."""
    return [str(scope) for scope in read()["oauth_config"]["scopes"]["bot"]]


def over_http(manifest: dict[str, Any], host: str) -> dict[str, Any]:
    """The manifest for a bot that Slack reaches at `host` (https://…) instead of through Socket Mode."""
    manifest = copy.deepcopy(manifest)
    address = host.rstrip("/") + "/slack/events"
    manifest["settings"]["socket_mode_enabled"] = False
    for part in ("event_subscriptions", "interactivity"):
        manifest["settings"][part]["request_url"] = address
    manifest["settings"]["interactivity"]["message_menu_options_url"] = (
        address  # menus that offer while somebody types
    )
    for command in manifest["features"]["slash_commands"]:
        command["url"] = address
    return manifest


def link(manifest: dict[str, Any]) -> str:
    """The address that opens Slack's "create an app" dialog with `manifest` filled in.

    Source: docs.slack.dev, "Configuring apps with app manifests", sharing manifests.
    """
    import yaml

    # Flow style and no comments keep the address short enough for browsers, chats and QR codes.
    text = yaml.safe_dump(manifest, default_flow_style=True, allow_unicode=True, sort_keys=False, width=100_000)
    return "https://api.slack.com/apps?new_app=1&manifest_yaml=" + quote(text.strip(), safe="")
