"""The rich_text block: sections, lists, quotes, preformatted text and all their elements."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import htpy
from htpy import Node

from . import emoji
from .mrkdwn import channel_name, date_node, group, link, mention
from .reader import Reader

Json = Mapping[str, Any]
_STYLES = {"code": htpy.code, "strike": htpy.s, "italic": htpy.i, "bold": htpy.b, "underline": htpy.u}
_ORDERED_TYPES = ("1", "a", "i")


def rich_text(block: Json, reader: Reader) -> Node:
    """All parts of the block, in order. User text goes in as it is: nothing in it is parsed."""
    return [_PARTS[part["type"]](part, reader) for part in _grouped(block.get("elements", []))]


def rich_text_inline(block: Json, reader: Reader) -> Node:
    """The block's elements without paragraphs, for a table's cell."""
    return [_elements(part.get("elements", []), reader) for part in block.get("elements", [])]


def _grouped(parts: Iterable[Json]) -> list[Json]:
    """Parts that can be drawn. A nested list follows its parent as a sibling with a higher indent."""
    return [part for part in parts if part.get("type") in _PARTS]


def _section(part: Json, reader: Reader) -> Node:
    return htpy.p[_elements(part.get("elements", []), reader)]


def _quote(part: Json, reader: Reader) -> Node:
    return htpy.blockquote[_elements(part.get("elements", []), reader)]


def _preformatted(part: Json, reader: Reader) -> Node:
    return htpy.pre[_elements(part.get("elements", []), reader)]


def _list(part: Json, reader: Reader) -> Node:
    indent = min(int(part.get("indent", 0)), 8)
    items = [htpy.li[_elements(item.get("elements", []), reader)] for item in part.get("elements", [])]
    classes = {"rich": True, f"in-{indent}": indent > 0, "bordered": bool(part.get("border"))}
    if part.get("style") == "ordered":
        start = int(part.get("offset", 0)) + 1
        return htpy.ol(class_=classes, type=_ORDERED_TYPES[indent % 3], start=str(start))[items]
    return htpy.ul(class_=classes)[items]


def _elements(elements: Iterable[Json], reader: Reader) -> Node:
    return [_styled(element, _INLINE[element["type"]](element, reader)) for element in elements if _known(element)]


def _known(element: Json) -> bool:
    return element.get("type") in _INLINE


def _styled(element: Json, drawn: Node) -> Node:
    style = element.get("style") or {}
    for name, tag in _STYLES.items():
        if style.get(name):
            drawn = tag[drawn]
    return drawn


def _text(element: Json, _: Reader) -> Node:
    return str(element.get("text", ""))


def _link(element: Json, _: Reader) -> Node:
    return link(str(element["url"]), str(element.get("text") or element["url"]))


def _emoji(element: Json, _: Reader) -> Node:
    points = element.get("unicode")
    if points:
        return "".join(chr(int(point, 16)) for point in str(points).split("-"))
    return emoji.with_emoji(f":{element['name']}:")


def _date(element: Json, reader: Reader) -> Node:
    shown = date_node(int(element["timestamp"]), str(element.get("format", "{date_num} {time}")), reader)
    return link(str(element["url"]), shown) if element.get("url") else shown


def _broadcast(element: Json, _: Reader) -> Node:
    return htpy.span(".at")[f"@{element.get('range', 'here')}"]


def _channel(element: Json, reader: Reader) -> Node:
    return htpy.span(".at")[channel_name(str(element["channel_id"]), reader)]


def _usergroup(element: Json, reader: Reader) -> Node:
    return group(element["usergroup_id"], reader)


def _color(element: Json, _: Reader) -> Node:
    return htpy.code[str(element["value"])]


_PARTS: dict[str, Callable[[Json, Reader], Node]] = {
    "rich_text_section": _section,
    "rich_text_list": _list,
    "rich_text_quote": _quote,
    "rich_text_preformatted": _preformatted,
}
_INLINE: dict[str, Callable[[Json, Reader], Node]] = {
    "text": _text,
    "link": _link,
    "emoji": _emoji,
    "date": _date,
    "user": lambda element, reader: mention(str(element["user_id"]), reader),
    "channel": _channel,
    "usergroup": _usergroup,
    "team": lambda element, _: str(element["team_id"]),
    "broadcast": _broadcast,
    "color": _color,
}
