"""When people are reminded: by lifetime, in their own zone, in the morning, never after the fact."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.remind import ENDED, NEAR, USUAL, Quiet, Rung, Timetable, is_overtaken, tightest, tomorrow
from tests.core.test_worktime import new_year

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"


def at(text: str, tz: str = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz)).astimezone(UTC)


def ladder(created: datetime, ends: datetime, now: datetime, tz: str, quiet: Quiet | None = USUAL) -> list[Rung]:
    """What is planned of a token that is recorded now."""
    return [rung for rung in Timetable().ladder(created, ends, now, tz, quiet) if rung.due_at > now]


def rungs(created: str, ends: str, tz: str = SHANGHAI) -> list[tuple[str, datetime]]:
    start = at(created, tz)
    return [(rung.key, rung.due_at) for rung in ladder(start, at(ends, tz), start, tz)]


def test_thirty_days_ring_four_times_and_at_the_end() -> None:
    """7, 3, 1 days before and the day itself, at 09:30; what ends at night is told the next morning."""
    assert rungs("2026-12-01T10:00", "2026-12-30T23:59:59") == [
        ("t7", at("2026-12-23T09:30")),
        ("t3", at("2026-12-25T09:30")),  # the 27th is a Sunday
        ("t1", at("2026-12-29T09:30")),
        ("t0", at("2026-12-30T09:30")),
        (ENDED, at("2026-12-31T09:30")),
    ]


@pytest.mark.parametrize(
    ("days", "keys"),
    [
        (30, ["t7", "t3", "t1", "t0", "ended"]),
        (15, ["t7", "t3", "t1", "t0", "ended"]),
        (14, ["t3", "t1", "t0", "ended"]),
        (5, ["t3", "t1", "t0", "ended"]),
        (4, ["t1", "t0", "ended"]),
        (2, ["t1", "t0", "ended"]),
        (1, ["h4", "ended"]),
    ],
)
def test_the_ladder_goes_by_lifetime(days: int, keys: list[str]) -> None:
    ends = at("2026-12-31T12:00")  # a Thursday: no rung falls on a weekend
    created = ends - timedelta(days=days)
    found = ladder(created, ends, created, SHANGHAI)
    assert [rung.key for rung in found] == keys


@pytest.mark.parametrize(
    ("days", "keys"),
    [
        (180, ["t60", "t14", "t1"]),  # outlives any PAT
        (30, ["t14", "t2", "t0"]),
        (27, ["t2", "t0"]),  # half of it is less than 14 days
        (5, ["t2", "t0"]),
        (3, ["t0"]),
        (1, ["h4"]),
    ],
)
def test_other_days_are_a_matter_of_the_operator(days: int, keys: list[str]) -> None:
    """Of people's tokens, of those that live longer, and of the bot's own."""
    timetable = Timetable(days=(14, 2, 0), days_long=(60, 14, 1), days_own=(30, 1))
    ends = at("2026-12-31T12:00")
    times = ends - timedelta(days=days), ends, ends - timedelta(days=days)
    assert [rung.key for rung in timetable.ladder(*times, SHANGHAI)[:-1]] == keys
    assert [rung.key for rung in timetable.ladder(*times, SHANGHAI, days=timetable.days_own)[:-1]] == ["t30", "t1"]


def test_the_bots_own_may_be_told_on_its_day_alone() -> None:
    ends = at("2026-12-31T12:00")
    found = Timetable().ladder(ends, ends, ends, SHANGHAI, days=(0,))
    assert [rung.key for rung in found] == ["t0", ENDED]


def test_a_key_has_days_of_its_own() -> None:
    """However long it lies ahead; a timetable knows how far ahead anybody is reminded."""
    ends = at("2026-12-31T12:00")
    times = ends - timedelta(days=90), ends, ends - timedelta(days=90)
    assert [rung.key for rung in Timetable().ladder(*times, SHANGHAI, days=(7, 0))] == ["t7", "t0", ENDED]
    timetable = Timetable(days_key=(30, 1))
    assert [rung.key for rung in timetable.ladder(*times, SHANGHAI, days=timetable.days_key)] == ["t30", "t1", ENDED]
    assert timetable.furthest == 30


def test_a_timetable_goes_by_all_that_makes_it() -> None:
    same = Timetable()
    others = [Timetable(days=(1,)), Timetable(days_long=(1,)), Timetable(days_own=(1,)), Timetable(calendar="CN")]
    others.append(Timetable(days_key=(1,)))
    assert same.name == Timetable(is_worked=new_year).name
    assert len({same.name, *(each.name for each in others)}) == 6


def test_what_lies_in_the_past_is_left_out() -> None:
    """Recorded late: only what can still be said in time."""
    created, ends = at("2026-12-01T10:00"), at("2026-12-31T10:00")
    assert [rung.key for rung in ladder(created, ends, at("2026-12-29T12:00"), SHANGHAI)] == ["t1", "t0", ENDED]


def test_an_end_before_the_morning_is_told_on_the_day_before() -> None:
    """With what that day's morning tells anyway; in the evening, where the token was not recorded by then."""
    created, ends = at("2026-12-01T08:00"), at("2026-12-31T08:00")
    found = {rung.key: rung.due_at for rung in ladder(created, ends, created, SHANGHAI)}
    assert "t1" not in found
    assert found["t0"] == at("2026-12-30T09:30")
    late = ladder(created, ends, at("2026-12-30T11:00"), SHANGHAI)
    assert [(rung.key, rung.due_at) for rung in late] == [
        ("t0", at("2026-12-30T20:00")),
        (ENDED, at("2026-12-31T09:30")),
    ]


