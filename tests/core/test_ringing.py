"""What a job decides at the moment of a reminder: whom it tells, when, and of what."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.credential import Credential, CredentialKind, CredentialState
from bot.core.orphan import Reason
from bot.core.people import Standing
from bot.core.remind import ENDED, Quiet, Timetable
from bot.core.ringing import (
    FALLBACK_ZONE,
    LAST_DAY,
    Due,
    Owner,
    instead,
    is_silent,
    owner_of,
    rings_at,
    together,
    told_as,
)
from tests.core.test_orphan import MEI
from tests.core.test_remind import SHANGHAI, at

MADE = at("2026-12-01T10:00")
TOKEN = Credential(17, "T0SHARGE", "U0MEI", "x", MADE, at("2026-12-31T10:00"), None, CredentialState.ACTIVE, MADE)
OWNER = Owner(SHANGHAI)
WEEK = at("2026-12-24T09:30")


def rings(key: str, due_at: datetime, now: datetime, owner: Owner = OWNER) -> datetime | None:
    return rings_at(Timetable(), Due(TOKEN, key, due_at), owner, now)


@pytest.mark.parametrize(
    ("key", "due", "now", "moment"),
    [
        ("t7", WEEK, WEEK, WEEK),
        ("t7", WEEK, at("2026-12-24T22:00"), at("2026-12-25T09:30")),  # an outage until night
        ("t7", WEEK, at("2026-12-28T10:00"), None),  # the next one tells the same
        ("t3", WEEK, WEEK, at("2026-12-28T09:30")),  # planned for another zone
        ("s261226", at("2026-12-26T09:30"), at("2026-12-26T09:30"), at("2026-12-26T09:30")),
        ("s261228", at("2026-12-28T09:30"), at("2026-12-28T09:30"), None),
        ("t14", at("2026-12-17T09:30"), at("2026-12-17T09:30"), None),  # of another timetable
        ("t1", at("2026-12-30T09:30"), at("2027-01-01T23:00"), at("2027-01-02T09:30")),  # has ended meanwhile
    ],
)
def test_when_it_rings(key: str, due: datetime, now: datetime, moment: datetime | None) -> None:
    assert rings(key, due, now) == moment


def test_quiet_hours_are_those_of_today() -> None:
    late = replace(OWNER, quiet=Quiet(WEEK.astimezone().time().replace(hour=9), WEEK.time().replace(hour=12)))
    assert rings("t7", WEEK, WEEK, late) == at("2026-12-24T12:30")
    assert rings("t7", WEEK, WEEK, replace(OWNER, quiet=None)) == WEEK


def test_only_what_rings_now_is_told_with_another_one() -> None:
    other, third = (replace(TOKEN, id=number) for number in (18, 19))
    dues = [Due(other, "t7", WEEK), Due(third, "t3", WEEK)]
    assert together(Timetable(), dues, OWNER, WEEK) == dues[:1]


def test_what_has_ended_is_told_as_that_whatever_was_planned() -> None:
    """In the order in which they were recorded."""
    other = replace(TOKEN, id=16, ends_at=WEEK)
    told = told_as([Due(TOKEN, "t7", WEEK), Due(other, "t1", WEEK)], WEEK)
    assert list(told.items()) == [(other, ENDED), (TOKEN, "t7")]


@pytest.mark.parametrize(
    ("standing", "reason"), [(Standing.MEMBER, None), (Standing.DEACTIVATED, Reason.DEACTIVATED)]
)
def test_of_who_reads_nothing_the_admins_hear(standing: Standing, reason: Reason | None) -> None:
    """The bot's own token is theirs anyway."""
    owner = owner_of(replace(MEI, standing=standing, quiet="22:00-08:00"))
    assert instead(TOKEN, owner) is reason
    assert instead(replace(TOKEN, user_id="C0ADMINS"), owner) is None
    assert (owner.tz, str(owner.quiet)) == (SHANGHAI, "22:00-08:00")


def test_of_nobody_the_usual_is_taken() -> None:
    assert owner_of(None) == Owner(FALLBACK_ZONE)


@pytest.mark.parametrize(
    ("key", "reminders", "replaced", "put_off", "silent"),
    [
        (LAST_DAY, 2, 0, 0, 1),
        ("t1", 2, 0, 0, 0),
        (LAST_DAY, 0, 0, 0, 0),
        (LAST_DAY, 2, 1, 0, 0),
        (LAST_DAY, 2, 0, 1, 0),
    ],
)
def test_who_was_reminded_and_did_nothing_is_silent(
    key: str, reminders: int, replaced: int, put_off: int, silent: int
) -> None:
    assert is_silent(key, reminders, is_being_replaced=bool(replaced), is_put_off=bool(put_off)) == silent


def test_a_key_ends_for_nobody() -> None:
    """Its owner is reminded of its day, and nobody in their place."""
    key = replace(TOKEN, kind=CredentialKind.KEY)
    gone = Owner(SHANGHAI, unheard=Reason.DEACTIVATED)
    assert rings_at(Timetable(), Due(key, "t7", WEEK), OWNER, WEEK) == WEEK
    assert rings_at(Timetable(), Due(key, "t7", WEEK), gone, WEEK) is None
    assert instead(key, gone) is None
    assert instead(TOKEN, gone) is Reason.DEACTIVATED


def test_the_last_day_is_a_rung() -> None:
    rungs = Timetable().ladder(MADE, TOKEN.ends_at, MADE, SHANGHAI)
    assert LAST_DAY in {rung.key for rung in rungs}
    assert rungs[-1].due_at - TOKEN.ends_at < timedelta(days=1)
