"""A reader in a small workspace, for tests that draw without a browser."""

from datetime import UTC, datetime

import htpy
from htpy import Node

from bot.demo.cast import fill_chat
from bot.playground.page.reader import Reader
from bot.playground.slack.manifests import app_from_manifest
from bot.playground.world import World

from . import deskapp

NOON = datetime(2026, 12, 3, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai, 23:00 the day before in New York


def reader(who: str = "mei") -> Reader:
    """Somebody of the cast at noon of 3 December 2026, Shanghai time."""
    workspace = World().chat
    app = app_from_manifest(deskapp.MANIFEST, "socket")
    workspace.apps[app.id] = app
    fill_chat(workspace)
    return Reader(workspace, workspace.people[who], NOON)


def html(node: Node) -> str:
    """What the browser gets for a node."""
    return str(htpy.fragment[node])
