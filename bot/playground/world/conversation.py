"""The messages of one channel. What a person sees of them is kept up as they come, so that a look at a long room
costs no more than a look at a short one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .chat import Message

NOBODY = ""  # sees what everybody sees
Order = tuple[int, str]


def order(ts: str) -> Order:
    """Sorts message names by their time, whatever the number of digits."""
    return len(ts), ts


def _order(message: Message) -> Order:
    return order(message.ts)


@dataclass
class Seen:
    """What one person sees, oldest first. `roots` are the messages that stand in the room itself, `replies` those of
    each thread by the ts of its root, `others` those that somebody else wrote.
    """

    all: list[Message] = field(default_factory=list)
    roots: list[Message] = field(default_factory=list)
    others: list[Message] = field(default_factory=list)
    replies: dict[str, list[Message]] = field(default_factory=dict)

    def after(self, ts: str) -> int:
        """How many messages of others are newer than `ts`; all of them for an empty one."""
        return len(self.others) - bisect_right(self.others, order(ts), key=_order)

    def first_after(self, ts: str) -> str | None:
        """The oldest message of others that is newer than `ts`."""
        newer = self.after(ts)
        return self.others[-newer].ts if newer else None

    def lists(self, message: Message, user: str) -> Iterator[list[Message]]:
        """Where a message belongs."""
        yield self.all
        if message.thread_ts in (None, message.ts):
            yield self.roots
        else:
            yield self.replies.setdefault(str(message.thread_ts), [])
        if message.user != user:
            yield self.others


class Conversation:
    """All messages of one channel, oldest first."""

    def __init__(self) -> None:
        self._all: list[Message] = []
        self._seen: dict[str, Seen] = {}  # by person's id, of those who have looked

    def __iter__(self) -> Iterator[Message]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def add(self, message: Message) -> None:
        """A new message; mostly it is the newest."""
        _insert(self._all, message)
        for user, seen in self._seen.items():
            self._show(message, user, seen)

    def remove(self, message: Message) -> None:
        """Take a message away. Raises ValueError when it is not there."""
        _drop(self._all, message)
        for user, seen in self._seen.items():
            if message.only_for in (None, user):
                for kept in seen.lists(message, user):
                    _drop(kept, message)

    def find(self, ts: str) -> Message | None:
        """The message of this name."""
        at = bisect_left(self._all, order(ts), key=_order)
        return self._all[at] if at < len(self._all) and self._all[at].ts == ts else None

    def seen_by(self, user: str) -> Seen:
        """What the person with this id sees; NOBODY for what everybody sees."""
        if user not in self._seen:
            seen = self._seen[user] = Seen()
            for message in self._all:
                self._show(message, user, seen)
        return self._seen[user]

    @staticmethod
    def _show(message: Message, user: str, seen: Seen) -> None:
        if message.only_for in (None, user):
            for kept in seen.lists(message, user):
                _insert(kept, message)


def between(messages: Sequence[Message], oldest: float, latest: float, *, inclusive: bool) -> Sequence[Message]:
    """Those of some messages, oldest first, that lie between two moments; epoch seconds."""
    first, last = (bisect_left, bisect_right) if inclusive else (bisect_right, bisect_left)
    return messages[first(messages, oldest, key=_seconds) : last(messages, latest, key=_seconds)]


def _seconds(message: Message) -> float:
    return float(message.ts)


def _drop(messages: list[Message], message: Message) -> None:
    at = bisect_left(messages, order(message.ts), key=_order)
    if at == len(messages) or messages[at] is not message:
        raise ValueError(f"there is no message {message.ts}")
    del messages[at]


def _insert(messages: list[Message], message: Message) -> None:
    if messages and order(messages[-1].ts) > order(message.ts):
        messages.insert(bisect_right(messages, order(message.ts), key=_order), message)
    else:
        messages.append(message)
