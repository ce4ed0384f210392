"""What a person reads: messages and views as plain text, and the labels of what can be pressed."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date

from ..world.chat import Json, Message, Person
from ..world.workspace import Workspace
from .forms import options_of
from .validate import interactive

DATE_FORMS = {
    "date_num": ("yyyy-MM-dd", "yyyy-MM-dd"),
    "date": ("y年M月d日", "MMMM d, y"),
    "date_pretty": ("y年M月d日", "MMMM d, y"),
    "date_short": ("y年M月d日", "MMM d, y"),
    "date_short_pretty": ("M月d日", "MMM d"),
    "date_long": ("y年M月d日 EEEE", "EEEE, MMMM d, y"),
    "date_long_pretty": ("y年M月d日 EEEE", "EEEE, MMMM d, y"),
}
TOKEN = re.compile(r"<([^<>]+)>")
MARKS = re.compile(r"(?<![\w*_~`])([*_~`])(?=\S)([^\n]*?\S)\1(?![\w*_~`])")


def is_chinese(person: Person) -> bool:
    return person.locale.lower().startswith("zh")


@lru_cache(maxsize=256)
def city(zone: str, *, chinese: bool) -> str:
    """The city that a time zone is named after, in the reader's language."""
    known = Locale("zh").time_zones.get(zone, {}).get("city") if chinese else None
    return str(known or zone.rsplit("/", 1)[-1].replace("_", " "))


def date_text(epoch: float, form: str, person: Person) -> str:
    """A Slack date in the reader's zone and language, the zone named where a time is: "Dec 2, 09:12 (Shanghai)"."""
    chinese = is_chinese(person)
    moment = datetime.fromtimestamp(epoch, UTC).astimezone(ZoneInfo(person.tz))

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name in ("time", "time_secs"):
            return moment.strftime("%H:%M" if name == "time" else "%H:%M:%S")
        if name not in DATE_FORMS:
            return match[0]
        return format_date(moment.date(), DATE_FORMS[name][0 if chinese else 1], "zh" if chinese else "en")

    text = re.sub(r"\{(\w+)\}", fill, form if chinese else form.replace("} {time", "}, {time"))
    if "{time" not in form:
        return text
    place = city(person.tz, chinese=chinese)
    return f"{text}（{place}）" if chinese else f"{text} ({place})"


