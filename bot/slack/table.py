"""The table: every command, button, form and card of the bot, each with the one function behind it."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.core.errors import BotError, Problem
from bot.core.people import Person
from bot.services.overview import Facts
from bot.slack.views.parts import Card
from bot.store.message import Message
from bot.texts import Reader

View = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One thing that somebody typed, pressed or sent, both transports alike.

    `text` is a command's arguments or a button's value; `metadata` is a form's private_metadata; `once` is the key
    under which this very delivery is remembered. `channel` and `ts` are where a pressed button stands, `view` is the
    form that it stands in or that was sent. `facts` are the person's where they were read on the way.
    """

    who: Person
    reader: Reader
    once: str
    text: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    metadata: str = ""
    channel: str = ""
    ts: str = ""
    view: View = field(default_factory=dict)
    response_url: str = ""
    facts: Facts | None = None


@dataclass(frozen=True)
class Say:
    """Answer with a message that only this person sees."""

    card: Card


@dataclass(frozen=True)
class Open:
    """Open a form. `then`, if given, yields what replaces it once it is known; it may call outside."""

    view: View
    then: Callable[[], Coroutine[Any, Any, View]] | None = None


@dataclass(frozen=True)
class Replace:
    """Put this form in the place of the one that was sent."""

    view: View


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
class Push:
    """Open a form above the one in which a button was pressed."""

    view: View


@dataclass(frozen=True)
class Below:
    """Taken; the form closes, and the one below it (`view_id`) is redrawn with what `then` yields after the ack."""

    view_id: str
    then: Callable[[], Coroutine[Any, Any, View]]


Reply = Say | Open | Push | Replace | Refuse | Below | Accept
Handler = Callable[[Call], Awaitable[Reply]]
Objection = Callable[[Problem, Reader], str]


class Moved(BotError):
    """What was to be drawn is not there any more."""


@dataclass(frozen=True)
class Drawing:
    """A card and whether its matter is still open: only then a copy that was deleted by hand is posted again.

    `version` is that of the matter, for cards that somebody decides by.
    """

    card: Card
    open: bool
    version: int | None = None


Drawer = Callable[[Message, Reader], Awaitable[Drawing]]


@dataclass(frozen=True)
class Entry:
    """One row: the function, and whether it remembers the delivery itself, with the rows it writes.

    `check` raises InvalidFields for a form that can't be accepted, before anybody is asked for authority.
    """

    handler: Handler
    writes: bool = False
    objection: Objection | None = None
    admin: bool = False
    check: Callable[[Call], object] | None = None


@dataclass
class Table:
    """What each feature registers. Anything else that arrives is unknown and answered kindly."""

    commands: dict[str, Entry] = field(default_factory=dict)
    actions: dict[str, Entry] = field(default_factory=dict)
    forms: dict[str, Entry] = field(default_factory=dict)
    drawers: dict[str, Drawer] = field(default_factory=dict)

    def command(self, verb: str, handler: Handler, *, writes: bool = False) -> None:
        """`/sharge <verb>`, the same word in a DM, and the button `command.<verb>`."""
        self.commands[verb] = Entry(handler, writes)

    def action(self, action_id: str, handler: Handler, *, writes: bool = False, admin: bool = False) -> None:
        """A button. With `admin`, the one who presses must be an admin this minute, not when it was drawn."""
        self.actions[action_id] = Entry(handler, writes, admin=admin)

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
