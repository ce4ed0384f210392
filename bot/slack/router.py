"""The routes: every command, button and form, each with who may use it, its one function and what that answers."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from bot.core.people import Person
from bot.services.overview import PersonFacts
from bot.slack.requests import Command, Press, Request, Submission
from bot.slack.views.parts import Card
from bot.store.message import Message
from bot.texts import Locale

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


class Access(StrEnum):
    """Who may use a route."""

    ANYONE = "anyone"
    MEMBER = "member"
    ADMIN = "admin"


class Owner(StrEnum):
    """Whose row a route may name."""

    NONE = "no row"
    OWN = "own row"
    ANY = "any row"


@dataclass(frozen=True)
class Caller:
    """Who asks, in what language and zone they are answered, and their facts where these were read on the way."""

    person: Person
    locale: Locale
    facts: PersonFacts | None = None


CommandHandler = Callable[[Command, Caller], Awaitable[Result]]
PressHandler = Callable[[Press, Caller], Awaitable[Result]]
FormHandler = Callable[[Submission, Caller], Awaitable[Result]]
Precheck = Callable[[Submission], object]


@dataclass(frozen=True)
class Route:
    """One way in.

    `fresh`: what Slack says of the person must be of this minute, else the request waits until Slack was asked.
    `reads`: the handler must not write; its answer is made while the delivery is remembered. `secrets` are the
    questions of a form that may hold a secret. `precheck` raises InvalidFields for a form that can't be accepted,
    before it waits for anything.
    """

    kind: str
    name: str
    handler: Callable[[Any, Caller], Awaitable[Result]]
    access: Access
    fresh: bool
    owner: Owner
    reads: bool = False
    secrets: frozenset[str] = frozenset()
    precheck: Precheck | None = None


@dataclass(frozen=True)
class Drawing:
    """A card and whether its matter is still open: only then a copy that was deleted by hand is posted again."""

    card: Card
    is_open: bool


Renderer = Callable[[Message, Locale], Awaitable[Drawing]]


class Handlers(Protocol):
    """What people see and press of one feature."""

    def register(self, router: "Router") -> None:
        """Put everything into the router."""


@dataclass
class Router:
    """What each feature registers. Anything else that arrives is unknown and answered kindly."""

    commands: dict[str, Route] = field(default_factory=dict)
    presses: dict[str, Route] = field(default_factory=dict)
    forms: dict[str, Route] = field(default_factory=dict)
    renderers: dict[str, Renderer] = field(default_factory=dict)

    def command(
        self,
        verb: str,
        handler: CommandHandler,
        *,
        access: Access = Access.MEMBER,
        fresh: bool = False,
        reads: bool = False,
    ) -> None:
        """`/sharge <verb>`, the same word in a DM, a shortcut of that name, and the button `command.<verb>`."""
        self.commands[verb] = Route("command", verb, handler, access, fresh, Owner.NONE, reads)

    def press(
        self,
        action_id: str,
        handler: PressHandler,
        *,
        access: Access = Access.MEMBER,
        fresh: bool = False,
        owner: Owner = Owner.NONE,
    ) -> None:
        """A button or a menu. An admin's press counts only if they are one this minute."""
        fresh = fresh or access is Access.ADMIN
        self.presses[action_id] = Route("press", action_id, handler, access, fresh, owner)

    def form(
        self,
        callback_id: str,
        handler: FormHandler,
        *,
        access: Access = Access.MEMBER,
        owner: Owner = Owner.NONE,
        secrets: tuple[str, ...] = (),
        precheck: Precheck | None = None,
    ) -> None:
        """A form that was sent. An admin's form counts only if they are one this minute."""
        fresh = access is Access.ADMIN
        route = Route("form", callback_id, handler, access, fresh, owner, False, frozenset(secrets), precheck)
        self.forms[callback_id] = route

    def renderer(self, feature: str, renderer: Renderer) -> None:
        """Draws every message whose subject is `feature:<id>`."""
        self.renderers[feature] = renderer

    def find(self, request: Request) -> Route | None:
        """The route of a request, None for what no feature has registered."""
        match request:
            case Command(verb=verb):
                return self.commands.get(verb)
            case Press(action_id=action_id):
                return self.presses.get(action_id)
            case Submission(callback_id=callback_id):
                return self.forms.get(callback_id)

    @property
    def routes(self) -> list[Route]:
        """All of them: commands, buttons, forms, each in the order of their names."""
        return [each[name] for each in (self.commands, self.presses, self.forms) for name in sorted(each)]
