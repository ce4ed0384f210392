"""Working time: evenings, nights and free days don't count."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.worktime import WorkTime, is_weekday, last_worked

ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-12-02T10:00", 4, "2026-12-02T14:00"),  # a Wednesday
        ("2026-12-02T16:00", 4, "2026-12-03T11:00"),
        ("2026-12-02T05:00", 4, "2026-12-02T13:00"),
        ("2026-12-02T22:00", 4, "2026-12-03T13:00"),
        ("2026-12-04T17:00", 4, "2026-12-07T12:00"),  # over the weekend
        ("2026-12-05T12:00", 9, "2026-12-07T18:00"),
        ("2026-12-02T09:00", 18, "2026-12-03T18:00"),
        ("2026-12-02T18:00", 0.5, "2026-12-03T09:30"),
    ],
)
def test_only_working_hours_count(start: str, hours: float, end: str) -> None:
    assert WorkTime("Asia/Shanghai").after(at(start), hours) == at(end)


OFF, MADE_UP = range(15, 24), (14, 28)


def new_year(day: date, tz: str) -> bool:
    """China's spring festival of 2026: nine days off, two Saturdays made up."""
    if day.month != 2:
        return is_weekday(day, tz)
    return day.day in MADE_UP or (is_weekday(day, tz) and day.day not in OFF)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-02-13T17:00", 4, "2026-02-14T12:00"),  # a Friday, and the Saturday after it
        ("2026-02-14T17:00", 4, "2026-02-24T12:00"),
        ("2026-02-27T17:00", 2, "2026-02-28T10:00"),
    ],
)
def test_holidays_do_not_count_and_days_made_up_do(start: str, hours: float, end: str) -> None:
    assert WorkTime("Asia/Shanghai", new_year).after(at(start), hours) == at(end)


def test_the_last_worked_day_is_that_day_or_one_before() -> None:
    for day, last in ((14, 14), (15, 14), (23, 14), (24, 24), (28, 28)):
        assert last_worked(date(2026, 2, day), "Asia/Shanghai", new_year) == date(2026, 2, last)


@pytest.mark.parametrize("day", [date.min, date(2026, 2, 14), date.max])
def test_where_nobody_ever_works_it_is_that_day(day: date) -> None:
    assert last_worked(day, "UTC", lambda *_: False) == day


def test_what_comes_on_a_day_off_waits_for_the_next_worked_one() -> None:
    """At the same time of day; also over a change of clocks, and where nobody works for a month, as it was."""
    zone = ZoneInfo("Asia/Shanghai")
    time = WorkTime("Asia/Shanghai", new_year)
    monday = datetime(2026, 2, 16, 9, tzinfo=zone)
    assert time.worked(monday) == datetime(2026, 2, 24, 9, tzinfo=zone)
    assert time.worked(datetime(2026, 3, 2, 9, tzinfo=zone)) == datetime(2026, 3, 2, 9, tzinfo=zone)
    berlin = ZoneInfo("Europe/Berlin")
    saturday = datetime(2026, 3, 28, 9, tzinfo=berlin)
    assert WorkTime("Europe/Berlin").worked(saturday) == datetime(2026, 3, 30, 9, tzinfo=berlin)
    assert WorkTime("Asia/Shanghai", lambda _day, _tz: False).worked(monday) == monday
