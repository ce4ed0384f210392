"""Quiet hours: on one's own clock, over midnight and changes of the clock; no token ends unannounced for them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.core.errors import InvalidFields
from bot.core.remind import ENDED, NEAR, USUAL, Quiet, heard, held, quiet_of, read_quiet, tomorrow
from tests.core.test_remind import NEW_YORK, SHANGHAI, at, ladder

ZONES = [SHANGHAI, NEW_YORK, "Australia/Lord_Howe", "Asia/Kathmandu", "UTC", "America/Santiago", "Pacific/Apia"]
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001  (a zone is put on)
    lambda naive: naive.replace(second=0, microsecond=0, tzinfo=UTC)
)
CLOCKS = st.builds(time, st.integers(0, 23), st.integers(0, 59))
HOURS = st.builds(Quiet, CLOCKS, CLOCKS).filter(lambda quiet: quiet.begins != quiet.ends)
NIGHT, DAY, LATE = Quiet(time(22), time(8)), Quiet(time(8), time(20)), Quiet(time(0), time(10))


@pytest.mark.parametrize(
    ("quiet", "moment", "around"),
    [
        (NIGHT, "2026-12-02T23:00", ("2026-12-02T22:00", "2026-12-03T08:00")),
        (NIGHT, "2026-12-02T07:59", ("2026-12-01T22:00", "2026-12-02T08:00")),
        (NIGHT, "2026-12-02T08:00", None),
        (NIGHT, "2026-12-02T22:00", ("2026-12-02T22:00", "2026-12-03T08:00")),
        (DAY, "2026-12-02T12:00", ("2026-12-02T08:00", "2026-12-02T20:00")),
        (DAY, "2026-12-02T20:00", None),
    ],
)
def test_they_hold_their_begin_and_not_their_end(quiet: Quiet, moment: str, around: tuple[str, str] | None) -> None:
    assert quiet.around(at(moment), SHANGHAI) == (around and (at(around[0]), at(around[1])))


def test_who_sleeps_in_is_told_later_and_before_the_end_all_the_same() -> None:
    """Until noon nobody writes; what ends in the morning is told on the day before."""
    late = Quiet(time(23), time(12))
    created, ends = at("2026-12-01T10:00"), at("2026-12-30T11:00")  # a Wednesday
    assert {rung.key: rung.due_at for rung in ladder(created, ends, created, SHANGHAI, late)} == {
        "t7": at("2026-12-23T12:00"),
        "t3": at("2026-12-25T12:00"),
        "t0": at("2026-12-29T12:00"),
        ENDED: at("2026-12-30T12:00"),
    }


def test_without_them_a_token_of_one_day_may_ring_at_night() -> None:
    created, ends = at("2026-12-01T06:00"), at("2026-12-02T06:00")
    found = {rung.key: rung.due_at for rung in ladder(created, ends, created, SHANGHAI, None)}
    assert found == {"h4": at("2026-12-02T02:00"), ENDED: at("2026-12-03T09:30")}


def test_where_half_an_hour_of_the_day_is_left_that_is_when() -> None:
    quiet = Quiet(time(10), time(9, 30))
    assert heard(at("2026-12-02T12:00"), at("2026-12-03T09:00"), SHANGHAI, quiet) == at("2026-12-02T09:30")


@pytest.mark.parametrize(
    ("day", "quiet", "end"),
    [
        ("2026-03-08", Quiet(time(22), time(2, 30)), "2026-03-08T03:30"),  # 02:30 does not exist that day
        ("2026-11-01", Quiet(time(22), time(1, 30)), "2026-11-01T01:30"),  # 01:30 comes twice: the first
    ],
)
def test_over_a_change_of_clocks(day: str, quiet: Quiet, end: str) -> None:
    around = quiet.around(at(f"{day}T00:30", NEW_YORK), NEW_YORK)
    assert around is not None
    assert around[1] == at(end, NEW_YORK)


@given(moment=MOMENTS, hours=st.integers(1, 40 * 24), tz=st.sampled_from(ZONES), quiet=HOURS)
def test_nothing_is_heard_in_them_unless_it_has_to_be(moment: datetime, hours: int, tz: str, quiet: Quiet) -> None:
    """What can wait waits no longer than they last; what can't comes before them, and always before the end."""
    ends_at = moment + timedelta(hours=hours)
    told = heard(moment, ends_at, tz, quiet)
    around = quiet.around(moment, tz)
    assert told < ends_at
    if around is None:
        assert told == moment
    elif around[1] < ends_at:
        assert told == around[1]
    else:
        assert told <= around[0]
    assert heard(moment, None, tz, quiet) >= moment


@given(moment=MOMENTS, hours=st.integers(1, 40 * 24), tz=st.sampled_from(ZONES), quiet=HOURS)
def test_what_is_late_waits_for_their_end(moment: datetime, hours: int, tz: str, quiet: Quiet) -> None:
    """It rings in them only where the token would have ended by then; it never rings earlier than now."""
    ends_at = moment + timedelta(hours=hours)
    rings, around = held(moment, ends_at, tz, quiet), quiet.around(moment, tz)
    if around is None or around[1] >= ends_at:
        assert rings == moment
    else:
        assert rings == around[1]
        assert quiet.around(rings, tz) is None
    assert held(moment, None, tz, quiet) == (around[1] if around else moment)
    assert held(moment, ends_at, tz, None) == moment


