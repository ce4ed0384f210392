"""Remind: when a token's owner hears that it ends, and when nobody is disturbed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from .credential import LONG
from .errors import InvalidFields, Problem
from .worktime import IsWorked, is_weekday, last_worked

MORNING = time(9, 30)
EVENING = time(21, 0)
LAST_CALL = time(20, 0)
AHEAD = timedelta(hours=1)
"""So long before quiet hours begin comes what can't wait for their end."""

NEAR = timedelta(hours=9)
"""Of two reminders that are no further apart the later one is enough."""

DAYS = (7, 3, 1, 0)
"""Days before the end at which to speak."""

KEY_DAYS = (7, 0)
"""Days before the day on which to change a key."""

LONG_ENOUGH = 15
"""Lifetime in days from which on half of it may lie ahead."""

FURTHEST = ((5, 3), (2, 1))
"""Of shorter ones: shortest lifetime in days, how many days may lie ahead."""
HOURS_BEFORE = 4  # for a token of one day
ENDED = "ended"
SNOOZED = "s"
"""Keys of reminders that a person put off begin so; the date follows."""


@dataclass(frozen=True)
class Rung:
    """One reminder: `key` names it ("t7", "t0", "h4", "ended"), `due_at` is UTC."""

    key: str
    due_at: datetime


@dataclass(frozen=True)
class Quiet:
    """The hours of each day in which nobody is reminded, on the person's own clock; over midnight if they end before
    they begin. They are never empty."""

    begins: time
    ends: time

    def __str__(self) -> str:
        """As it is stored: "21:00-09:30"."""
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"

    def around(self, moment: datetime, tz: str) -> tuple[datetime, datetime] | None:
        """When those that hold this moment begin and end (UTC); None for a moment outside. A clock that is put
        forward may swallow them."""
        local = moment.astimezone(ZoneInfo(tz))
        for day in (local - timedelta(days=1), local):
            begins, over = _at(day, self.begins, tz), timedelta(days=self.ends <= self.begins)
            ends = _at(day + over, self.ends, tz)
            if begins <= moment < ends:
                return begins, ends
        return None

    def avoided(self, moment: datetime, ends_at: datetime, tz: str) -> datetime:
        """This moment, or where it is quiet the end of that; where nothing could be said before `ends_at` any more,
        a moment before it begins."""
        if (around := self.around(moment, tz)) is None:
            return moment
        begins, ends = around
        if ends < ends_at:
            return ends
        earlier = self.around(begins - AHEAD, tz)
        return earlier[1] if earlier else begins - AHEAD

    def over(self, now: datetime, ends_at: datetime, tz: str) -> datetime:
        """Now, or where it is quiet the end of that; now all the same where that would not be before `ends_at`."""
        around = self.around(now, tz)
        return around[1] if around and around[1] < ends_at else now


USUAL = Quiet(EVENING, MORNING)
"""For who has chosen nothing else."""

OFF = ""
"""How it is stored that there are none."""


def quiet_of(stored: str | None) -> Quiet | None:
    """The quiet hours that somebody has, from what is stored of their choice; None where they want none."""
    if not stored:
        return USUAL if stored is None else None
    begins, _, ends = stored.partition("-")
    return Quiet(time.fromisoformat(begins), time.fromisoformat(ends))


def read_quiet(begins: str, ends: str, *, wanted: bool) -> Quiet | None:
    """What was chosen in the form ("21:00"), None for none at all.

    Raises InvalidFields where one end is missing or no time of day, and where both are the same.
    """
    if not wanted:
        return None
    times, problems = [], []
    for question, text in (("people.quiet_from", begins), ("people.quiet_to", ends)):
        try:
            times.append(time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None))
        except ValueError:
            problems.append(Problem(question, "no_time"))
    if not problems and times[0] == times[1]:
        problems.append(Problem("people.quiet_to", "no_hours"))
    if problems:
        raise InvalidFields(problems)
    return Quiet(*times)


RULES = 2
"""Another number plans everything anew where a process starts with rules that make other ladders of the same days."""


