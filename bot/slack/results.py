"""What a handler answers: a closed set, carried out by `replies`."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.views.parts import Card

View = dict[str, Any]
DrawView = Callable[[], Coroutine[Any, Any, View]]
"""Yields a view after the ack; it may call outside."""


@dataclass(frozen=True)
class Ephemeral:
    """What only this person sees: a message; where there is no room for one (Home, a form), a modal."""

    card: Card


@dataclass(frozen=True)
class OpenModal:
    """A form opens, above the one in which a button was pressed. `then`, if given, yields what replaces it."""

    view: View
    then: DrawView | None = None


@dataclass(frozen=True)
class UpdateModal:
    """Another view takes the place of the form that was sent; `then`, if given, yields what replaces it in turn."""

    view: View
    then: DrawView | None = None


@dataclass(frozen=True)
class UpdateParentModal:
    """The form that was sent closes, and the one below it is redrawn with what `then` yields."""

    view_id: str
    then: DrawView


@dataclass(frozen=True)
class FieldErrors:
    """The form stays open with what was typed; each question's sentence by its block id."""

    errors: Mapping[str, str]


@dataclass(frozen=True)
class ReplaceMessage:
    """This card takes the place of the one whose button was pressed, which only this person sees."""

    card: Card


@dataclass(frozen=True)
class Ack:
    """Taken; a form closes. `then`, if given, runs after the ack and may call outside; it yields a message for the
    person's DM, or None where a card tells of it."""

    then: Callable[[], Coroutine[Any, Any, Card | None]] | None = None


Result = Ephemeral | OpenModal | UpdateModal | UpdateParentModal | FieldErrors | ReplaceMessage | Ack
