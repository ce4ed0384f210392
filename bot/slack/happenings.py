"""What happens in Slack without anybody asking the bot for something: one frozen class a kind."""

from dataclasses import dataclass

from bot.core.leak import SecretKind
from bot.slack.router import Delivery, Request


@dataclass(frozen=True)
class SlackProfile:
    """What Slack tells of a person (docs.slack.dev, the user object); "" and False where it does not.

    `team_id` is one workspace of theirs, on an Enterprise Grid whichever; `teams` are all of them there, None where
    they are not told, and `enterprise_id` is the organisation. `tz_offset`: seconds ahead of UTC.
    """

    user_id: str
    team_id: str = ""
    name: str = ""
    locale: str = ""
    tz: str = ""
    is_deleted: bool = False
    is_bot: bool = False
    is_stranger: bool = False
    is_restricted: bool = False
    teams: frozenset[str] | None = None
    enterprise_id: str = ""
    tz_offset: int | None = None


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
    """Somebody came into a channel, or left it; None is the bot itself, which Slack does not name there."""

    user_id: str | None
    channel: str
    is_in: bool


@dataclass(frozen=True)
class RightsTaken:
    """The bot was uninstalled, or its token revoked; `event` is Slack's word for it."""

    event: str


@dataclass(frozen=True)
class Overheard:
    """Something was written in a channel where the bot is; nothing of it is read."""

    channel: str


@dataclass(frozen=True)
class ThreadReply:
    """Somebody wrote below a message in a channel where the bot is; `parent` wrote that one, "" where Slack does not
    tell. It is read further only below the bot's own cards in the admin channel.
    """

    channel: str
    thread: str
    parent: str
    user_id: str
    ts: str
    text: str


Happening = Overheard | ThreadReply | SecretWritten | PersonChanged | HomeOpened | Membership | RightsTaken


@dataclass(frozen=True)
class Event:
    """Something that happened; `what` is None for what needs nothing done."""

    delivery: Delivery
    what: Happening | None


@dataclass(frozen=True)
class Ignored:
    """A delivery that asks for nothing: a closed form, a link that was pressed."""

    delivery: Delivery


Parsed = Request | Event | Ignored
