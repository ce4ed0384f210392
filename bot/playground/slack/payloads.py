"""The objects that Slack sends: messages, channels, commands, interactions and events.

Fields as in the samples of slackapi/bolt-js and slackapi/java-slack-sdk, and docs.slack.dev/interactivity.
"""

import html
import re
import time
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import PurePath
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name

from ..multipart import media_type
from ..world.chat import GRID, GRID_HOME, Channel, File, Json, Message, Person, SlackApp, View
from ..world.workspace import Workspace
from .forms import fresh_state, inputs

DOMAIN = "playground"
VERIFICATION_TOKEN = "playground-verification-token"  # noqa: S105 - long deprecated; requests are signed


def message(workspace: Workspace, message: Message, *, metadata: bool = False) -> Json:
    """A message as the Web API and payloads show it."""
    app = workspace.apps.get(message.app_id) if message.app_id else None
    shown: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": workspace.team_id,
    }
    if app:
        shown |= {"bot_id": app.bot_id, "app_id": app.id}
    if message.subtype:
        shown["subtype"] = message.subtype
    if message.blocks:
        shown["blocks"] = message.blocks
    if message.attachments:
        shown["attachments"] = message.attachments
    if message.files:
        shown["files"] = [file(workspace, workspace.files[name]) for name in message.files if name in workspace.files]
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
        root = workspace.message(message.channel, message.thread_ts)
        if root is not None and root.ts != message.ts:
            shown["parent_user_id"] = root.user
    if message.edited:
        shown["edited"] = {"user": message.user, "ts": message.ts}
    if metadata and message.metadata:
        shown["metadata"] = message.metadata
    return shown


def channel(workspace: Workspace, app: SlackApp, channel: Channel) -> Json:
    """A channel as conversations.info shows it."""
    common = {
        "id": channel.id,
        "is_im": channel.kind == "im",
        "is_archived": channel.archived,
        "created": 1_700_000_000,
    }
    if channel.kind == "im":
        return common | {"user": next(iter(channel.members)), "is_open": True}
    return common | {
        "name": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_private": channel.kind == "private",
        "is_member": app.bot_user in channel.members,
        "is_ext_shared": channel.shared,
        "num_members": len(channel.members),
        "context_team_id": workspace.team_id,
    }


# Files


def file(workspace: Workspace, file: File) -> Json:
    """A file as Slack describes it."""
    places: dict[str, list[str]] = {"channel": [], "private": [], "im": []}
    for channel in file.channels:
        places[workspace.channels[channel].kind].append(channel)
    extension = PurePath(file.name).suffix.removeprefix(".").lower()
    address = f"{workspace.base_url}files/{file.id}/{quote(file.name)}"
    return {
        "id": file.id,
        "created": int(file.created),
        "timestamp": int(file.created),
        "name": file.name,
        "title": file.title,
        "mimetype": media_type(file.name),
        "filetype": extension or "binary",
        "pretty_type": extension.upper() or "Binary",
        "user": file.user,
        "user_team": workspace.team_id,
        "editable": False,
        "size": len(file.content or b""),
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(places["channel"]),
        "url_private": address,
        "url_private_download": address,
        "permalink": f"https://playground.slack.com/files/{file.user}/{file.id}",
        "channels": places["channel"],
        "groups": places["private"],
        "ims": places["im"],
        "file_access": "visible",
    }


# People


@lru_cache
def _zone_label(zone: str, *, summer: bool) -> str:
    return get_timezone_name(ZoneInfo(zone), zone_variant="daylight" if summer else "standard", locale="en_US")


def user(workspace: Workspace, app: SlackApp, person: Person, *, locale: bool = False) -> Json:
    """A person as Slack describes people."""
    now = datetime.fromtimestamp(workspace.now(), ZoneInfo(person.tz))
    offset = now.utcoffset()
    profile = {"real_name": person.name, "display_name": person.name, "team": person.home}
    if "users:read.email" in app.scopes:
        profile["email"] = email(person)
    own = person.team_id == workspace.team_id
    shown = {
        "id": person.id,
        "team_id": person.home,
        "name": person.handle,
        "deleted": person.deleted,
        "real_name": person.name,
        "tz": person.tz,
        "tz_label": _zone_label(person.tz, summer=bool(now.dst())),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile,
        "is_admin": person.role == "admin",
        "is_owner": False,
        "is_bot": person.bot,
        "is_app_user": False,
        "is_restricted": person.restricted,
        "is_ultra_restricted": False,
        "is_stranger": not own,
        "updated": person.updated,
        **({"locale": person.locale} if locale else {}),
        **({"enterprise_user": _of_grid(workspace, person)} if person.grid else {}),
    }
    otherwise = person.told.get("profile")
    return {**shown, **person.told, **({"profile": profile | otherwise} if isinstance(otherwise, dict) else {})}


def _of_grid(workspace: Workspace, person: Person) -> Json:
    """What an Enterprise Grid adds to a person (docs.slack.dev/reference/objects/user-object)."""
    named = {"id": person.id, "enterprise_id": workspace.enterprise_id or GRID, "enterprise_name": "Grid"}
    return named | {"is_admin": False, "is_owner": False, "teams": [GRID_HOME, person.team_id]}


