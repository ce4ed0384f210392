"""Workdays: which days are worked in a country, by its public holidays and by the days that are made up for them.

The dates are those of the library `holidays` (github.com/vacanza/holidays). China's are the State Council's, a year
at a time: until a year's notice is out the statutory days alone are known, and no days that are made up. Days off of
single states, regions or companies are in no list here.
"""

from datetime import date
from functools import lru_cache
from importlib.metadata import version
from typing import Protocol

from babel.core import get_global

BY_ZONE, WEEKDAYS = "zone", "weekdays"
"""Instead of a country's code: the country of each zone, and none at all."""


class _Country(Protocol):
    def is_working_day(self, key: date) -> bool:
        """As the library has it."""


def countries() -> frozenset[str]:
    """The codes (ISO 3166) of countries whose days are known."""
    import holidays  # takes a third of a second: only for who needs it

    return frozenset(code for code in holidays.list_supported_countries(include_aliases=False) if len(code) == 2)


def country_of(tz: str) -> str:
    """The code of the country in which a zone lies; "" for one that lies in none, such as UTC, or that is unknown."""
    zone = get_global("zone_aliases").get(tz, tz)
    return str(get_global("zone_territories").get(zone, ""))


def is_weekday(day: date) -> bool:
    """Monday to Friday: where nothing else is known."""
    return day.weekday() < 5


class WorkCalendar:
    """Whose days count: `of` is a country's code for everybody, BY_ZONE or WEEKDAYS."""

    def __init__(self, of: str = BY_ZONE) -> None:
        self._of = of

    @property
    def name(self) -> str:
        """What it goes by, the library's version too: another name may have other days."""
        return f"{self._of} {version('holidays')}"

    def is_worked(self, day: date, tz: str) -> bool:
        """Whether that day is worked by who lives in the zone `tz`; Monday to Friday is, where nothing is known of
        the country or the year."""
        if self._of == WEEKDAYS:
            return is_weekday(day)
        country = _days(country_of(tz) if self._of == BY_ZONE else self._of, day.year)
        return country.is_working_day(day) if country else is_weekday(day)


@lru_cache(maxsize=512)
def _days(code: str, year: int) -> _Country | None:
    """A country's days about this year: what is made up may stand in the notice of the year after."""
    if not code or not date.min.year < year < date.max.year:
        return None
    import holidays

    try:
        days: _Country = holidays.country_holidays(code, years=(year - 1, year, year + 1))
    except NotImplementedError:
        return None
    return days
