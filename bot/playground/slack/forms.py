"""What people fill in: values as Slack's `state.values` has them, and the client's own checks of them."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..world.chat import Json, Person
from ..world.workspace import Workspace
from .validate import interactive

# Element type → where its value stands in the state, and where its first value stands in the element.
VALUES: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", "initial_files"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
}
MOST_FILES, FILE_BYTES = 10, 10_000_000  # docs.slack.dev/reference/block-kit/block-elements/file-input-element
LISTS = {kind for kind, (name, _) in VALUES.items() if name.endswith("s")}
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
WORDS = {
    "required": ("请填写此项", "Please complete this required field"),
    "email": ("请填写有效的邮箱地址", "Please enter a valid email address"),
    "url": ("请填写有效的网址", "Please enter a valid URL"),
    "number": ("请填写数字", "Please enter a number"),
    "whole": ("请填写整数", "Please enter a whole number"),
    "low": ("不能小于 {}", "Must be at least {}"),
    "high": ("不能大于 {}", "Must be at most {}"),
    "short": ("至少 {} 个字符", "Must be at least {} characters"),
    "long": ("最多 {} 个字符", "Must be at most {} characters"),
    "files": ("最多放 {} 个文件", "At most {} files"),
    "large": ("文件最多 10 MB", "Files may be up to 10 MB"),
    "many": ("最多选 {} 项", "Choose at most {}"),
}


class CannotEnter(ValueError):
    """A value that the person could not have entered there."""


@dataclass(frozen=True)
class Input:
    """One place to fill in or to pick from, with the block that it stands in."""

    block: Json
    element: Json

    @property
    def label(self) -> str:
        """What stands above or beside it."""
        for text in (self.block.get("label"), self.block.get("text"), self.element.get("placeholder")):
            if isinstance(text, dict):
                return str(text.get("text", ""))
        return ""

    @property
    def key(self) -> str:
        return f"{self.block['block_id']}.{self.element['action_id']}"


def with_ids(blocks: list[Json]) -> list[Json]:
    """The blocks, each with a block_id and its elements with action_ids, as Slack fills them in."""
    taken = {block.get("block_id") for block in blocks}
    for block in blocks:
        while not block.get("block_id"):
            name = secrets.token_urlsafe(4)[:5]
            if name not in taken:
                block["block_id"] = name
                taken.add(name)
        for element in interactive(block):
            if not element.get("action_id"):
                element["action_id"] = secrets.token_urlsafe(4)[:5]
    return blocks


def inputs(blocks: list[Json]) -> Iterator[Input]:
    """All that can be filled in or picked from, in order."""
    for block in blocks:
        for element in interactive(block):
            if element["type"] in VALUES:
                yield Input(block, element)


def entry(element: Json, value: Any) -> Json:
    """A value as it stands in the state. An empty list stays a list, other emptiness is null."""
    kind = element["type"]
    return {"type": kind, VALUES[kind][0]: (value or []) if kind in LISTS else value}


def first_entry(element: Json) -> Json:
    """The state of an element that nobody has touched."""
    return entry(element, element.get(VALUES[element["type"]][1]))


def value_of(entry: Json) -> Any:
    """The value in an entry of the state: an option's value, text, a date, an id, or a list of those."""
    value = next(part for name, part in entry.items() if name != "type")
    if isinstance(value, list):
        return [each["value"] if isinstance(each, dict) else each for each in value]
    return value["value"] if isinstance(value, dict) and "value" in value else value


def fresh_state(blocks: list[Json], old: Json | None = None) -> Json:
    """`state` for these blocks. What was entered under the same ids and kind of element stays, as in Slack."""
    kept = (old or {}).get("values", {})
    values: Json = {}
    for each in inputs(blocks):
        block_id, action_id = each.block["block_id"], each.element["action_id"]
        before = kept.get(block_id, {}).get(action_id)
        same = before is not None and before["type"] == each.element["type"]
        values.setdefault(block_id, {})[action_id] = before if same else first_entry(each.element)
    return {"values": values}


def options_of(element: Json) -> list[Json]:
    """The options of a menu, groups opened."""
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(option for group in groups for option in group["options"])]


