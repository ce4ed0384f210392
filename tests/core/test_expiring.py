"""Which days are asked about, however they are typed, and where each begins, across changes of the clock."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.core.expiring import BARS, MOST, USUAL, Expiring, edges, read_days

NOW = datetime(2026, 10, 20, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("", USUAL),
        ("  ", USUAL),
        ("1", 1),
        ("31", 31),
        ("0031", 31),
        ("１４", 14),
        ("30天", 30),
        ("30 days", 30),
        ("30　日", 30),
        (str(MOST), MOST),
        (str(MOST + 1), None),
        ("9999", None),
        ("9" * 40, None),
        ("0", None),
        ("-3", None),
        ("3.5", None),
        ("yesterday", None),
        ("2026-12-01", None),
        ("14 14", None),
        ("٣", None),
        ("²", 2),
    ],
)
def test_only_a_number_of_days_counts(typed: str, days: int | None) -> None:
    assert read_days(typed) == days


@pytest.mark.parametrize("tz", ["Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe"])
@pytest.mark.parametrize("days", [1, 2, 14, BARS, BARS + 1, 30, MOST])
def test_the_days_follow_on_each_other(days: int, tz: str) -> None:
    """No moment is left out or counted twice, and no chart gets too many bars; a day may have 23 or 25 hours."""
    found = edges(NOW, days, tz)
    assert found[0] == NOW
    assert all(begins < ends for begins, ends in pairwise(found))
    assert len(found) - 1 == (days if days <= BARS else -(-days // 7)) <= BARS
    assert abs(found[-1] - NOW - timedelta(days=days)) <= timedelta(hours=25)


def test_the_first_day_is_what_is_left_of_today() -> None:
    """In Shanghai it is eleven in the morning."""
    midnight = datetime(2026, 10, 20, 16, tzinfo=UTC)
    assert edges(NOW, 2, "Asia/Shanghai") == [NOW, midnight, midnight + timedelta(days=1)]


def test_the_total_is_the_sum_of_the_bars() -> None:
    assert Expiring(2, (), [3, 4], 1, ()).total == 7
