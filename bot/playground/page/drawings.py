"""Messages that were drawn before: an update costs what changed, not what is shown."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

import htpy

from ..world.chat import Message
from .parts import Part, part
from .reader import Reader

T = TypeVar("T")
_KEPT = 2000
Draw = Callable[[Message, Sequence[Message]], htpy.Element]
Drawer = Callable[[Message, Sequence[Message]], Part]


class Drawings:
    """What both desks and the bar have drawn. Each is kept with everything that its looks depend on."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, str, str], tuple[tuple[Any, ...], bool, Part]] = {}
        self._beside: dict[str, tuple[Hashable, Any]] = {}

    def once(self, name: str, content: Hashable, draw: Callable[[], T]) -> T:
        """Something beside the messages, drawn anew when `content`, all that it depends on, is not what it was."""
        before = self._beside.get(name)
        if before is None or before[0] != content:
            before = self._beside[name] = (content, draw())
        drawn: T = before[1]
        return drawn

    def drawer(self, reader: Reader, draw: Draw) -> Drawer:
        """Draws a message with its thread as this reader sees it, or takes it from what was drawn before."""
        cast, today, minute = _cast(reader), *_moment(reader)

        def drawn(message: Message, replies: Sequence[Message]) -> Part:
            key = (reader.desk, message.channel, message.ts)
            content = (cast, _content(message), *map(_content, replies))
            before = self._kept.get(key)
            if before is not None and before[0] == (minute if before[1] else today, *content):
                return before[2]
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            counts = any(_counts_minutes(each) for each in (message, *replies))
            made = part(draw(message, replies))
            self._kept[key] = ((minute if counts else today, *content), counts, made)
            return made

        return drawn


def _content(message: Message) -> tuple[Any, ...]:
    """What a message says. Apps' changes replace blocks and state, they never change them in place."""
    return (
        message.ts,
        message.text,
        message.blocks,
        message.state,
        message.edited,
        tuple(message.files),
        message.attachments,
    )


def _counts_minutes(message: Message) -> bool:
    """Whether a date in it reads "5 minutes ago"; all others change at midnight at most."""
    return "{ago}" in message.text or "{ago}" in str(message.blocks)


def _moment(reader: Reader) -> tuple[Hashable, Hashable]:
    """The day and the minute at which this person reads."""
    now = reader.now.astimezone(reader.zone)
    return now.date(), now.replace(second=0, microsecond=0)


def _cast(reader: Reader) -> tuple[Any, ...]:
    """Who reads, and the names of all who may be mentioned."""
    workspace, person = reader.workspace, reader.person
    return (
        (person.id, person.locale, person.tz),
        tuple((one.id, one.name, one.face) for one in workspace.people.values()),
        tuple((app.id, app.name) for app in workspace.apps.values()),
        tuple((channel.name, tuple(channel.topic.items())) for channel in workspace.channels.values()),
    )
