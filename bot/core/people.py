"""Who somebody is: standing, language, authority."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

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


@dataclass(frozen=True)
class Person:
    """Somebody of the Slack workspace. `seen_at` is real time (UTC): when Slack was last asked.

    `chosen` is the code of the language that they asked for; `locale` what Slack says, "" where it says nothing.
    `coze_uid` is the Coze account that they have proven to be theirs, the last one where there are several.
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

    def may_decide(self) -> bool:
        """Whether they are an admin and a full member today."""
        return self.admin and self.standing is Standing.MEMBER

    def fresh(self, real_now: datetime) -> bool:
        """Whether what we know is young enough to decide by. What lies ahead was seen by a clock that was wrong."""
        return timedelta(0) <= real_now - self.seen_at <= FRESH
