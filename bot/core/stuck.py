"""Where people get stuck in the guide: which step of which route, with which error, how many, and for how long."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

STILL = timedelta(days=1)
"""Who has not moved for so long stands still, whether or not a check said no."""
LOOKED_BACK = timedelta(days=90)
"""Who has not moved for longer has given up: what stopped them then may be mended since."""


@dataclass(frozen=True)
class Standing:
    """One open guide that does not go on: `since` (UTC) is when it moved last, `error` a key of the error help, ""
    where no check said no. It names nobody."""

    route: str
    step: str
    error: str
    since: datetime


@dataclass(frozen=True)
class StuckPlace:
    """Where several stand: how many, and the median of how long they have."""

    route: str
    step: str
    error: str
    count: int
    median: timedelta


def places(standing: Iterable[Standing], now: datetime) -> list[StuckPlace]:
    """At simulated time `now` the places where somebody stands, those with the most people first."""
    found: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for each in standing:
        found[each.route, each.step, each.error].append((now - each.since).total_seconds())
    listed = [StuckPlace(*key, len(times), timedelta(seconds=median(times))) for key, times in found.items()]
    return sorted(listed, key=lambda each: (-each.count, -each.median, each.route, each.step, each.error))
