"""What Slack delivers, once it is parsed: one frozen class a kind. Nothing behind the parser reads a payload.

A shortcut and a button named `command.<verb>` are a `Command` too, as are words that somebody writes to the bot: they
do what the typed command does.
"""

import re
from dataclasses import dataclass
from typing import Literal

from bot.core.errors import NotFound
from bot.logs import SecretKind
from bot.slack.fields import EMPTY, Fields

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

    `team_id` and `app_id` say whose delivery it is; "" where Slack does not tell (an organisation's installation).
    `is_claimed` says that its key is committed already.
    """

    idempotency_key: str
    team_id: str
    app_id: str
    is_claimed: bool = False


@dataclass(frozen=True)
class Command:
    """A command: its verb and what follows it. `way` is how it was given; only a slash is answered in the ack."""

    delivery: Delivery
    user_id: str
    verb: str
    text: str = ""
    target: ReplyTarget = ReplyTarget()
    way: Literal["slash", "message", "shortcut", "button"] = "slash"
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


@dataclass(frozen=True)
class SlackProfile:
    """What Slack tells of a person (docs.slack.dev, the user object); "" and False where it does not."""

    user_id: str
    team_id: str = ""
    name: str = ""
    locale: str = ""
    tz: str = ""
    is_deleted: bool = False
    is_bot: bool = False
    is_stranger: bool = False
    is_restricted: bool = False


@dataclass(frozen=True)
class SecretWritten:
    """Somebody has written a secret where the bot can see it. Nothing of it is kept here."""

    user_id: str
    secret_kind: SecretKind


@dataclass(frozen=True)
class PersonChanged:
    """Slack tells of a person; `has_joined` where they are new in the workspace."""

    profile: SlackProfile
    has_joined: bool


@dataclass(frozen=True)
class HomeOpened:
    """Somebody looks at their Home."""

    user_id: str


@dataclass(frozen=True)
class Membership:
    """Somebody came into a channel, or left it."""

    user_id: str
    channel: str
    is_in: bool


@dataclass(frozen=True)
class RightsTaken:
    """The bot was uninstalled, or its token revoked; `event` is Slack's word for it."""

    event: str


Happening = SecretWritten | PersonChanged | HomeOpened | Membership | RightsTaken


@dataclass(frozen=True)
class Event:
    """Something that happened; `what` is None for what needs nothing done."""

    delivery: Delivery
    what: Happening | None


@dataclass(frozen=True)
class Ignored:
    """A delivery that asks for nothing: a closed form, a link that was pressed."""

    delivery: Delivery


Request = Command | Press | Submission
Parsed = Request | Event | Ignored


def row_in(text: str) -> int:
    """The id of the row that a button's value or a form's metadata names. Raises NotFound."""
    return _about(text)[0]


def _about(text: str) -> tuple[int, int | None]:
    found = _ROW.fullmatch(text)
    if found is None:
        raise NotFound
    return int(found[1]), int(found[2]) if found[2] else None
