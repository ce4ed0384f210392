"""What a handler may answer: one of a closed set."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Option

from bot.slack.views.parts import Card

View = dict[str, Any]
DrawView = Callable[[], Coroutine[Any, Any, View]]
"""Yields a view after the ack; it may call outside."""


@dataclass(frozen=True)
class Ephemeral:
    """What only this person sees: a message; where there is no room for one (Home, a form), a modal."""

    card: Card


@dataclass(frozen=True)
class EphemeralLater:
    """The same, drawn after the ack: its reading is not for that."""

    draw: Callable[[], Coroutine[Any, Any, Card]]


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
class RedrawModal:
    """The form of this id is redrawn with what `then` yields; one that was sent above it closes."""

    view_id: str
    then: DrawView


@dataclass(frozen=True)
class FieldErrors:
    """The form stays open with what was typed; each question's sentence by its block id."""

    errors: Mapping[str, str]


@dataclass(frozen=True)
class ReplaceMessage:
    """This card takes the place of the one whose button was pressed, which only this person sees; None: it goes."""

    card: Card | None


@dataclass(frozen=True)
class Ack:
    """Taken; a form closes. `then`, if given, runs after the ack and may call outside; it yields a message for the
    person's DM, or None where a card tells of it."""

    then: Callable[[], Coroutine[Any, Any, Card | None]] | None = None


@dataclass(frozen=True)
class Suggestions:
    """What a menu offers for what was typed so far, 100 at most; the ack brings them."""

    options: Sequence[Option] = ()


Result = (
    Ephemeral
    | EphemeralLater
    | OpenModal
    | UpdateModal
    | RedrawModal
    | FieldErrors
    | ReplaceMessage
    | Ack
    | Suggestions
)