def test_who_was_told_on_the_last_day_hears_of_the_end_on_the_next() -> None:
    found = dict(rungs("2026-12-01T10:00", "2026-12-30T15:00"))
    assert (found["t0"], found[ENDED]) == (at("2026-12-30T09:30"), at("2026-12-31T09:30"))


@pytest.mark.parametrize(
    ("created", "told"),
    [
        ("2026-12-01T18:00", "2026-12-02T14:00"),
        ("2026-12-01T13:00", "2026-12-02T09:30"),
        ("2026-12-01T08:00", "2026-12-01T20:00"),
        ("2026-12-01T01:30", "2026-12-01T20:00"),
    ],
)
def test_a_token_of_one_day_wakes_nobody(created: str, told: str) -> None:
    """Four hours before, or after the quiet hours, or before them where it ends within them."""
    ends = (datetime.fromisoformat(created) + timedelta(days=1)).isoformat()
    assert dict(rungs(created, ends))["h4"] == at(told)


def test_a_weekend_is_told_on_friday() -> None:
    """The end itself is not moved."""
    found = dict(rungs("2026-12-01T10:00", "2026-12-21T10:00"))  # a Monday
    assert found["t1"] == at("2026-12-18T09:30")
    assert found["t0"] == at("2026-12-21T09:30")


def test_over_holidays_it_is_told_before_them_on_a_day_made_up() -> None:
    """All that would fall into nine days off comes as one, on the Saturday before; the end itself is not moved."""
    created, ends = at("2026-01-25T10:00"), at("2026-02-24T10:00")
    found = Timetable(new_year).ladder(created, ends, created, SHANGHAI)
    assert [(rung.key, rung.due_at) for rung in found] == [
        ("t1", at("2026-02-14T09:30")),
        ("t0", at("2026-02-24T09:30")),
        (ENDED, at("2026-02-25T09:30")),
    ]


def test_what_was_recorded_in_the_holidays_is_told_in_them() -> None:
    """The last rung before the day itself, as no working day is left before it."""
    created, ends, recorded = at("2026-01-25T10:00"), at("2026-02-24T10:00"), at("2026-02-16T12:00")
    found = Timetable(new_year).ladder(created, ends, recorded, SHANGHAI)
    assert [(rung.key, rung.due_at) for rung in found if rung.due_at > recorded] == [
        ("t1", at("2026-02-23T09:30")),
        ("t0", at("2026-02-24T09:30")),
        (ENDED, at("2026-02-25T09:30")),
    ]


def test_the_morning_is_the_local_one_over_a_change_of_clocks() -> None:
    """New York falls back on 1 November 2026: 09:30 stays 09:30."""
    found = dict(rungs("2026-10-05T12:00", "2026-11-03T12:00", NEW_YORK))
    assert found["t7"] == at("2026-10-27T09:30", NEW_YORK) == datetime(2026, 10, 27, 13, 30, tzinfo=UTC)
    assert found["t1"] == at("2026-11-02T09:30", NEW_YORK) == datetime(2026, 11, 2, 14, 30, tzinfo=UTC)


def test_of_several_due_ones_the_latest_counts() -> None:
    """After a long silence one message, not three."""
    created, ends = at("2026-12-01T10:00"), at("2026-12-31T10:00")
    found = ladder(created, ends, created, SHANGHAI)
    tight = tightest(found, at("2026-12-30T12:00"))
    assert tight
    assert tight.key == "t1"
    assert tightest(found, created) is None


def test_what_a_tighter_one_tells_now_or_soon_is_overtaken() -> None:
    now = at("2026-12-23T09:30")
    far, near, end = Rung("t7", now), Rung("t3", now + NEAR), Rung(ENDED, now + NEAR)
    assert is_overtaken("t7", (each for each in (far, near, end)), now), "the nearer one comes soon enough"
    assert not is_overtaken("t3", [far, near, end], now)
    assert not is_overtaken("t7", [far, Rung("t3", now + NEAR + timedelta(seconds=1))], now)
    assert not is_overtaken("t7", [far, end], now), "the end is another matter"
    assert not is_overtaken("t7", [far, Rung("t3", now)], now), "at the same moment each is told"
    assert not is_overtaken("t7", [near], now), "it is none of them"
    assert not is_overtaken("t7", [], now)


def test_tomorrow_is_the_next_local_morning() -> None:
    assert tomorrow(at("2026-12-01T23:50"), SHANGHAI) == at("2026-12-02T09:30")
    assert tomorrow(at("2026-10-31T12:00", NEW_YORK), NEW_YORK) == at("2026-11-01T09:30", NEW_YORK)


@given(
    created=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001  (a zone is put on below)
    hours=st.integers(1, 30 * 24),
    tz=st.sampled_from([SHANGHAI, NEW_YORK, "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
)
def test_any_token_is_told_before_its_end_and_at_it(created: datetime, hours: int, tz: str) -> None:
    """Rungs rise, each lies after creation, all but the last before the end, none between 21:00 and 09:30 but those
    that could not wait."""
    start = created.replace(tzinfo=UTC)
    ends = start + timedelta(hours=hours)
    found = ladder(start, ends, start, tz)
    moments = [rung.due_at for rung in found]
    assert moments == sorted(set(moments))
    assert found[-1].key == ENDED
    assert found[-1].due_at >= ends
    assert all(start < moment < ends for moment in moments[:-1])