@dataclass(frozen=True)
class Timetable:
    """When reminders come, as the operator wants it. Days before the end, the furthest first, with 1 or 0 among them:
    `days` of people's tokens, `days_long` of those that outlive any PAT, `days_own` of the bot's own;
    `days_key` before the day on which a key is to be changed.
    """

    is_worked: IsWorked = is_weekday
    days: tuple[int, ...] = DAYS
    days_long: tuple[int, ...] = DAYS
    days_own: tuple[int, ...] = DAYS
    calendar: str = ""
    days_key: tuple[int, ...] = KEY_DAYS

    @property
    def name(self) -> str:
        """The same for the same reminders, whatever process it is in; `calendar` stands for `is_worked` in it."""
        return f"{RULES} {self.days} {self.days_long} {self.days_own} {self.days_key} {self.calendar}"

    @property
    def furthest(self) -> int:
        """The most days before an end at which anybody is reminded."""
        return max(*self.days, *self.days_long, *self.days_own, *self.days_key)

    def _steps(self, lifetime: timedelta) -> list[int]:
        """Those of the days that suit a token of this lifetime; none for one of a day."""
        days = lifetime / timedelta(days=1) + 0.01
        short = next((furthest for shortest, furthest in FURTHEST if days >= shortest), -1)
        most = days / 2 if days >= LONG_ENOUGH else short
        return [each for each in (self.days_long if lifetime > LONG else self.days) if each <= most]

    def ladder(
        self,
        created_at: datetime,
        ends_at: datetime,
        recorded_at: datetime,
        tz: str,
        quiet: Quiet | None = USUAL,
        days: Sequence[int] = (),
    ) -> list[Rung]:
        """All reminders of a token, earliest first; times UTC, mornings and quiet hours in the zone `tz`. `days` are
        those before its end where its lifetime does not say them.

        What would come in quiet hours waits for their end; where the token would have ended by then, it comes before.
        What would come on a free day comes on the last working day before, but for the last rung, if the token was
        not recorded by then. Of those of one day, and of two that are `NEAR`, the tighter one stays; that a token has
        ended is told in the morning after. What is past is there as well.
        """
        steps = days or self._steps(ends_at - created_at)
        if not steps:
            planned = [(f"h{HOURS_BEFORE}", ends_at - timedelta(hours=HOURS_BEFORE))]
        else:
            since = {min((days for days in steps if days), default=0): recorded_at}
            mornings = (self._morning(ends_at, days, tz, since.get(days), recorded_at) for days in steps)
            planned = [(f"t{days}", moment) for days, moment in zip(steps, mornings, strict=True)]
        rungs = _daily([Rung(key, heard(moment, ends_at, tz, quiet)) for key, moment in planned], recorded_at, tz)
        apart = [rung for rung in rungs if tightest(rungs, rung.due_at + NEAR) is rung]
        told = {_day(rung.due_at, tz) for rung in apart if rung.due_at > recorded_at}
        return [*apart, Rung(ENDED, _afterwards(ends_at, tz, quiet, told))]

    def _morning(
        self, ends_at: datetime, days: int, tz: str, since: datetime | None, recorded_at: datetime
    ) -> datetime:
        """On a working day, if that is after `since`. The day of the end is kept, free or not."""
        day = (ends_at.astimezone(ZoneInfo(tz)) - timedelta(days=days)).date()
        free = (day - last_worked(day, tz, self.is_worked)).days if days else 0
        moment = _morning(ends_at, days + free, tz, recorded_at)
        return moment if since is None or moment > since else _morning(ends_at, days, tz, recorded_at)


USUAL_TIMES = Timetable()


def heard(moment: datetime, ends_at: datetime | None, tz: str, quiet: Quiet | None) -> datetime:
    """When somebody hears what is planned for this moment: not in their quiet hours, before `ends_at` if given."""
    return quiet.avoided(moment, ends_at or datetime.max.replace(tzinfo=UTC), tz) if quiet else moment


def held(now: datetime, ends_at: datetime | None, tz: str, quiet: Quiet | None) -> datetime:
    """Until when (UTC) waits what should ring now, late as it may be: for the end of quiet hours, unless `ends_at` is
    given and would have come by then. Nothing can ring earlier any more."""
    return quiet.over(now, ends_at or datetime.max.replace(tzinfo=UTC), tz) if quiet else now


def tomorrow(now: datetime, tz: str) -> datetime:
    """The next day's morning in the zone `tz`, as UTC: when a put-off reminder comes back."""
    local = now.astimezone(ZoneInfo(tz))
    return _at(local + timedelta(days=1), MORNING, tz)


def tightest(rungs: Iterable[Rung], now: datetime) -> Rung | None:
    """Of the rungs that are due, the one that matters most: the latest, and of several the nearest to the end, which
    comes last. None if none is due."""
    due = [rung for rung in rungs if rung.due_at <= now]
    return max(reversed(due), key=lambda rung: rung.due_at, default=None)


def nearest(rungs: Iterable[Rung], now: datetime) -> Rung | None:
    """Of what is told before the end the rung that is due, or will be so soon that it is enough. None if none is."""
    return tightest((rung for rung in rungs if rung.key != ENDED), now + NEAR)


def is_overtaken(key: str, rungs: Iterable[Rung], now: datetime) -> bool:
    """Whether a tighter rung tells now, or soon, what this one would have told."""
    known = list(rungs)
    mine, tight = next((rung for rung in known if rung.key == key), None), nearest(known, now)
    return mine is not None and tight is not None and tight.due_at > mine.due_at


def _daily(rungs: Iterable[Rung], recorded_at: datetime, tz: str) -> list[Rung]:
    """One a day: the tightest, told when the first of that day is that comes after the token was recorded."""
    of_day = defaultdict[date, list[Rung]](list)
    for rung in rungs:
        of_day[_day(rung.due_at, tz)].append(rung)
    found = []
    for each in of_day.values():
        coming = (rung.due_at for rung in each if rung.due_at > recorded_at)
        found.append(replace(each[-1], due_at=min(coming, default=each[-1].due_at)))
    return found


def _afterwards(ends_at: datetime, tz: str, quiet: Quiet | None, told: Collection[date]) -> datetime:
    """The first morning after the end on none of the days on which something is `told`, so that all that somebody
    hears on a day comes as one message."""
    end = ends_at.astimezone(ZoneInfo(tz))
    mornings = (heard(_at(end + timedelta(days=on), MORNING, tz), None, tz, quiet) for on in count())
    return next(each for each in mornings if each >= ends_at and _day(each, tz) not in told)


def _day(moment: datetime, tz: str) -> date:
    return moment.astimezone(ZoneInfo(tz)).date()


def _morning(ends_at: datetime, days: int, tz: str, recorded_at: datetime) -> datetime:
    """So many days before the end; where it comes before the morning the day before, and in its evening what was not
    recorded by then."""
    end = ends_at.astimezone(ZoneInfo(tz))
    moment = _at(end - timedelta(days=days), MORNING, tz)
    if moment < ends_at:
        return moment
    moment = _at(end - timedelta(days=1), MORNING, tz)
    return moment if moment > recorded_at else _at(end - timedelta(days=1), LAST_CALL, tz)


def _at(day: datetime, clock: time, tz: str) -> datetime:
    return datetime.combine(day.date(), clock, ZoneInfo(tz)).astimezone(UTC)
