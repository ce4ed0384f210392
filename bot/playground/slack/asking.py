"""One Web API call from the side of the methods: its arguments, whom it comes from, and how it is refused."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ..world.chat import Channel, Json, SlackApp
from ..world.workspace import Workspace
from .delivery import Courier
from .encoding import load
from .forms import with_ids
from .validate import Problem, Surface, too_large, validate

ATTACHMENTS = 100
Item = TypeVar("Item")


class Refused(Exception):
    """The answer `{"ok": false, "error": code, …}`."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.answer: Json = {"ok": False, "error": code, **more}


def missing_scope(app: SlackApp, needed: str) -> Refused:
    """The app was not installed with this scope."""
    return Refused("missing_scope", needed=needed, provided=",".join(sorted(app.scopes)))


def refused_for(code: str, problems: list[Problem], prefix: str = "") -> Refused:
    """A refusal that names each broken rule with its pointer."""
    messages = [str(Problem(prefix + problem.pointer, problem.message)) for problem in problems]
    return Refused(code, errors=messages, response_metadata={"messages": messages})


@dataclass
class Ask:
    """One call of a method by an app."""

    workspace: Workspace
    app: SlackApp
    method: str
    args: Json
    courier: Courier

    def announce(self, event: Json) -> None:
        """Bring an event to the calling app, after the answer and in the background."""
        self.courier.announce(self.app, event)

    def announce_to_all(self, event: Json, *members: str) -> None:
        """Bring an event to every app whose bot is among `members`, after the answer."""
        for app in self.workspace.apps.values():
            if app.bot_user in members:
                self.courier.announce(app, event)

    def need(self, name: str) -> str:
        """A required argument as a string; without it `invalid_arguments`."""
        value = self.args.get(name)
        if value in (None, ""):
            messages = [f"[ERROR] missing required field: {name}"]
            raise Refused("invalid_arguments", response_metadata={"messages": messages})
        return str(value)

    def flag(self, name: str) -> bool:
        """An optional switch; forms and queries write it as 1 or true."""
        return str(self.args.get(name, "")).lower() in ("1", "true")

    def number(self, name: str, default: int, most: int) -> int:
        """An optional whole number from 1 to `most`."""
        try:
            return min(max(int(self.args.get(name) or default), 1), most)
        except (TypeError, ValueError):
            raise Refused("invalid_arguments") from None

    def json(self, name: str, code: str) -> Any:
        """An argument that is JSON, or JSON in a string; refused with `code` when it can't be read."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return load(value)
        except ValueError:
            raise Refused(code) from None

    def blocks(self) -> list[Json] | None:
        """The checked blocks of a message with all ids filled in; None when there are none in the call."""
        blocks = self.json("blocks", "invalid_blocks_format")
        if blocks is None:
            return None
        if not isinstance(blocks, list):
            raise Refused("invalid_blocks_format")
        if problems := validate("message", {"blocks": blocks}):
            raise refused_for("invalid_blocks", problems)
        return with_ids(blocks)

    def attachments(self) -> list[Json] | None:
        """The secondary attachments of a message, their blocks checked; None when there are none in the call.

        https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments: 100 at most.
        """
        attachments = self.json("attachments", "invalid_attachments")
        if attachments is None:
            return None
        if not isinstance(attachments, list) or not all(isinstance(each, dict) for each in attachments):
            raise Refused("invalid_attachments")
        if len(attachments) > ATTACHMENTS:
            raise Refused("too_many_attachments")
        for index, each in enumerate(attachments):
            blocks = each.get("blocks") or []
            if problems := validate("message", {"blocks": blocks}):
                raise refused_for("invalid_blocks", problems, f"/attachments/{index}")
            each["blocks"] = with_ids(blocks)
        return attachments

    def view(self, *surfaces: Surface) -> Json:
        """The checked view of a call with all ids filled in."""
        view = self.json("view", "invalid_arguments")
        if not isinstance(view, dict):
            raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] must provide an object"]})
        return checked_view(view, *surfaces)

    def metadata(self) -> Json | None:
        """Message metadata: event_type and event_payload, both required. None when there is none in the call."""
        metadata = self.json("metadata", "invalid_metadata_format")
        if metadata in (None, {}):
            return metadata  # type: ignore[no-any-return]
        sound = isinstance(metadata, dict) and isinstance(metadata.get("event_type"), str)
        if not sound or not isinstance(metadata.get("event_payload"), dict):
            raise Refused("invalid_metadata_format")
        return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}

    def page(
        self, everything: Sequence[Item], key: Callable[[Item], str], default: int = 100
    ) -> tuple[list[Item], Json]:
        """The part of a list that `limit` and `cursor` ask for, and the `response_metadata` to go on with.

        A cursor names the first item of the next page by its `key`, so that nothing is shown twice or left out when
        the list has grown at its beginning meanwhile; its place helps when just that item is gone.
        """
        start = self._start(everything, key)
        end = start + self.number("limit", default, 1000)
        more = f"next:{end}:{key(everything[end])}" if end < len(everything) else ""
        return list(everything[start:end]), {"next_cursor": base64.b64encode(more.encode()).decode()}

    def _start(self, everything: Sequence[Item], key: Callable[[Item], str]) -> int:
        cursor = self.args.get("cursor")
        if not cursor:
            return 0
        try:
            word, place, name = base64.b64decode(str(cursor), validate=True).decode().split(":", 2)
            start = int(place)
        except (ValueError, binascii.Error):
            raise Refused("invalid_cursor") from None
        if word != "next" or start < 0:
            raise Refused("invalid_cursor")
        return next((at for at, item in enumerate(everything) if key(item) == name), start)

    # where

    def readable(self, name: str = "channel") -> Channel:
        """The channel that is named, if the app may know of it; else `channel_not_found`."""
        return self._known(self.need(name))

    def _known(self, wanted: str) -> Channel:
        channel = self.workspace.channels.get(wanted)
        if channel is None:
            named = wanted.removeprefix("#")
            channel = next((c for c in self.workspace.channels.values() if c.kind != "im" and c.name == named), None)
        hidden = channel is None or (channel.kind == "im" and channel.app_id != self.app.id)
        if channel is None or hidden or (channel.kind == "private" and self.app.bot_user not in channel.members):
            raise Refused("channel_not_found")
        return channel

    def writable(self, wanted: str | None = None) -> Channel:
        """Where a message goes: a channel the app is in, or the direct messages with a person."""
        wanted = self.need("channel") if wanted is None else wanted
        person = self.workspace.person_by_id(wanted)
        if person is not None:
            if person.deleted or person.team_id != self.workspace.team_id:
                raise Refused("channel_not_found")
            return self.workspace.dm(self.app, person.id)
        channel = self._known(wanted)
        outside = channel.kind == "channel" and self.app.bot_user not in channel.members
        if outside and "chat:write.public" not in self.app.scopes:
            raise Refused("not_in_channel")
        if channel.archived:
            raise Refused("is_archived")
        return channel


def checked_view(view: Json, *surfaces: Surface) -> Json:
    """The view with all ids filled in. Raises Refused for one that Slack would not show."""
    if too_large(view):
        raise Refused("view_too_large")
    surface = next((surface for surface in surfaces if view.get("type") == surface), surfaces[0])
    if problems := validate(surface, view):
        raise refused_for("invalid_arguments", problems, "/view")
    return {**view, "blocks": with_ids(view["blocks"])}
