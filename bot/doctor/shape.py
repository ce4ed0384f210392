"""The shape of an answer: its keys and the types of its values. No value is told, nor a key that is an ID."""

import re
from collections.abc import Iterator
from typing import Any

Shape = dict[str, frozenset[str]]
"""Types by path, `channel.topic.value` or `items[].id`; of a list's elements all together."""

OURS = frozenset({"blocks", "event_payload"})
"""Keys below which stands what the bot itself has sent."""

_ID = re.compile(r"(?=.*\d)[A-Za-z0-9_-]{7,}|\d+|https?:.*")


def shape(answer: Any) -> Shape:
    """That of anything JSON can hold."""
    found: dict[str, set[str]] = {}
    for path, kind in _parts(answer, ""):
        found.setdefault(path, set()).add(kind)
    return {path: frozenset(kinds) for path, kinds in found.items()}


def _parts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            yield path or ".", "object"
            for key, each in value.items():
                name = "<id>" if _ID.fullmatch(str(key)) else str(key)
                yield from _parts(type(each)() if key in OURS else each, f"{path}.{name}" if path else name)
        case list():
            yield path or ".", "list" if value else "list, empty"
            for each in value:
                yield from _parts(each, f"{path}[]")
        case _:
            yield path or ".", _kind(value)


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case "":
            return "string, empty"
    return "string of digits" if re.fullmatch(r"\d+", str(value)) else "string"
