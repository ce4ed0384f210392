"""Which days are worked: by zone or by setting, with what China makes up, and where nothing is known."""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import available_timezones

import pytest

from bot.core.worktime import FREE_AT_MOST
from bot.workdays import BY_ZONE, WEEKDAYS, WorkCalendar, countries, country_of

SHANGHAI, NEW_YORK, BERLIN, RIYADH = "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Asia/Riyadh"
BY = WorkCalendar()


@pytest.mark.parametrize(
    ("day", "tz", "is_worked"),
    [
        # the State Council's notice for 2026: gov.cn/gongbao/2025/issue_12406/202511/content_7048922.html
        ("2026-02-14", SHANGHAI, True),  # a Saturday that is made up
        ("2026-02-16", SHANGHAI, False),
        ("2026-02-23", SHANGHAI, False),
        ("2026-02-24", SHANGHAI, True),
        ("2026-02-28", SHANGHAI, True),
        ("2026-09-20", SHANGHAI, True),  # a Sunday
        ("2026-10-07", SHANGHAI, False),
        ("2026-10-10", SHANGHAI, True),
        ("2026-10-17", SHANGHAI, False),  # any Saturday
        ("2026-02-14", NEW_YORK, False),
        ("2026-02-16", NEW_YORK, False),  # Washington's birthday
        ("2026-07-03", NEW_YORK, False),  # Independence Day is a Saturday
        ("2026-12-25", BERLIN, False),
        ("2026-12-24", BERLIN, True),
        ("2026-12-25", RIYADH, False),  # a Friday: there the weekend's first day
        ("2026-12-27", RIYADH, True),  # a Sunday
    ],
)
def test_public_holidays_go_by_the_zone(day: str, tz: str, is_worked: bool) -> None:  # noqa: FBT001 (a table)
    assert BY.is_worked(date.fromisoformat(day), tz) is is_worked


@pytest.mark.parametrize(
    ("tz", "country"),
    [(SHANGHAI, "CN"), ("PRC", "CN"), ("Asia/Chongqing", "CN"), ("US/Eastern", "US"), ("Asia/Calcutta", "IN")],
)
def test_a_zones_country_is_known_by_its_older_names_too(tz: str, country: str) -> None:
    assert country_of(tz) == country


@pytest.mark.parametrize("tz", ["UTC", "Etc/GMT-8", "Mars/Base", "", "../../etc/passwd"])
@pytest.mark.parametrize("day", [date(2026, 2, 14), date(2026, 2, 16), date(2026, 12, 25)])
def test_a_zone_of_no_country_works_on_weekdays(tz: str, day: date) -> None:
    assert BY.is_worked(day, tz) is (day.weekday() < 5)


@pytest.mark.parametrize("day", [date.min, date(2, 1, 5), date(1800, 7, 4), date(9998, 12, 31), date.max])
@pytest.mark.parametrize("tz", [SHANGHAI, NEW_YORK, BERLIN, "Asia/Tehran"])
def test_a_year_of_which_nothing_is_known_breaks_nothing(day: date, tz: str) -> None:
    assert BY.is_worked(day, tz) in (True, False)
    if day in (date.min, date.max):
        assert BY.is_worked(day, tz) is (day.weekday() < 5)


def test_one_country_for_everybody() -> None:
    """Or none, whatever the zone."""
    made_up, off = date(2026, 2, 14), date(2026, 2, 17)
    chinese, plain = WorkCalendar("CN"), WorkCalendar(WEEKDAYS)
    assert chinese.is_worked(made_up, NEW_YORK)
    assert not chinese.is_worked(off, NEW_YORK)
    assert not plain.is_worked(made_up, SHANGHAI)
    assert plain.is_worked(off, SHANGHAI)


def test_every_zone_has_days_and_no_country_is_off_for_weeks() -> None:
    """With a country that is unknown, too."""
    zones = sorted(available_timezones())
    assert {"CN", "US", "DE", "SG"} <= countries()
    assert {BY_ZONE, WEEKDAYS} & countries() == set()
    for tz in {country_of(zone): zone for zone in zones}.values():
        days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
        worked = [day for day in days if BY.is_worked(day, tz)]
        assert all((later - earlier).days <= FREE_AT_MOST for earlier, later in pairwise(worked))
