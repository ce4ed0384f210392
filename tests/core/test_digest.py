"""When Monday's digest is told: at half past nine, on Tuesday still, and in no other week's place."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest

from bot.core.digest import AT, Digest, days_of, monday_to_tell, next_monday
from tests.core.test_remind import NEW_YORK, SHANGHAI, at

ZONES = [SHANGHAI, NEW_YORK, "Europe/London", "Australia/Lord_Howe"]
EMPTY = Digest(at("2026-11-30T00:00"), (0, None), (0, None), (), 0, (0, ""), (0, ""), [0] * 14, (), 3)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("2026-11-30T09:29", None),
        ("2026-11-30T09:30", "2026-11-30T00:00"),
        ("2026-12-01T23:59", "2026-11-30T00:00"),
        ("2026-12-02T00:00", None),
        ("2026-12-06T23:59", None),
        ("2026-12-07T10:00", "2026-12-07T00:00"),
    ],
)
def test_it_is_told_until_tuesday_ends(now: str, told: str | None) -> None:
    """After three weeks' outage the Monday that is told of is this week's."""
    assert monday_to_tell(at(now), SHANGHAI) == (told and at(told))


@pytest.mark.parametrize("tz", ZONES)
def test_there_is_one_each_week(tz: str) -> None:
    """For a year, with every change of the clock; never the moment itself."""
    moment = at("2026-11-28T12:00", tz)
    for _ in range(55):
        following = next_monday(moment, AT, tz)
        assert timedelta() < following - moment <= timedelta(days=7, hours=1)
        assert monday_to_tell(following, tz) is not None
        assert monday_to_tell(following - timedelta(seconds=1), tz) is None
        moment = following


def test_the_time_is_the_zones_own() -> None:
    assert next_monday(datetime(2026, 11, 30, 1, 29, tzinfo=UTC), AT, SHANGHAI) == datetime(
        2026, 11, 30, 1, 30, tzinfo=UTC
    )
    assert next_monday(datetime(2026, 11, 30, 1, 30, tzinfo=UTC), time(10), SHANGHAI) == datetime(
        2026, 11, 30, 2, tzinfo=UTC
    )


@pytest.mark.parametrize("tz", ZONES)
def test_two_weeks_have_fourteen_days(tz: str) -> None:
    """What is over of them is empty."""
    monday, now = at("2026-10-26T00:00", tz), at("2026-10-27T12:00", tz)
    days = days_of(monday, now, tz)
    assert len(days) == 15
    assert days[:3] == [now, now, at("2026-10-28T00:00", tz)]
    assert all(begins < ends for begins, ends in pairwise(days[1:]))


def test_what_has_ended_unreplaced_alone_is_no_reason_to_speak() -> None:
    assert EMPTY.is_empty
    assert EMPTY.things == 0


@pytest.mark.parametrize(
    ("field", "value", "things"), [("dead", 2, 1), ("unreachable", (3, "U0TOM"), 1), ("counts", [0] * 13 + [1], 0)]
)
def test_whatever_there_is_is_a_reason(field: str, value: object, things: int) -> None:
    found = Digest(**{**vars(EMPTY), field: value})
    assert not found.is_empty
    assert found.things == things
