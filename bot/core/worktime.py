"""Working time: nine to six on the days that are worked, in one zone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(9), time(18)
FREE_AT_MOST = 16
"""Days in a row that nobody works, in any country."""

IsWorked = Callable[[date, str], bool]
"""Whether a day is worked by who lives in a zone."""


def is_weekday(day: date, _tz: str) -> bool:
    """Monday to Friday, wherever it is."""
    return day.weekday() < 5


def last_worked(day: date, tz: str, is_worked: IsWorked) -> date:
    """That day if it is worked, else the last one before it that is."""
    days = (day - timedelta(days=back) for back in range(min(FREE_AT_MOST, day.toordinal())))
    return next((each for each in days if is_worked(each, tz)), day)


@dataclass(frozen=True)
class WorkTime:
    """Whose working time it is."""

    tz: str = "Asia/Shanghai"
    is_worked: IsWorked = is_weekday

    def worked(self, moment: datetime) -> datetime:
        """This moment (UTC), or the same time of day in the zone on the first day after it that is worked."""
        local = moment.astimezone(ZoneInfo(self.tz))
        days = (local + timedelta(days=on) for on in range(FREE_AT_MOST))
        return next((each for each in days if self.is_worked(each.date(), self.tz)), local).astimezone(UTC)

    def after(self, start: datetime, hours: float) -> datetime:
        """The moment (UTC) at which so many working hours have passed since `start`."""
        zone, left = ZoneInfo(self.tz), timedelta(hours=hours)
        moment = start.astimezone(zone)
        while True:
            opens, closes = (datetime.combine(moment.date(), at, zone) for at in (OPENS, CLOSES))
            if moment < closes and self.is_worked(moment.date(), self.tz):
                moment = max(moment, opens)
                if left <= closes - moment:  # no zone changes its clocks between nine and six
                    return (moment + left).astimezone(UTC)
                left -= closes - moment
            moment = datetime.combine(moment.date() + timedelta(days=1), time(0), zone)


USUAL_TIME = WorkTime()
