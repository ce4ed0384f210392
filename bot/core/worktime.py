"""Working time: Monday to Friday, nine to six, in one zone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(9), time(18)


def after(start: datetime, hours: float, tz: str) -> datetime:
    """The moment (UTC) at which so many working hours of the zone `tz` have passed since `start`."""
    zone, left = ZoneInfo(tz), timedelta(hours=hours)
    moment = start.astimezone(zone)
    while True:
        opens, closes = (datetime.combine(moment.date(), at, zone) for at in (OPENS, CLOSES))
        if moment.weekday() < 5 and moment < closes:
            moment = max(moment, opens)
            if left <= closes - moment:  # no zone changes its clocks between nine and six
                return (moment + left).astimezone(UTC)
            left -= closes - moment
        moment = datetime.combine(moment.date() + timedelta(days=1), time(0), zone)
