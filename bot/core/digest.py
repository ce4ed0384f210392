"""Digest: what admins are told on Mondays, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .credential import Credential
from .expiring import WEEK, midnight
from .join import Request
from .publish import Publication

AT = time(9, 30)
LATEST = timedelta(days=2)
"""From Monday's midnight on: what could not be said by the end of Tuesday is not said any more."""


@dataclass(frozen=True)
class Digest:
    """What there is to say in the week that begins with `monday`'s midnight (UTC).

    `waiting` requests are undecided, `unfinished` ones approved and not in the team yet: how many, and the oldest.
    `stuck` are publications without a result. `dead` counts what the bot has given up on, `unreachable` the people
    who are no members any more and have tokens that run on, `ownerless` the agents of such people that are online:
    how many, and who one of them is. `counts` are the tokens that end on each of 14 days, `first` the first of them,
    `expired` how many ended in the week before and were not replaced.
    """

    monday: datetime
    waiting: tuple[int, Request | None]
    unfinished: tuple[int, Request | None]
    stuck: Sequence[Publication]
    dead: int
    unreachable: tuple[int, str]
    ownerless: tuple[int, str]
    counts: Sequence[int]
    first: Sequence[Credential]
    expired: int

    @property
    def things(self) -> int:
        """How many kinds of things there are to do."""
        pairs = self.waiting, self.unfinished, self.unreachable, self.ownerless
        return sum(bool(count) for count, _ in pairs) + bool(self.stuck) + bool(self.dead)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not self.things and not any(self.counts)


def next_monday(now: datetime, at: time, tz: str) -> datetime:
    """The next Monday at this time of the zone `tz`, as UTC; never `now` itself."""
    local = now.astimezone(ZoneInfo(tz))
    day = local.date() + timedelta(days=-local.weekday() % WEEK)
    moment = datetime.combine(day, at, local.tzinfo).astimezone(UTC)
    return moment if moment > now else datetime.combine(day + timedelta(days=WEEK), at, local.tzinfo).astimezone(UTC)


def monday_to_tell(now: datetime, tz: str) -> datetime | None:
    """The midnight (UTC) that begins the Monday whose digest may be told now; None from Wednesday on, and on Monday
    before its time."""
    zone = ZoneInfo(tz)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    begins = datetime.combine(monday, AT, zone).astimezone(UTC)
    ends = midnight(monday + LATEST, tz)
    return midnight(monday, tz) if begins <= now < ends else None


def days_of(monday: datetime, now: datetime, tz: str) -> list[datetime]:
    """Where each of two weeks' days begins, and where the last one ends (UTC); of what is over nothing is left."""
    first = monday.astimezone(ZoneInfo(tz)).date()
    return [max(midnight(first + timedelta(days=day), tz), now) for day in range(2 * WEEK + 1)]
