"""`python3 -m bot manifest`: the Slack app manifest, for people, for the Slack CLI and as a link."""

import argparse
import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

_HERE = Path(__file__).resolve().parent
FILE = next(path for path in (_HERE / "manifest.yml", _HERE.parent / "manifest.yml") if path.exists())
"""Beside the code in a package that was built, at the top of a checkout."""


def read() -> dict[str, Any]:
    """The manifest as data."""
    manifest: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return manifest


def over_http(manifest: dict[str, Any], host: str) -> dict[str, Any]:
    """The manifest for a bot that Slack reaches at `host` (https://…) instead of through Socket Mode."""
    manifest = copy.deepcopy(manifest)
    address = host.rstrip("/") + "/slack/events"
    manifest["settings"]["socket_mode_enabled"] = False
    for part in ("event_subscriptions", "interactivity"):
        manifest["settings"][part]["request_url"] = address
    for command in manifest["features"]["slash_commands"]:
        command["url"] = address
    return manifest


def link(manifest: dict[str, Any]) -> str:
    """The address that opens Slack's "create an app" dialog with `manifest` filled in.

    Source: docs.slack.dev, "Configuring apps with app manifests", sharing manifests.
    """
    # Flow style and no comments keep the address short enough for browsers, chats and QR codes.
    text = yaml.safe_dump(manifest, default_flow_style=True, allow_unicode=True, sort_keys=False, width=100_000)
    return "https://api.slack.com/apps?new_app=1&manifest_yaml=" + quote(text.strip(), safe="")


def main(argv: Sequence[str]) -> int:
    """Print the manifest in the form the options ask for."""
    parser = argparse.ArgumentParser(prog="python3 -m bot manifest", description="Print the Slack app manifest.")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as JSON, which the Slack CLI reads")
    form.add_argument("--link", action="store_true", help="the address that creates the app from it")
    parser.add_argument("--http", metavar="URL", help="for SLACK_TRANSPORT=http: the bot's address, https://…")
    options = parser.parse_args(argv)
    manifest = over_http(read(), options.http) if options.http else read()
    if options.json:
        print(json.dumps(manifest, ensure_ascii=False, indent=2))
    elif options.link:
        print(link(manifest))
    elif options.http:
        print(yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False).rstrip())
    else:
        print(FILE.read_text("utf-8").rstrip())
    return 0
