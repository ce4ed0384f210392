"""Who somebody is: their zone, whatever Slack says of it, and by what they may decide."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.people import FRESH, HOUR, NO_WHOLE_HOUR, Person, Standing, is_zone, zone_at

NOW = datetime(2026, 12, 2, 2, tzinfo=UTC)
MEI = Person("T1", "U0MEI", "mei", "zh-CN", "Asia/Shanghai", Standing.MEMBER, admin=False, seen_at=NOW)


@pytest.mark.parametrize("hours", range(-12, 15))
def test_a_zone_keeps_its_distance(hours: int) -> None:
    zone = zone_at(hours * HOUR)
    assert zone is not None
    for month in (1, 7):
        assert datetime(2026, month, 1, tzinfo=ZoneInfo(zone)).utcoffset() == timedelta(hours=hours)


def test_no_distance_is_utc() -> None:
    assert zone_at(0) == "UTC"


@pytest.mark.parametrize("seconds", NO_WHOLE_HOUR)
def test_odd_distances_have_zones_of_their_own(seconds: int) -> None:
    zone = zone_at(seconds)
    assert zone == NO_WHOLE_HOUR[seconds]
    for month in (1, 7):
        assert datetime(2026, month, 1, tzinfo=ZoneInfo(zone)).utcoffset() == timedelta(seconds=seconds)


@pytest.mark.parametrize("seconds", [None, 14 * HOUR + 1, -12 * HOUR - 1, 10**9])
def test_what_is_no_distance_names_no_zone(seconds: int | None) -> None:
    assert zone_at(seconds) is None


@pytest.mark.parametrize(("seconds", "zone"), [(8 * HOUR + 900, "Etc/GMT-8"), (-4 * HOUR - 2700, "Etc/GMT+5")])
def test_another_distance_goes_to_the_nearest_hour(seconds: int, zone: str) -> None:
    assert zone_at(seconds) == zone


def test_a_zone_that_this_machine_does_not_know_becomes_utc() -> None:
    assert MEI.tz == "Asia/Shanghai"
    for unknown in ("Mars/Olympus", "", "../etc/passwd", "\0", "/"):
        assert not is_zone(unknown)
        assert replace(MEI, tz=unknown).tz == "UTC"


@pytest.mark.parametrize("standing", Standing)
def test_only_members_decide(standing: Standing) -> None:
    is_member = standing is Standing.MEMBER
    assert replace(MEI, standing=standing, admin=True).may_decide() is is_member
    assert replace(MEI, standing=standing, deputy=True).may_stand_in() is is_member
    assert not replace(MEI, standing=standing, deputy=True).may_decide()
    assert not replace(MEI, standing=standing, admin=True).may_stand_in()


@pytest.mark.parametrize(
    ("age", "fresh"),
    [
        (timedelta(0), True),
        (FRESH, True),
        (FRESH + timedelta(microseconds=1), False),
        (-timedelta(microseconds=1), False),
    ],
)
def test_what_was_seen_is_known_for_a_while(age: timedelta, *, fresh: bool) -> None:
    assert MEI.fresh(NOW + age) is fresh
