"""Where people get stuck: counted by place, with the median of how long."""

from datetime import UTC, datetime, timedelta

from bot.core.stuck import Standing, StuckPlace, places

NOW = datetime(2026, 12, 2, tzinfo=UTC)


def standing(step: str, error: str, *days: int) -> list[Standing]:
    """So many people, each for so many days."""
    return [Standing("pat", step, error, NOW - timedelta(days=each)) for each in days]


def test_most_people_come_first_and_then_the_longest() -> None:
    found = places([*standing("s1", "E1", 1, 5, 30), *standing("s2", "", 9), *standing("s3", "", 2)], NOW)
    assert found == [
        StuckPlace("pat", "s1", "E1", 3, timedelta(days=5)),
        StuckPlace("pat", "s2", "", 1, timedelta(days=9)),
        StuckPlace("pat", "s3", "", 1, timedelta(days=2)),
    ]


def test_one_step_with_two_errors_is_two_places() -> None:
    found = places(standing("s1", "E1", 1, 2) + standing("s1", "E6", 4), NOW)
    assert [(each.error, each.count, each.median) for each in found] == [
        ("E1", 2, timedelta(days=1, hours=12)),
        ("E6", 1, timedelta(days=4)),
    ]


def test_nobody_is_stuck() -> None:
    assert places([], NOW) == []
