"""Expiring: which days an admin asks about, and where each of them begins."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .credential import Credential

USUAL, LONGER, MOST = 14, 30, 90  # days: where none are named, by the button for more, and at most
BARS = 20  # of a chart at most (docs.slack.dev/reference/block-kit/blocks/data-visualization-block)
WEEK = 7

_DAYS = re.compile(r"([0-9]{1,9})\s*[^\W\d_]*")
"""A number, and what people may write after it: "30 days"."""


@dataclass(frozen=True)
class Ending:
    """A token that ends soon. `reminders` counts those that its owner was sent, `next_at` (UTC) is when the next one
    is planned; `is_untended` says that its owner is no member any more and so reads none."""

    credential: Credential
    is_untended: bool = False
    reminders: int = 0
    next_at: datetime | None = None
    is_being_replaced: bool = False


@dataclass(frozen=True)
class Expiring:
    """What ends within so many `days`: `counts` between `edges`, of all of them `untended` by nobody, of whom `first`
    are the first few, and then those that end first."""

    days: int
    edges: Sequence[datetime]
    counts: Sequence[int]
    untended: int
    first: Sequence[Ending]

    @property
    def total(self) -> int:
        """How many there are in all."""
        return sum(self.counts)


def read_days(text: str, usual: int = USUAL, most: int = MOST) -> int | None:
    """How many days were typed, full-width digits too; `usual` for nothing, None for what is no number from 1 to
    `most`."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return usual
    found = _DAYS.fullmatch(plain)
    days = int(found[1]) if found else 0
    return days if 1 <= days <= most else None


def edges(now: datetime, days: int, tz: str) -> list[datetime]:
    """Where the days of the zone `tz` begin (UTC), the first one `now`, and at last where the end of them all is;
    where these were too many for a chart, where weeks of them begin."""
    zone, step = ZoneInfo(tz), 1 if days <= BARS else WEEK
    today = now.astimezone(zone).date()
    begins = [*range(step, days, step), days]
    return [now, *(midnight(today + timedelta(days=each), tz) for each in begins)]


def midnight(day: date, tz: str) -> datetime:
    """Where this day of the zone `tz` begins (UTC)."""
    return datetime.combine(day, time(), ZoneInfo(tz)).astimezone(UTC)
