"""Remind: when a token's owner hears that it ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(9, 30)
EVENING = time(21, 0)
LAST_CALL = time(20, 0)

LADDER = (
    # shortest lifetime in days, days before the end at which to speak
    (15, (7, 3, 1, 0)),
    (5, (3, 1, 0)),
    (2, (1, 0)),
)
HOURS_BEFORE = 4  # for a token of one day
ENDED = "ended"
SNOOZED = "s"
"""Keys of reminders that a person put off begin so; the date follows."""


@dataclass(frozen=True)
class Rung:
    """One reminder: `key` names it ("t7", "t0", "h4", "ended"), `due_at` is UTC."""

    key: str
    due_at: datetime


def ladder(created_at: datetime, ends_at: datetime, now: datetime, tz: str) -> list[Rung]:
    """All reminders of a token, earliest first; times UTC, mornings and quiet hours in the zone `tz`.

    A rung whose moment lies before `now` is left out; where two fall together the tightest one stays.
    """
    lifetime = (ends_at - created_at).total_seconds() / 86400
    steps = next((days for shortest, days in LADDER if lifetime >= shortest - 0.01), None)
    if steps is None:
        rungs = [Rung(f"h{HOURS_BEFORE}", _by_day(ends_at - timedelta(hours=HOURS_BEFORE), ends_at, tz))]
    else:
        rungs = [Rung(f"t{days}", _morning(ends_at, days, tz)) for days in steps]
    rungs.append(Rung(ENDED, _after_quiet(ends_at, tz)))
    tightest = {rung.due_at: rung for rung in rungs}  # later rungs win
    return sorted((rung for rung in tightest.values() if rung.due_at > now), key=lambda rung: rung.due_at)


def tomorrow(now: datetime, tz: str) -> datetime:
    """The next day's morning in the zone `tz`, as UTC: when a put-off reminder comes back."""
    local = now.astimezone(ZoneInfo(tz))
    return _at(local + timedelta(days=1), MORNING, tz)


def tightest(rungs: Iterable[Rung], now: datetime) -> Rung | None:
    """Of the rungs that are due, the one that matters most: the latest. None if none is due."""
    due = [rung for rung in rungs if rung.due_at <= now]
    return max(due, key=lambda rung: rung.due_at, default=None)


def _morning(ends_at: datetime, days: int, tz: str) -> datetime:
    zone = ZoneInfo(tz)
    end = ends_at.astimezone(zone)
    day = end - timedelta(days=days)
    if days and day.weekday() >= 5:  # Saturday, Sunday: people read it on Friday
        day -= timedelta(days=day.weekday() - 4)
    moment = _at(day, MORNING, tz)
    if moment < ends_at:
        return moment
    return _at(end - timedelta(days=1), LAST_CALL, tz)  # ends before the morning: the evening before


def _by_day(moment: datetime, ends_at: datetime, tz: str) -> datetime:
    """Not in quiet hours: after them, or before them where the end comes first."""
    after = _after_quiet(moment, tz)
    if after < ends_at:
        return after
    evening = moment.astimezone(ZoneInfo(tz)) - timedelta(hours=12)  # on the day whose night it is
    return _at(evening, LAST_CALL, tz)


def _after_quiet(moment: datetime, tz: str) -> datetime:
    local = moment.astimezone(ZoneInfo(tz))
    if local.time() >= EVENING:
        return _at(local + timedelta(days=1), MORNING, tz)
    if local.time() < MORNING:
        return _at(local, MORNING, tz)
    return moment


def _at(day: datetime, clock: time, tz: str) -> datetime:
    return datetime.combine(day.date(), clock, ZoneInfo(tz)).astimezone(UTC)
