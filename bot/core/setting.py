"""Settings that admins change while the bot runs: which these are, where a value comes from, who may ask to join."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .errors import InvalidFields, NotAllowed, Outdated, Problem
from .people import Person

GROUPS: Mapping[str, tuple[str, ...]] = {
    "admins": ("admin_users",),
    "asking": ("may_ask",),
    "waiting": ("remind_admins_hours", "answer_hours", "backup_hours", "expire_days"),
    "reminders": ("remind_days", "remind_days_long", "remind_days_owner", "remind_days_key"),
    "channels": ("announce_channel", "review_channel"),
    "review": ("review_auto_approve",),
    "welcome": ("welcome",),
    "labels": ("coze_labels",),
}
"""What is changed together, in one form. Everything else needs a restart, or limits admins themselves."""

NAMES = tuple(name for group in GROUPS.values() for name in group)
DESK = frozenset({"review_channel", "review_auto_approve"})
"""What is of no use without the review desk."""

REASON = 300  # characters of why it was changed
IS_ID = re.compile("[UWSCG][A-Z0-9]{1,20}")  # of a person, a user group or a channel


class Source(StrEnum):
    """Where the value that holds comes from. The database wins over the environment."""

    DATABASE = "database"
    ENVIRONMENT = "environment"
    DEFAULT = "default"


@dataclass(frozen=True)
class Change:
    """One change of one setting. `before` and `after` are as the environment would have them, None where it holds;
    `at` is simulated time (UTC), `by` a user id.
    """

    revision: int
    name: str
    before: str | None
    after: str | None
    by: str
    at: datetime
    reason: str | None = None


@dataclass(frozen=True)
class Holding:
    """The value of one setting that holds, written as the environment has it, and what would hold without admins.

    `trouble` says why the value that admins have set doesn't hold; "" where it does, or there is none.
    """

    name: str
    text: str
    source: Source
    below: str
    trouble: str = ""


class Meanwhile(Outdated):
    """Somebody else has changed a setting since the form was opened; `changes` are theirs, the newest first."""

    def __init__(self, changes: list[Change]) -> None:
        super().__init__(", ".join(each.name for each in changes))
        self.changes = changes


@dataclass(frozen=True)
class Askers:
    """Who may ask to join: people by name, the members of user groups and of channels; everybody where there is none.

    Of groups and channels Slack has to be asked: `Person.may_ask` says by which rule it answered yes. `whom` are
    people, or a user group, who may change it.
    """

    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    whom: tuple[str, ...] = ()

    @classmethod
    def of(cls, ids: tuple[str, ...], whom: tuple[str, ...] = ()) -> "Askers":
        """From Slack's IDs, whose first letter says what each is."""
        people, groups, channels = (tuple(each for each in ids if each[0] in kind) for kind in ("UW", "S", "CG"))
        return cls(people, groups, channels, whom)

    @property
    def ids(self) -> tuple[str, ...]:
        """All that are named."""
        return (*self.channels, *self.groups, *self.people)

    @property
    def is_everybody(self) -> bool:
        """Whether there is no rule."""
        return not self.ids

    @property
    def asks_slack(self) -> bool:
        """Whether it can't be told by the person's id alone."""
        return bool(self.groups or self.channels)

    @property
    def name(self) -> str:
        """The same for the same rule, in any process."""
        return hashlib.sha256(repr((self.groups, self.channels)).encode()).hexdigest()[:16]

    def check(self, who: Person) -> None:
        """Whether this person may; admins always do. Raises MayNotAsk."""
        if self.is_everybody or who.may_decide() or who.user_id in self.people:
            return
        if not self.asks_slack or who.may_ask != self.name:
            raise MayNotAsk(self)


class MayNotAsk(NotAllowed):
    """The operator lets these ask to join, and not this person."""

    def __init__(self, askers: Askers) -> None:
        super().__init__()
        self.askers = askers


def read_reason(text: str) -> str:
    """Why something is changed, trimmed; it may be empty. Raises InvalidFields where it is too long."""
    text = text.strip()
    if len(text) > REASON:
        raise InvalidFields([Problem("settings.reason", "too_long", {"longest": REASON})])
    return text