def find_option(element: Json, wanted: Any) -> Json:
    """The option with this value or label. Raises CannotEnter when there is none."""
    if isinstance(wanted, dict):
        return wanted  # an option that an app has suggested
    options = options_of(element)
    for fits in (
        lambda option: option["value"] == str(wanted),
        lambda option: option["text"]["text"] == str(wanted),
        lambda option: str(wanted) in option["text"]["text"],
    ):
        for option in options:
            if fits(option):
                return option
    raise CannotEnter(f"there is no option {wanted!r}")


def read(element: Json, raw: Any, workspace: Workspace, person: Person) -> Any:
    """What a person enters, as the state holds it: labels become options, handles ids, local times epochs.

    Raises CannotEnter for what can't be picked there.
    """
    kind = element["type"]
    if kind in LISTS and kind != "file_input":
        each = {**element, "type": "radio_buttons" if kind == "checkboxes" else kind.removeprefix("multi_")}
        values = raw if isinstance(raw, list) else [raw] if raw not in (None, "") else []
        return [read(each, value, workspace, person) for value in values]
    if raw is None or raw == "":
        return None
    if kind in ("radio_buttons", "static_select", "external_select"):
        return find_option(element, raw)
    if kind == "users_select":
        return _user(str(raw), workspace)
    if kind in ("conversations_select", "channels_select"):
        return _channel(str(raw), workspace, person)
    if kind == "datetimepicker":
        return _epoch(raw, person)
    if kind in ("datepicker", "timepicker"):
        return _form(str(raw), r"\d{4}-\d\d-\d\d" if kind == "datepicker" else r"\d\d:\d\d")
    return raw if kind in ("rich_text_input", "file_input") else str(raw)


def _user(who: str, workspace: Workspace) -> str:
    try:
        return workspace.person(who).id
    except KeyError:
        raise CannotEnter(f"there is no person {who!r}") from None


def _channel(name: str, workspace: Workspace, person: Person) -> str:
    for channel in workspace.rooms(person.id):
        if name in (channel.id, channel.name):
            return channel.id
    raise CannotEnter(f"there is no channel {name!r} for {person.handle}")


def _epoch(raw: Any, person: Person) -> int:
    try:
        moment = datetime.fromisoformat(raw) if isinstance(raw, str) and not raw.isdecimal() else None
        if moment is None:
            return int(raw)
    except (TypeError, ValueError):
        raise CannotEnter(f"{raw!r} is neither epoch seconds nor an ISO date and time") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(person.tz))).timestamp())


def _form(raw: str, form: str) -> str:
    if not re.fullmatch(form, raw):
        raise CannotEnter(f"{raw!r} is not of the form that a picker gives")
    return raw


def complaint(block: Json, element: Json, value: Any, locale: str) -> str | None:
    """What the client says about a value before it asks the app, in the person's language; None if it is fine."""
    word, bound = _complaint(block, element, value)
    return WORDS[word][0 if locale.lower().startswith("zh") else 1].format(bound) if word else None


def _complaint(block: Json, element: Json, value: Any) -> tuple[str, Any]:
    if value in (None, "", []):
        return ("", None) if block.get("optional") or block["type"] != "input" else ("required", None)
    kind = element["type"]
    if kind == "email_text_input" and not EMAIL.fullmatch(value):
        return "email", None
    if kind == "url_text_input" and not re.fullmatch(r"https?://\S+", value):
        return "url", None
    if kind == "number_input":
        return _number_complaint(element, value)
    if kind == "file_input":
        return _file_complaint(element, value)
    if kind in LISTS and len(value) > element.get("max_selected_items", len(value)):
        return "many", element["max_selected_items"]
    if kind == "plain_text_input" and len(value) < element.get("min_length", 0):
        return "short", element["min_length"]
    if kind == "plain_text_input" and len(value) > element.get("max_length", 3000):
        return "long", element.get("max_length", 3000)
    return "", None


def _file_complaint(element: Json, files: list[Json]) -> tuple[str, Any]:
    most = element.get("max_files", MOST_FILES)
    if len(files) > most:
        return "files", most
    return ("large" if any(file["size"] > FILE_BYTES for file in files) else ""), None


def _number_complaint(element: Json, value: str) -> tuple[str, Any]:
    if not re.fullmatch(r"-?\d+(\.\d+)?", value):
        return "number", None
    if "." in value and not element["is_decimal_allowed"]:
        return "whole", None
    if "min_value" in element and float(value) < float(element["min_value"]):
        return "low", element["min_value"]
    if "max_value" in element and float(value) > float(element["max_value"]):
        return "high", element["max_value"]
    return "", None
