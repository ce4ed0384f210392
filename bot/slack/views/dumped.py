"""Blocks as Slack takes them: the models of slack_sdk, dumped fast."""

from functools import cache
from typing import Any

from slack_sdk.models.basic_objects import JsonObject

_EMPTY: Any = ("", [], {})


def dumped(part: Any) -> Any:
    """What `to_dict` makes of a block or a part of one, without looking for validators on each of its parts.

    That search is six times as dear as all the rest, on the way to every ack; what Slack takes is held by tests.
    """
    if isinstance(part, str):
        return part
    if isinstance(part, list | tuple):
        return [dumped(each) for each in part]
    if not isinstance(part, JsonObject):
        return part
    if (names := _attributes(type(part))) is None:
        return part.to_dict()
    values = [(name, getattr(part, name, None)) for name in names]
    return {name: dumped(value) for name, value in values if value is not None and value not in _EMPTY}


@cache
def _attributes(kind: type[JsonObject]) -> list[str] | None:
    """What an object of this kind consists of, which hangs on its class alone; None where it says so by itself."""
    if kind.to_dict is not JsonObject.to_dict:
        return None
    return sorted(kind.__new__(kind).attributes)