@given(created=MOMENTS, hours=st.integers(1, 30 * 24), tz=st.sampled_from(ZONES), quiet=st.none() | HOURS)
def test_no_two_reminders_are_near(created: datetime, hours: int, tz: str, quiet: Quiet | None) -> None:
    """Of two that are the later one stays."""
    found = ladder(created, created + timedelta(hours=hours), created, tz, quiet)[:-1]
    assert all(later.due_at - earlier.due_at > NEAR for earlier, later in pairwise(found))


@given(
    created=MOMENTS,
    hours=st.integers(1, 30 * 24),
    late=st.integers(0, 30 * 24),
    tz=st.sampled_from(ZONES),
    quiet=st.none() | HOURS,
)
def test_no_two_are_of_one_day(created: datetime, hours: int, late: int, tz: str, quiet: Quiet | None) -> None:
    """Whenever the token was recorded; that it has ended is told on a day of its own too."""
    recorded = created + timedelta(hours=min(late, hours - 1))
    found = ladder(created, created + timedelta(hours=hours), recorded, tz, quiet)
    days = [rung.due_at.astimezone(ZoneInfo(tz)).date() for rung in found]
    assert len(days) == len(set(days))


@example(lives=[(0, 185), (0, 231)], created=datetime(2024, 3, 1, 23, tzinfo=UTC), tz="America/New_York", quiet=LATE)
@given(
    lives=st.lists(st.tuples(st.integers(0, 72), st.integers(48, 30 * 24)), min_size=2, max_size=5),
    created=MOMENTS,
    tz=st.sampled_from(ZONES),
    quiet=st.none() | HOURS,
)
def test_what_somebody_hears_on_a_day_comes_at_one_moment(
    lives: list[tuple[int, int]], created: datetime, tz: str, quiet: Quiet | None
) -> None:
    """Of all their tokens; apart from what could not wait so long, as its token would have ended by then."""
    heard_at: dict[date, set[datetime]] = {}
    for later, hours in lives:
        start = created + timedelta(hours=later)
        ends = start + timedelta(hours=hours)
        for rung in ladder(start, ends, start, tz, quiet):
            usual = heard(tomorrow(rung.due_at - timedelta(days=1), tz), None, tz, quiet)
            following = heard(tomorrow(rung.due_at, tz), None, tz, quiet)
            could_wait = usual < ends and (rung.due_at <= usual or following < ends)
            if rung.key == ENDED or could_wait:
                heard_at.setdefault(rung.due_at.astimezone(ZoneInfo(tz)).date(), set()).add(rung.due_at)
    assert all(len(moments) == 1 for moments in heard_at.values())


def test_what_two_rungs_would_say_in_one_hour_one_says() -> None:
    """Quiet until half past seven in the evening, and the end in the morning: the last one alone, and at once."""
    busy = Quiet(time(9), time(19, 30))
    created, ends = at("2026-12-01T08:00"), at("2026-12-31T08:00")
    found = {rung.key: rung.due_at for rung in ladder(created, ends, created, SHANGHAI, busy)}
    assert "t1" not in found
    assert found["t0"] == at("2026-12-30T19:30")


@given(created=MOMENTS, hours=st.integers(1, 30 * 24), tz=st.sampled_from(ZONES), quiet=st.none() | HOURS)
def test_any_ladder_keeps_to_them(created: datetime, hours: int, tz: str, quiet: Quiet | None) -> None:
    """Rungs rise, end with the end, and lie before it."""
    ends = created + timedelta(hours=hours)
    found = ladder(created, ends, created, tz, quiet)
    moments = [rung.due_at for rung in found]
    assert moments == sorted(set(moments))
    assert found[-1].key == ENDED
    assert found[-1].due_at >= ends
    assert all(created < moment < ends for moment in moments[:-1])


@given(created=MOMENTS, hours=st.integers(36, 30 * 24), tz=st.sampled_from(ZONES), quiet=st.none() | HOURS)
def test_no_token_ends_unannounced(created: datetime, hours: int, tz: str, quiet: Quiet | None) -> None:
    """Whatever is quiet: who records a token a day and a half before its end is told before it."""
    found = ladder(created, created + timedelta(hours=hours), created, tz, quiet)
    assert len(found) > 1, "there is a reminder before the end"


@given(begins=CLOCKS, ends=CLOCKS)
def test_what_is_chosen_is_stored_and_read_again(begins: time, ends: time) -> None:
    assume(begins != ends)
    chosen = read_quiet(f"{begins:%H:%M}", f"{ends:%H:%M}", wanted=True)
    assert quiet_of(str(chosen)) == chosen == Quiet(begins, ends)


def test_who_has_chosen_nothing_has_the_usual_ones() -> None:
    assert (quiet_of(None), quiet_of("")) == (USUAL, None)
    assert read_quiet("21:00", "21:00", wanted=False) is None


@pytest.mark.parametrize(
    ("begins", "ends", "wrong"),
    [
        ("21:00", "21:00", ["people.quiet_to"]),
        ("", "08:00", ["people.quiet_from"]),
        ("25:00", "late", ["people.quiet_from", "people.quiet_to"]),
    ],
)
def test_what_is_no_time_is_refused_at_its_question(begins: str, ends: str, wrong: list[str]) -> None:
    with pytest.raises(InvalidFields) as refused:
        read_quiet(begins, ends, wanted=True)
    assert [problem.where for problem in refused.value.problems] == wrong


def test_they_are_those_of_ones_own_clock() -> None:
    """Nine in Shanghai is evening in New York."""
    moment = datetime(2026, 12, 2, 9, 0, tzinfo=ZoneInfo(SHANGHAI))
    assert heard(moment, None, SHANGHAI, USUAL) == at("2026-12-02T09:30")
    assert heard(moment, None, NEW_YORK, USUAL) == moment
