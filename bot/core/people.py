"""Who somebody is: standing, language, authority."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

DELETED = "deleted"
"""Stands for the user id of whoever had their data deleted."""

OPERATOR = "operator"
"""Stands in the audit for whoever used the command line: no person of Slack's."""

FRESH = timedelta(seconds=45)
"""For so long a person's standing and authority count as known; with the cache of user groups, a minute at most."""


class Standing(StrEnum):
    """What a person is in the Slack workspace. Only members may ask and decide."""

    MEMBER = "member"
    GUEST = "guest"
    BOT = "bot"
    STRANGER = "stranger"
    DEACTIVATED = "deactivated"


class Evidence(StrEnum):
    """How a fact is known: Coze said so, or a person pressed a button or typed it."""

    VERIFIED = "verified"
    CONFIRMED = "confirmed"


HOUR = 3600
NOWHERE = "UTC"
NO_WHOLE_HOUR = {
    12600: "Asia/Tehran",
    16200: "Asia/Kabul",
    19800: "Asia/Kolkata",
    20700: "Asia/Kathmandu",
    23400: "Asia/Yangon",
    31500: "Australia/Eucla",
    34200: "Australia/Darwin",
    -34200: "Pacific/Marquesas",
}
"""Zones that keep their distance from UTC all year, by its seconds."""


@lru_cache(maxsize=4096)
def is_zone(tz: str) -> bool:
    """Whether this machine's libraries know a zone by this name."""
    try:
        ZoneInfo(tz)
    except (LookupError, ValueError, OSError):
        return False
    return True


def zone_at(offset: int | None) -> str | None:
    """A zone that is so many seconds ahead of UTC all year, to the nearest hour where there is none; None for no
    distance that is kept anywhere.
    """
    if offset is None or not -12 * HOUR <= offset <= 14 * HOUR:
        return None
    if odd := NO_WHOLE_HOUR.get(offset):
        return odd
    hours = round(offset / HOUR)
    return f"Etc/GMT{-hours:+d}" if hours else NOWHERE


@dataclass(frozen=True)
class Person:
    """Somebody of the Slack workspace. `seen_at` is real time (UTC): when Slack was last asked. `tz` is a zone that
    this machine knows; another one, as a process with newer zones may have stored it, becomes UTC.

    `chosen` is the code of the language that they asked for; `locale` what Slack says, "" where it says nothing.
    `coze_uid` is the Coze account that they have proven to be theirs, the last one where there are several. `quiet`
    are the hours in which they want no reminders, as core.remind.quiet_of reads them. A `deputy` decides about the
    only admin's own request. `may_ask` names the rule by which they may ask to join, "" for none.
    """

    team_id: str
    user_id: str
    name: str
    locale: str
    tz: str
    standing: Standing
    admin: bool
    seen_at: datetime
    chosen: str | None = None
    coze_uid: str | None = None
    quiet: str | None = None
    deputy: bool = False
    may_ask: str = ""

    def __post_init__(self) -> None:
        if not is_zone(self.tz):
            object.__setattr__(self, "tz", NOWHERE)

    def may_decide(self) -> bool:
        """Whether they are an admin and a full member today."""
        return self.admin and self.standing is Standing.MEMBER

    def may_stand_in(self) -> bool:
        """Whether they are named to decide where the only admin can't, and a full member today."""
        return self.deputy and self.standing is Standing.MEMBER

    def fresh(self, real_now: datetime) -> bool:
        """Whether what we know is young enough to decide by. What lies ahead was seen by a clock that was wrong."""
        return timedelta(0) <= real_now - self.seen_at <= FRESH
