"""The table: every command, button, form and card of the bot, each with the one function behind it."""

import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.core.errors import NotFound, Problem
from bot.core.people import Person
from bot.services.overview import Facts
from bot.slack.views.parts import Card
from bot.store.message import Message
from bot.texts import Reader

View = dict[str, Any]

_ROW = re.compile(r"(?:[a-z_]+:)?([0-9]{1,18})(?::([0-9]{1,9}))?", re.ASCII)
"""What our buttons and forms carry: a row's id, a menu's verb before it, the version that was shown after it."""


@dataclass(frozen=True)
class Call:
    """One thing that somebody typed, pressed or sent, both transports alike.

    `text` is a command's arguments or a button's value; `metadata` is a form's private_metadata; `once` is the key
    under which this very delivery is remembered. `view` is the form or Home that a button stands in, or the form that
    was sent. `fleeting` says that a button stands where no row draws: only this person sees it; `elsewhere`, that it
    stands in a channel and not in the DM. `facts` are the person's where they were read on the way.
    """

    who: Person
    reader: Reader
    once: str
    text: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    metadata: str = ""
    view: View = field(default_factory=dict)
    response_url: str = ""
    facts: Facts | None = None
    fleeting: bool = False
    elsewhere: bool = False

    @property
    def row(self) -> int:
        """The row that a button or a form is about. Raises NotFound for what no button of ours holds."""
        return self._about[0]

    @property
    def version(self) -> int | None:
        """Which version of the row was shown, where the button tells it."""
        return self._about[1]

    @property
    def _about(self) -> tuple[int, int | None]:
        found = _ROW.fullmatch(self.metadata or self.text)
        if found is None:
            raise NotFound
        return int(found[1]), int(found[2]) if found[2] else None


@dataclass(frozen=True)
class Say:
    """Answer with what only this person sees: a message; where there is no room for one (Home, a form), a modal."""

    card: Card


@dataclass(frozen=True)
class Open:
    """Open a form, above the one in which a button was pressed. `then`, if given, yields what replaces it once it is
    known; it may call outside."""

    view: View
    then: Callable[[], Coroutine[Any, Any, View]] | None = None


@dataclass(frozen=True)
class Replace:
    """Put this form in the place of the one that was sent. `then`, if given, yields after the ack what replaces it
    in turn; it may call outside."""

    view: View
    then: Callable[[], Coroutine[Any, Any, View]] | None = None


@dataclass(frozen=True)
class Refuse:
    """The form stays open with what was typed; each field's objection by its block id."""

    errors: dict[str, str]


@dataclass(frozen=True)
class Accept:
    """Taken. A form closes. `then`, if given, runs after the ack and may call outside; it yields a message for the
    person's DM, or None where a card tells of it."""

    then: Callable[[], Coroutine[Any, Any, Card | None]] | None = None


@dataclass(frozen=True)
class Redraw:
    """Put this card in the place of the one whose button was pressed, which only this person sees."""

    card: Card


@dataclass(frozen=True)
class Below:
    """Taken; the form closes, and the one below it (`view_id`) is redrawn with what `then` yields after the ack."""

    view_id: str
    then: Callable[[], Coroutine[Any, Any, View]]


Reply = Say | Open | Redraw | Replace | Refuse | Below | Accept
Handler = Callable[[Call], Awaitable[Reply]]
Objection = Callable[[Problem, Reader], str]


@dataclass(frozen=True)
class Drawing:
    """A card and whether its matter is still open: only then a copy that was deleted by hand is posted again."""

    card: Card
    open: bool


Drawer = Callable[[Message, Reader], Awaitable[Drawing]]


@dataclass(frozen=True)
class Entry:
    """One row: the function, and whether it remembers the delivery itself, with the rows it writes.

    `check` raises InvalidFields for a form that can't be accepted, before anybody is asked for authority. `today` is
    for what shows more to admins: who asks is looked up first if that is a minute ago.
    """

    handler: Handler
    writes: bool = False
    objection: Objection | None = None
    admin: bool = False
    check: Callable[[Call], object] | None = None
    today: bool = False


class Desk(Protocol):
    """What people see and press of one feature."""

    def register(self, table: "Table") -> None:
        """Put everything into the table."""


@dataclass
class Table:
    """What each feature registers. Anything else that arrives is unknown and answered kindly."""

    commands: dict[str, Entry] = field(default_factory=dict)
    actions: dict[str, Entry] = field(default_factory=dict)
    forms: dict[str, Entry] = field(default_factory=dict)
    drawers: dict[str, Drawer] = field(default_factory=dict)

    def command(self, verb: str, handler: Handler, *, writes: bool = False, today: bool = False) -> None:
        """`/sharge <verb>`, the same word in a DM, and the button `command.<verb>`."""
        self.commands[verb] = Entry(handler, writes, today=today)

    def action(
        self, action_id: str, handler: Handler, *, writes: bool = False, admin: bool = False, today: bool = False
    ) -> None:
        """A button. With `admin`, the one who presses must be an admin this minute, not when it was drawn."""
        self.actions[action_id] = Entry(handler, writes, admin=admin, today=today)

    def form(
        self,
        callback_id: str,
        handler: Handler,
        objection: Objection,
        *,
        admin: bool = False,
        check: Callable[[Call], object] | None = None,
    ) -> None:
        """A form that was sent; it always writes or checks something. `objection` words a field's problem."""
        self.forms[callback_id] = Entry(handler, writes=True, objection=objection, admin=admin, check=check)

    def drawer(self, feature: str, drawer: Drawer) -> None:
        """Draws every message whose subject is `feature:<id>`."""
        self.drawers[feature] = drawer
