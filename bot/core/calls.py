"""Calls: how many a Coze account has, how often the bot looks by itself, and from when on it does not.

A personal free account has 500 calls for life, over every API (coze.cn/open/docs/developer_guides/coze_api_overview).
Coze tells which edition an account has, and never how many calls are left: the bot counts what it sends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FREE_CALLS = 500
TOLD_AT = (300, 400, 450)
"""So many of them used up are told to the admins."""

ONLY_PRESSED = 480
"""From so many on the bot sends only what a person presses."""

ASKED_AGAIN = timedelta(days=7)
"""An edition that may have changed is asked for again after this: a free one costs calls, and changes by somebody's
doing, who presses the button."""

MINUTE = timedelta(minutes=1)
"""No matter is looked at more often, whatever the edition and whoever presses."""

INVITATION = (timedelta(minutes=10), timedelta(hours=2), timedelta(days=1))
"""When an invitation is looked at after it was sent, where calls are few; and once more at its end."""

REVIEW = (timedelta(minutes=10), timedelta(hours=6), timedelta(hours=20), timedelta(days=3))
"""The same for a review. Those of the first day are within the life of one token, as an OAuth app pays for each."""

FEW_TRIES = 3
"""How often what a person pressed is tried while Coze does not answer, where calls are few: a try may cost one."""


class Edition(StrEnum):
    """What the account pays for, in Coze's own words (`user_level`)."""

    UNKNOWN = "unknown"
    FREE = "free"
    PERSONAL = "pro_personal"
    TEAM = "team"
    ENTERPRISE = "enterprise"

    @property
    def is_limited(self) -> bool:
        """Whether its calls are few, or may be."""
        return self in (Edition.UNKNOWN, Edition.FREE)


def edition_of(word: str) -> Edition:
    """The edition that Coze names so; unknown for another word."""
    return Edition(word) if word in set(Edition) else Edition.UNKNOWN


@dataclass(frozen=True)
class Usage:
    """What the operator's account has been asked, by the bot's own count. Times are simulated, UTC.

    `is_stated`: a setting says which edition it is. `account` is its Coze user ID, where Coze has told it. `used`
    counts all calls with any credential of the account, `today` those of this day (UTC). `stopped_at` is since when
    Coze says that the account has none left.
    """

    edition: Edition = Edition.UNKNOWN
    is_stated: bool = False
    account: str | None = None
    asked_at: datetime | None = None
    stopped_at: datetime | None = None
    used: int = 0
    today: int = 0

    @property
    def may_look(self) -> bool:
        """Whether the bot may ask by itself, nobody having pressed anything."""
        return self.stopped_at is None and not self.is_short

    @property
    def is_short(self) -> bool:
        """Whether so few calls are left that they are kept for people."""
        return self.edition.is_limited and self.used >= ONLY_PRESSED

    @property
    def left(self) -> int | None:
        """How many calls are left; None where there is no end of them."""
        if not self.edition.is_limited:
            return None
        return 0 if self.stopped_at else max(FREE_CALLS - self.used, 0)

    @property
    def told_at(self) -> int | None:
        """The highest mark of TOLD_AT that is reached, where there is an end of calls."""
        reached = [mark for mark in TOLD_AT if self.used >= mark]
        return reached[-1] if reached and self.edition.is_limited else None


def next_look(plan: Sequence[timedelta], since: datetime, now: datetime, end: datetime | None) -> datetime | None:
    """When to look next by a plan, `end` being its last; None where it is over."""
    moments = [since + each for each in plan] + ([end] if end else [])
    return min((moment for moment in moments if moment > now), default=None)
