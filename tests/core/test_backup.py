"""Backup persons: who may be one, and how long somebody has who is asked to help."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.backup import Standby, check, deadline, standby
from bot.core.errors import InvalidFields
from bot.core.people import Person, Standing
from bot.core.remind import USUAL
from bot.core.worktime import is_weekday

NEVER = datetime(2099, 1, 1, tzinfo=UTC)
SHANGHAI = "Asia/Shanghai"


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of December 2026, whose fourth is a Friday."""
    return datetime(2026, 12, day, hour - 8, minute, tzinfo=UTC) if hour >= 8 else shanghai(day - 1, hour + 24)


@pytest.mark.parametrize(
    ("told", "until"),
    [
        (shanghai(3, 9, 30), shanghai(3, 18)),
        (shanghai(3, 17, 59), shanghai(3, 18)),
        (shanghai(3, 18), shanghai(4, 18)),
        (shanghai(4, 19), shanghai(7, 18)),
        (shanghai(5, 10), shanghai(7, 18)),
    ],
    ids=["morning", "a minute left", "evening", "friday evening", "saturday"],
)
def test_the_end_of_that_working_day(told: datetime, until: datetime) -> None:
    """Or of the next one, where that is over or nobody works."""
    assert deadline(told, NEVER, SHANGHAI, is_weekday) == until


def test_no_later_than_the_end() -> None:
    """A token that ends before takes the admins in then; one that has ended leaves the day."""
    told = shanghai(3, 9, 30)
    assert deadline(told, told + timedelta(minutes=30), SHANGHAI, is_weekday) == told + timedelta(minutes=30)
    assert deadline(told, told - timedelta(days=1), SHANGHAI, is_weekday) == shanghai(3, 18)


def person(standing: Standing) -> Person:
    """Somebody of the workspace."""
    return Person("T0SHARGE", "U0TOM", "Tom", "en", SHANGHAI, standing, admin=False, seen_at=NEVER)


@pytest.mark.parametrize(
    ("named", "known", "code"),
    [
        ("", None, "empty"),
        ("U0MEI", None, "backup_self"),
        ("U0TOM", Standing.GUEST, "backup_guest"),
        ("U0TOM", Standing.BOT, "backup_bot"),
        ("U0TOM", Standing.STRANGER, "backup_stranger"),
        ("U0TOM", Standing.DEACTIVATED, "backup_deactivated"),
    ],
)
def test_who_can_not_be_one(named: str, known: Standing | None, code: str) -> None:
    """Each is told why."""
    with pytest.raises(InvalidFields) as caught:
        check(named, "U0MEI", person(known) if known else None)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_who_can_be_one() -> None:
    """A full member; who is not known yet is looked up first."""
    check("U0TOM", "U0MEI", person(Standing.MEMBER))
    check("U0TOM", "U0MEI", None)


@pytest.mark.parametrize(
    ("now", "heard", "until"),
    [
        (shanghai(3, 10), shanghai(3, 10), shanghai(3, 18)),
        (shanghai(3, 22), shanghai(4, 9, 30), shanghai(4, 18)),
        (shanghai(4, 22), shanghai(5, 9, 30), shanghai(7, 18)),
    ],
    ids=["by day", "at night", "before a weekend"],
)
def test_when_they_hear_of_it(now: datetime, heard: datetime, until: datetime) -> None:
    """Not in their quiet hours; what was told of a token that has ended waits for their end too."""
    mei = Standby("U0MEI", SHANGHAI, USUAL)
    assert mei.asked(now, NEVER, is_weekday) == (heard, until)
    assert mei.asked(now, now - timedelta(days=1), is_weekday) == (heard, until)


def test_what_ends_at_night_is_heard_of_at_once() -> None:
    """In the morning it would be too late."""
    ends = shanghai(4, 1)
    assert Standby("U0MEI", SHANGHAI, USUAL).asked(shanghai(3, 22), ends, is_weekday) == (shanghai(3, 22), ends)


def test_only_a_member_stands_in() -> None:
    """Who has accepted may have left since."""
    mei = Person("T1", "U0MEI", "mei", "zh", SHANGHAI, Standing.MEMBER, admin=False, seen_at=NEVER)
    assert standby(mei) == Standby("U0MEI", SHANGHAI, USUAL)
    assert standby(replace(mei, standing=Standing.GUEST)) is None
    assert standby(None) is None