class Reading:
    """The eyes of one person in one workspace."""

    def __init__(self, workspace: Workspace, person: Person) -> None:
        self.workspace, self.person = workspace, person

    def message(self, message: Message) -> str:
        """All readable text of a message, in order, one line a part."""
        lines = self.block_lines(message.drawn)
        if not message.blocks and message.text:
            lines.insert(0, self.mrkdwn(message.text))
        files = self.workspace.files
        return "\n".join([*lines, *(files[name].title for name in message.files if name in files)])

    def view(self, payload: Json) -> str:
        """All readable text of a view: title, blocks, labels and hints; buttons are listed elsewhere."""
        title = [payload["title"]["text"]] if payload.get("title") else []
        return "\n".join([*title, *self.block_lines(payload["blocks"])])

    def block_lines(self, blocks: list[Json]) -> list[str]:
        return [line for block in blocks for line in self._lines(block) if line]

    def mrkdwn(self, text: str) -> str:
        """Marked-up text as it is read: names for ids, no marks."""
        plain = TOKEN.sub(lambda match: self._token(match[1]), text)
        for _ in range(3):  # marks inside marks
            plain = MARKS.sub(r"\2", plain)
        return html.unescape(plain)

    def name(self, user: str) -> str:
        """@handle of a person or an app."""
        if person := self.workspace.person_by_id(user):
            return f"@{person.handle}"
        app = self.workspace.app_of_bot(user)
        return f"@{app.name}" if app else f"@{user}"

    def room(self, channel: str) -> str:
        known = self.workspace.channels.get(channel)
        return f"#{known.name}" if known else f"#{channel}"

    def group(self, group: str) -> str:
        return f"@{self.workspace.group_names.get(group, group)}"

    def _token(self, inner: str) -> str:
        target, _, label = inner.partition("|")
        if target.startswith("!date^"):
            _, epoch, form, *_ = [*target.split("^"), "", ""]
            return date_text(int(epoch), form, self.person) if epoch.isdecimal() else label
        if target.startswith("!subteam^"):
            return self.group(target.removeprefix("!subteam^"))
        if target[:1] == "!":
            return f"@{target[1:]}"
        if target[:1] == "@":
            return self.name(target[1:])
        if target[:1] == "#":
            return self.room(target[1:])
        return label or target.removeprefix("mailto:")

    def _text(self, text: Any) -> str:
        if not isinstance(text, dict):
            return str(text or "")
        return self.mrkdwn(text["text"]) if text.get("type") == "mrkdwn" else str(text.get("text", ""))

    def _lines(self, part: Json) -> Iterator[str]:
        kind = part.get("type", "task_card")
        reader = getattr(self, f"_{kind}", None)
        if reader is not None:
            yield from reader(part)

    def _header(self, block: Json) -> Iterator[str]:
        yield self._text(block["text"])

    _alert = _markdown = _header

    def _section(self, block: Json) -> Iterator[str]:
        yield self._text(block.get("text"))
        yield from (self._text(field) for field in block.get("fields", []))
        yield from self._choices(block.get("accessory", {}))

    def _context(self, block: Json) -> Iterator[str]:
        yield " ".join(e.get("alt_text") or self._text(e) for e in block["elements"])

    def _actions(self, block: Json) -> Iterator[str]:
        for element in block["elements"]:
            yield from self._choices(element)

    def _image(self, block: Json) -> Iterator[str]:
        yield self._text(block.get("title"))
        yield block["alt_text"]

    def _input(self, block: Json) -> Iterator[str]:
        yield self._text(block["label"])
        yield from self._choices(block["element"])
        yield self._text(block.get("hint"))

    def _choices(self, element: Json) -> Iterator[str]:
        """Radio buttons and checkboxes show their options; menus only when they are opened."""
        if element.get("type") in ("radio_buttons", "checkboxes"):
            for option in element["options"]:
                yield self._text(option["text"])
                yield self._text(option.get("description"))
        elif element.get("type") == "image":
            yield element["alt_text"]

    def _plan(self, block: Json) -> Iterator[str]:
        yield self._text(block["title"])
        for task in block.get("tasks", []):
            yield from self._task_card(task)

    def _task_card(self, task: Json) -> Iterator[str]:
        yield self._text(task["title"])
        for part in ("details", "output"):
            if part in task:
                yield from self._rich_text(task[part])

    def _table(self, block: Json) -> Iterator[str]:
        yield self._text(block.get("caption"))
        for row in block["rows"]:
            yield " | ".join(self._cell(cell) for cell in row)

    _data_table = _table

    def _cell(self, cell: Json) -> str:
        if cell["type"] == "rich_text":
            return " ".join(self._rich_text(cell))
        return str(cell.get("text", cell.get("value", "")))

    def _data_visualization(self, block: Json) -> Iterator[str]:
        yield self._text(block["title"])
        for series in block["chart"].get("series", []):
            yield f"{series['name']}: " + ", ".join(f"{p['label']} {p['value']}" for p in series["data"])
        yield ", ".join(f"{s['label']} {s['value']}" for s in block["chart"].get("segments", []))

    def _card(self, block: Json) -> Iterator[str]:
        yield from (self._text(block.get(part)) for part in ("title", "subtitle", "body"))

    def _carousel(self, block: Json) -> Iterator[str]:
        for card in block["elements"]:
            yield from self._card(card)

    def _video(self, block: Json) -> Iterator[str]:
        yield self._text(block["title"])
        yield self._text(block.get("description"))

    def _rich_text(self, block: Json) -> Iterator[str]:
        for part in block["elements"]:
            if part["type"] == "rich_text_list":
                yield from self._rich_list(part)
            else:
                yield "".join(map(self._inline, part["elements"])).rstrip("\n")

    def _rich_list(self, part: Json) -> Iterator[str]:
        for number, item in enumerate(part["elements"], part.get("offset", 0) + 1):
            mark = f"{number}." if part["style"] == "ordered" else "•"
            yield f"{mark} " + "".join(map(self._inline, item["elements"]))

    def _inline(self, part: Json) -> str:
        match part["type"]:
            case "user":
                return self.name(part["user_id"])
            case "channel":
                return self.room(part["channel_id"])
            case "usergroup":
                return self.group(part["usergroup_id"])
            case "date":
                return date_text(part["timestamp"], part["format"], self.person)
            case "emoji":
                return f":{part['name']}:"
            case "broadcast":
                return f"@{part['range']}"
            case "link":
                return str(part.get("text") or part["url"])
        return str(part.get("text", ""))


def labels(blocks: list[Json]) -> list[str]:
    """What the buttons say, the options of "more" menus among them."""
    found = []
    for element in interactive(blocks):
        if element["type"] == "button":
            found.append(element["text"]["text"])
        elif element["type"] == "overflow":
            found.extend(option["text"]["text"] for option in options_of(element))
    return found