def email(person: Person) -> str:
    return f"{person.handle}@playground.example"


# Commands and interactions


def _common(workspace: Workspace, app: SlackApp, person: Person) -> Json:
    org = workspace.enterprise_id
    team = {"id": workspace.team_id, "domain": DOMAIN} | ({"enterprise_id": org} if org else {})
    return {
        "token": VERIFICATION_TOKEN,
        "api_app_id": app.id,
        "team": None if workspace.is_org_wide else team,
        "user": {"id": person.id, "username": person.handle, "name": person.handle, "team_id": person.home},
        "enterprise": {"id": org, "name": "Grid"} if org else None,
        "is_enterprise_install": workspace.is_org_wide,
    }


def _trigger(workspace: Workspace, app: SlackApp, person: Person) -> Json:
    return {"trigger_id": workspace.triggers.issue(app.id, person.id)}


def response_url(workspace: Workspace, app: SlackApp, person: Person, channel: Channel, ts: str | None = None) -> str:
    """A new address under which the app may answer."""
    secret = workspace.response_urls.issue(app.id, person.id, channel.id, ts)
    return f"{workspace.base_url}response/{workspace.team_id}/{secret}"


def command(workspace: Workspace, app: SlackApp, person: Person, channel: Channel, words: tuple[str, str]) -> Json:
    """A slash command, `words` being the command and the rest of the line. All values are strings."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.kind == "im" else channel.name,
        "user_id": person.id,
        "user_name": person.handle,
        "command": words[0],
        "text": words[1],
        "api_app_id": app.id,
        "is_enterprise_install": str(workspace.is_org_wide).lower(),
        **({"enterprise_id": workspace.enterprise_id, "enterprise_name": "Grid"} if workspace.enterprise_id else {}),
        "response_url": response_url(workspace, app, person, channel),
        **_trigger(workspace, app, person),
    }


def _source(workspace: Workspace, source: Message | View) -> Json:
    """Where something was pressed."""
    if isinstance(source, View):
        return {"container": {"type": "view", "view_id": source.id}, "view": source.payload}
    channel = workspace.channels[source.channel]
    container: Json = {
        "type": "message",
        "message_ts": source.ts,
        "channel_id": source.channel,
        "is_ephemeral": source.only_for is not None,
    }
    if source.thread_ts:
        container["thread_ts"] = source.thread_ts
    found: Json = {
        "container": container,
        "channel": {"id": channel.id, "name": "directmessage" if channel.kind == "im" else channel.name},
        "state": fresh_state(source.drawn, {"values": source.state}),
    }
    if source.only_for is None:  # an ephemeral message is not in the payload
        found["message"] = message(workspace, source, metadata=True)
    return found


def block_actions(workspace: Workspace, app: SlackApp, person: Person, source: Message | View, action: Json) -> Json:
    """Something was pressed or picked in a message, a modal or on the Home tab."""
    payload = {"type": "block_actions", **_common(workspace, app, person), **_trigger(workspace, app, person)}
    payload |= _source(workspace, source) | {"actions": [action | {"action_ts": workspace.new_ts()}]}
    if isinstance(source, Message):
        channel = workspace.channels[source.channel]
        payload["response_url"] = response_url(workspace, app, person, channel, source.ts)
    return payload


def block_suggestion(
    workspace: Workspace, app: SlackApp, person: Person, source: Message | View, ids: tuple[str, str], typed: str
) -> Json:
    """Somebody types into a menu whose options the app gives. `ids`: block and action."""
    payload = {"type": "block_suggestion", **_common(workspace, app, person), **_source(workspace, source)}
    return payload | {"block_id": ids[0], "action_id": ids[1], "value": typed}


def view_submission(workspace: Workspace, app: SlackApp, person: Person, view: View) -> Json:
    """A modal was sent off."""
    payload = {"type": "view_submission", **_common(workspace, app, person), **_trigger(workspace, app, person)}
    return payload | {"view": view.payload, "response_urls": list(_response_urls(workspace, app, person, view))}


def _response_urls(workspace: Workspace, app: SlackApp, person: Person, view: View) -> Iterator[Json]:
    """For each channel that was picked in a menu with `response_url_enabled`: where the app may answer there."""
    for each in inputs(view.payload["blocks"]):
        block_id, action_id = each.block["block_id"], each.element["action_id"]
        entry = view.payload["state"]["values"][block_id][action_id]
        channel = entry.get("selected_conversation") or entry.get("selected_channel")
        if channel and each.element.get("response_url_enabled"):
            url = response_url(workspace, app, person, workspace.channels[channel])
            yield {"block_id": block_id, "action_id": action_id, "channel_id": channel, "response_url": url}


def view_closed(workspace: Workspace, app: SlackApp, person: Person, view: View, *, cleared: bool) -> Json:
    """A modal was closed without sending it."""
    payload = {"type": "view_closed", **_common(workspace, app, person)}
    return payload | {"view": view.payload, "is_cleared": cleared}


def shortcut(workspace: Workspace, app: SlackApp, person: Person, callback_id: str) -> Json:
    """A global shortcut was run."""
    payload = {"type": "shortcut", **_common(workspace, app, person), **_trigger(workspace, app, person)}
    return payload | {"callback_id": callback_id, "action_ts": workspace.new_ts()}


def message_action(workspace: Workspace, app: SlackApp, person: Person, source: Message, callback_id: str) -> Json:
    """A shortcut was run on a message."""
    channel = workspace.channels[source.channel]
    payload = {"type": "message_action", **_common(workspace, app, person), **_trigger(workspace, app, person)}
    return payload | {
        "callback_id": callback_id,
        "action_ts": workspace.new_ts(),
        "message_ts": source.ts,
        "message": message(workspace, source),
        "channel": {"id": channel.id, "name": "directmessage" if channel.kind == "im" else channel.name},
        "response_url": response_url(workspace, app, person, channel),
    }


# Events


def envelope(workspace: Workspace, app: SlackApp, event: Json) -> Json:
    """What an event is wrapped into."""
    shared = workspace.channels.get(str(event.get("channel")))
    org, team = workspace.enterprise_id, None if workspace.is_org_wide else workspace.team_id
    bot = {"enterprise_id": org or None, "team_id": team, "user_id": app.bot_user}
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        **({"enterprise_id": org} if org else {}),
        "api_app_id": app.id,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{next(workspace.numbers):010d}",
        "event_time": int(workspace.now()),
        "event_context": f"EC{next(workspace.numbers):010d}",
        "is_ext_shared_channel": bool(shared and shared.shared),
        "authorizations": [bot | {"is_bot": True, "is_enterprise_install": workspace.is_org_wide}],
    }


def _channel_type(channel: Channel) -> str:
    return {"im": "im", "channel": "channel", "private": "group"}[channel.kind]


def message_event(workspace: Workspace, channel: Channel, sent: Message) -> Json:
    """A new message in a channel."""
    event = message(workspace, sent)
    event |= {"channel": channel.id, "channel_type": _channel_type(channel), "event_ts": sent.ts}
    if sent.app_id is None:
        event |= {"client_msg_id": f"{next(workspace.numbers):08x}-{int(time.time()):x}"}
        event |= {"blocks": _typed(sent)} if sent.text else {}
        event |= {"upload": False, "display_as_bot": False} if sent.files else {}
    return event


def _typed(sent: Message) -> list[Json]:
    """What the client makes of typed text: one section of rich text."""
    parts: list[Json] = []
    for piece in re.split(r"(<@\w+>)", sent.text):
        if piece.startswith("<@"):
            parts.append({"type": "user", "user_id": piece[2:-1]})
        elif piece:
            parts.append({"type": "text", "text": html.unescape(piece)})
    section = {"type": "rich_text_section", "elements": parts}
    return [{"type": "rich_text", "block_id": sent.ts[-5:], "elements": [section]}]


def changed_event(workspace: Workspace, channel: Channel, sent: Message) -> Json:
    """A message that was edited."""
    ts = workspace.new_ts()
    event: Json = {"type": "message", "subtype": "message_changed", "hidden": True, "ts": ts, "event_ts": ts}
    return event | {
        "channel": channel.id,
        "channel_type": _channel_type(channel),
        "message": message(workspace, sent),
    }


def app_mention(workspace: Workspace, sent: Message) -> Json:
    """Somebody wrote to the app in a channel."""
    event = message(workspace, sent)
    return event | {"type": "app_mention", "channel": sent.channel, "event_ts": sent.ts}


def app_home_opened(workspace: Workspace, channel: Channel, user: str, tab: str, view: View | None) -> Json:
    """Somebody looks at the app's Home or messages."""
    event: Json = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": tab}
    shown: dict[str, Any] = {"view": view.payload} if view is not None and tab == "home" else {}
    return event | shown | {"event_ts": workspace.new_ts()}


def user_event(kind: str, workspace: Workspace, app: SlackApp, person: Person) -> Json:
    """team_join or user_change, with the whole person."""
    now = int(workspace.now())
    return {
        "type": kind,
        "user": user(workspace, app, person, locale=True),
        "cache_ts": now,
        "event_ts": workspace.new_ts(),
    }


def own_removal(workspace: Workspace, channel: Channel, actor: str) -> Json:
    """channel_left or group_left: what the app itself is told, without naming it."""
    kind = "group_left" if channel.kind == "private" else "channel_left"
    return {"type": kind, "channel": channel.id, "actor_id": actor, "event_ts": workspace.new_ts()}


def membership(kind: str, workspace: Workspace, channel: Channel, user: str) -> Json:
    """member_joined_channel or member_left_channel."""
    return {
        "type": kind,
        "user": user,
        "channel": channel.id,
        "channel_type": "G" if channel.kind == "private" else "C",
        "team": workspace.team_id,
        "event_ts": workspace.new_ts(),
    }
