"""What a handler is asked, what it may answer, and the routes: each with who may use it and its one function.

A shortcut and a button named `command.<verb>` are a `Command` too, as are words that somebody writes to the bot: they
do what the typed command does. Nothing behind the parser reads a payload.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

from bot.core.errors import NotFound
from bot.core.limits import Costly
from bot.core.people import Person
from bot.services.overview import PersonFacts
from bot.slack.fields import EMPTY, Fields
from bot.slack.results import Ack as Ack
from bot.slack.results import DrawView as DrawView
from bot.slack.results import Ephemeral as Ephemeral
from bot.slack.results import EphemeralLater as EphemeralLater
from bot.slack.results import FieldErrors as FieldErrors
from bot.slack.results import OpenModal as OpenModal
from bot.slack.results import RedrawModal as RedrawModal
from bot.slack.results import ReplaceMessage as ReplaceMessage
from bot.slack.results import Result as Result
from bot.slack.results import Suggestions as Suggestions
from bot.slack.results import UpdateModal as UpdateModal
from bot.slack.results import View as View
from bot.slack.views.parts import Card
from bot.store.message import Message
from bot.texts.locale import Locale

_ROW = re.compile(r"(?:[a-z_]+:)?([0-9]{1,18})(?::([0-9]{1,9}))?", re.ASCII)
"""What our buttons and forms carry: a row's id, a menu's verb before it, the version that was shown after it."""


@dataclass(frozen=True)
class ReplyTarget:
    """Where an answer goes: `trigger_id` opens a form, `response_url` answers in the channel, `modal_id` is the form
    in which a button was pressed. Without any of them it goes to the person's DM."""

    trigger_id: str = ""
    response_url: str = ""
    modal_id: str = ""


@dataclass(frozen=True)
class Delivery:
    """What all deliveries have. `idempotency_key` is the same whenever Slack delivers this one again.

    `team_id`, `enterprise_id` and `app_id` say whose delivery it is; "" where Slack does not tell. That of an app
    that is installed in a whole organisation (`is_org_wide`) may name no workspace. `installed` are the workspaces
    and organisations whose installation an event is for. `is_claimed` says that its key is committed already.
    """

    idempotency_key: str
    team_id: str
    app_id: str
    is_claimed: bool = False
    enterprise_id: str = ""
    is_org_wide: bool = False
    installed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """A command: its verb and what follows it. `way` is how it was given; only a slash is answered in the ack.

    `picture` is the id of the first file that came with a message.
    """

    delivery: Delivery
    user_id: str
    verb: str
    text: str = ""
    target: ReplyTarget = ReplyTarget()
    way: Literal["slash", "message", "shortcut", "button"] = "slash"
    picture: str = ""
    kind: Literal["command"] = "command"

    @property
    def row(self) -> int:
        """The row that the command's button is about. Raises NotFound."""
        return row_in(self.text)


@dataclass(frozen=True)
class Place:
    """What a pressed button stands in. `callback_id`, `metadata` and `fields` are those of the form, if it is one.

    `only_theirs` says that no row draws it: only this person sees it; `outside_dm`, that it stands in a channel or at
    Home and not in the DM.
    """

    callback_id: str = ""
    metadata: str = ""
    fields: Fields = EMPTY
    only_theirs: bool = False
    outside_dm: bool = False


@dataclass(frozen=True)
class Press:
    """A button that was pressed, or a menu's choice; `value` is what it carries."""

    delivery: Delivery
    user_id: str
    action_id: str
    value: str = ""
    target: ReplyTarget = ReplyTarget()
    place: Place = Place()
    kind: Literal["press"] = "press"

    @property
    def text(self) -> str:
        """What it carries, where it does what a command does with its arguments."""
        return self.value

    @property
    def at_home(self) -> bool:
        """Whether it stands at Home: outside of the DM, where no message can be answered."""
        return self.place.outside_dm and not self.target.response_url

    @property
    def row(self) -> int:
        """The row that the button is about. Raises NotFound for what no button of ours holds."""
        return row_in(self.value)

    @property
    def version(self) -> int | None:
        """Which version of the row was shown, where the button tells it. Raises NotFound."""
        return _about(self.value)[1]


@dataclass(frozen=True)
class Submission:
    """A form that was sent. `questions` are its inputs' block ids from top to bottom."""

    delivery: Delivery
    user_id: str
    callback_id: str
    view_id: str
    metadata: str = ""
    fields: Fields = EMPTY
    questions: tuple[str, ...] = ()
    parent_view_id: str = ""
    kind: Literal["submission"] = "submission"

    @property
    def target(self) -> ReplyTarget:
        """A form takes its answer in the ack; afterwards there is the DM alone."""
        return ReplyTarget()

    @property
    def row(self) -> int:
        """The row that the form is about. Raises NotFound for what no form of ours holds."""
        return row_in(self.metadata)

    @property
    def version(self) -> int | None:
        """Which version of the row it showed, where the form tells it. Raises NotFound."""
        return _about(self.metadata)[1]


@dataclass(frozen=True)
class Suggestion:
    """Somebody types into a menu whose options the bot gives. `question` is the menu's, `text` what stands there so
    far, `metadata` what its form brings along.

    Slack names it by nothing that stays the same when it is delivered again, so it has no key, and changes nothing.
    """

    delivery: Delivery
    user_id: str
    question: str
    text: str = ""
    metadata: str = ""
    kind: Literal["suggestion"] = "suggestion"

    @property
    def target(self) -> ReplyTarget:
        """The ack alone takes the answer."""
        return ReplyTarget()


