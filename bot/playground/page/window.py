"""Which messages of a long room are shown: a stretch of them, so that the browser never holds thousands."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from ..world.chat import Message
from ..world.conversation import Order, order
from .parts import Known

SHOWN = 60  # messages on the page when a room is opened: several screens
STEP = 8  # so many come at one end and go at the other; more at once would hold the browser up


@dataclass(frozen=True)
class Window:
    """The stretch that ends with the message `until` (a ts), or with the newest.

    A browser that already shows messages from `since` (a ts) on keeps them as new ones come, up to twice as many.
    """

    since: str | None = None
    until: str | None = None

    def cut(self, roots: Sequence[Message]) -> range:
        """The positions shown among messages, oldest first."""
        end = len(roots) if self.until is None else bisect_right(roots, order(self.until), key=_order)
        start = max(0, end - SHOWN)
        if self.since is not None and self.until is None:
            start = max(0, end - 2 * SHOWN, min(start, bisect_left(roots, order(self.since), key=_order)))
        return range(start, end)


@dataclass(frozen=True)
class Stretch:
    """The messages shown, and where the neighbouring stretches end; None where there is nothing beyond."""

    messages: Sequence[Message]
    older: str | None
    newer: str | None

    @property
    def is_newest(self) -> bool:
        """Whether it ends with the newest message."""
        return self.newer is None


def stretch_of(roots: Sequence[Message], window: Window) -> Stretch:
    """The stretch of a room's messages, replies not counted, that a window shows."""
    shown = window.cut(roots)
    if not shown:
        return Stretch(roots[:SHOWN], None, None)
    older = roots[min(shown.start - STEP + SHOWN, shown.stop) - 1].ts if shown.start else None
    newer = roots[min(shown.stop + STEP, len(roots)) - 1].ts if shown.stop < len(roots) else None
    return Stretch(roots[shown.start : shown.stop], older, newer)


def _order(message: Message) -> Order:
    return order(message.ts)


def read_windows(header: str, known: Known) -> Mapping[int, tuple[str, Window]]:
    """The browser's account of its two logs, as `desk=room@until` joined by `;`: by desk the room and its window."""
    found: dict[int, tuple[str, Window]] = {}
    for entry in header.split(";"):
        desk, _, rest = entry.partition("=")
        room, _, until = rest.rpartition("@")
        if desk in ("1", "2"):
            shown = (_ts_of(name, f"list-{desk}-") for name in known)
            since = next((ts for ts in shown if ts), None)
            found[int(desk)] = (unquote(room), Window(since, until if _is_ts(until) else None))
    return found


def _ts_of(name: str, prefix: str) -> str | None:
    """The ts in the id of a message's item; None for other ids."""
    ts = name.removeprefix(prefix).replace("-", ".")
    return ts if name.startswith(prefix) and _is_ts(ts) else None


def _is_ts(text: str) -> bool:
    seconds, dot, rest = text.partition(".")
    return bool(dot) and seconds.isascii() and seconds.isdigit() and rest.isascii() and rest.isdigit()
