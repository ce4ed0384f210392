"""Seats: what is left, and an estimate that says nothing where too little is known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.errors import InvalidFields
from bot.core.seats import Seats, read_total

NOW = datetime(2026, 12, 2, tzinfo=UTC)
SEATS = Seats(NOW, 100, 88, NOW, 6, NOW - timedelta(days=365))


def test_twelve_left_at_one_a_week_last_twelve_weeks() -> None:
    assert (SEATS.left, SEATS.weeks) == (12, 6.0)
    assert SEATS.runs_out_at == NOW + timedelta(weeks=12)


def test_joins_of_a_young_team_are_spread_over_its_own_weeks() -> None:
    young = replace(SEATS, first_at=NOW - timedelta(weeks=3))
    assert young.runs_out_at == NOW + timedelta(weeks=6)


@pytest.mark.parametrize(
    "known",
    [
        {"total": None},
        {"joins": 2},
        {"first_at": None},
        {"first_at": NOW - timedelta(days=13)},
        {"taken": 100},
        {"taken": 101},
        {"total": 100_000},
    ],
    ids=["no total", "two joins", "nobody joined", "too young", "full", "more than there are", "decades ahead"],
)
def test_nothing_is_claimed_where_it_would_be_a_guess(known: dict[str, None]) -> None:
    seats = replace(SEATS, **known)  # type: ignore[arg-type]
    assert seats.runs_out_at is None


def test_more_members_than_seats_leave_none() -> None:
    assert replace(SEATS, taken=120).left == 0
    assert replace(SEATS, total=None).left is None


@pytest.mark.parametrize(("typed", "total"), [("1", 1), (" 200 ", 200), ("１００", 100), ("1000000", 1_000_000)])
def test_a_number_is_read(typed: str, total: int) -> None:
    assert read_total(typed) == total


@pytest.mark.parametrize("typed", ["", "0", "-3", "many", "1.5", "1000001", "99999999999"])
def test_what_is_no_number_of_seats_is_refused(typed: str) -> None:
    with pytest.raises(InvalidFields):
        read_total(typed)