Request = Command | Press | Submission | Suggestion


def row_in(text: str) -> int:
    """The id of the row that a button's value or a form's metadata names. Raises NotFound."""
    return _about(text)[0]


def _about(text: str) -> tuple[int, int | None]:
    found = _ROW.fullmatch(text)
    if found is None:
        raise NotFound
    return int(found[1]), int(found[2]) if found[2] else None


class Access(StrEnum):
    """Who may use a route."""

    ANYONE = "anyone"
    MEMBER = "member"
    DECIDER = "admin or deputy"
    ADMIN = "admin"


DECIDING = frozenset({Access.DECIDER, Access.ADMIN})
"""Who they are has to be known as of this minute."""


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
MenuHandler = Callable[[Suggestion, Caller], Awaitable[Result]]
Precheck = Callable[[Submission], object]


@dataclass(frozen=True)
class Route:
    """One way in.

    `fresh`: what Slack says of the person must be of this minute, else the request waits until Slack was asked.
    `reads`: the handler must not write; its answer is made while the delivery is remembered. `secrets` are the
    questions of a form that may hold a secret. `precheck` raises InvalidFields for a form that can't be accepted,
    before it waits for anything. `named` is the question that names somebody of whom the same must be as fresh.
    `costs` is its kind of costly act; each person has a pace for those. `asks`: a request to join begins, so where
    groups or channels say who may, Slack is asked as for `fresh`.
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
    costs: Costly | None = None
    named: str = ""
    asks: bool = False


@dataclass(frozen=True)
class Drawing:
    """A card and whether its matter is still open: only then a copy that was deleted by hand is posted again. A new
    one is not posted before `not_before` (simulated time), and never if it `is_overtaken`: another tells it."""

    card: Card
    is_open: bool
    not_before: datetime | None = None
    is_overtaken: bool = False


class TooLate(Exception):
    """A renderer raises it where nothing is to be posted any more: what was to be said has lost its time."""


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
    menus: dict[str, Route] = field(default_factory=dict)
    renderers: dict[str, Renderer] = field(default_factory=dict)

    def command(
        self,
        verb: str,
        handler: CommandHandler,
        *,
        access: Access = Access.MEMBER,
        fresh: bool = False,
        reads: bool = False,
        costs: Costly | None = None,
        asks: bool = False,
    ) -> None:
        """`/sharge <verb>`, the same word in a DM, a shortcut of that name, and the button `command.<verb>`."""
        route = Route("command", verb, handler, access, fresh, Owner.NONE, reads)
        self.commands[verb] = replace(route, costs=costs, asks=asks)

    def press(
        self,
        action_id: str,
        handler: PressHandler,
        *,
        access: Access = Access.MEMBER,
        fresh: bool = False,
        owner: Owner = Owner.NONE,
        costs: Costly | None = None,
        asks: bool = False,
    ) -> None:
        """A button or a menu. An admin's press counts only if they are one this minute."""
        fresh = fresh or access in DECIDING
        self.presses[action_id] = Route("press", action_id, handler, access, fresh, owner, costs=costs, asks=asks)

    def form(
        self,
        callback_id: str,
        handler: FormHandler,
        *,
        access: Access = Access.MEMBER,
        owner: Owner = Owner.NONE,
        secrets: tuple[str, ...] = (),
        precheck: Precheck | None = None,
        costs: Costly | None = None,
        named: str = "",
        stays: bool = False,
    ) -> None:
        """A form that was sent. An admin's form counts only if they are one this minute; one that `stays` open until
        then sees to that itself."""
        route = Route("form", callback_id, handler, access, access in DECIDING and not stays, owner, costs=costs)
        self.forms[callback_id] = replace(route, secrets=frozenset(secrets), precheck=precheck, named=named)

    def menu(self, question: str, handler: MenuHandler, *, access: Access = Access.MEMBER) -> None:
        """What a menu offers while somebody types: from the database alone, which it must not change."""
        self.menus[question] = Route("menu", question, handler, access, fresh=False, owner=Owner.NONE, reads=True)

    def renderer(self, feature: str, renderer: Renderer) -> None:
        """Draws every message whose subject is `feature:<id>`."""
        self.renderers[feature] = renderer

    async def drawing(self, copy: Message, locale: Locale) -> Drawing:
        """The card or notice as its feature draws it now. Raises NotFound."""
        return await self.renderers[copy.subject.partition(":")[0]](copy, locale)

    async def pass_on(self, action_id: str, press: Press, caller: Caller) -> Result:
        """What another button does, for a menu in which it stands. Only one about a member's own row, whose handler
        asks whose it is: what else guards a route is passed by then. Raises NotFound."""
        route = self.presses.get(action_id)
        if route is None or route.fresh or (route.access, route.owner) != (Access.MEMBER, Owner.OWN):
            raise NotFound
        return await route.handler(press, caller)

    def find(self, request: Request) -> Route | None:
        """The route of a request, None for what no feature has registered."""
        match request:
            case Command(verb=verb):
                return self.commands.get(verb)
            case Press(action_id=action_id):
                return self.presses.get(action_id)
            case Submission(callback_id=callback_id):
                return self.forms.get(callback_id)
            case Suggestion(question=question):
                return self.menus.get(question)

    @property
    def routes(self) -> list[Route]:
        """All of them: commands, buttons, forms, menus, each in the order of their names."""
        kinds = (self.commands, self.presses, self.forms, self.menus)
        return [each[name] for each in kinds for name in sorted(each)]
