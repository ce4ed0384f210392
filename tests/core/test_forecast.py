"""A rehearsal of reminders: one message for each moment and person, once, whoever hears it in the end."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.backup import Standby
from bot.core.credential import Credential, CredentialKind
from bot.core.expiring import read_days
from bot.core.forecast import MOST, USUAL, History, Rehearsal, Upcoming, digests
from bot.core.orphan import Reason
from bot.core.remind import ENDED, Quiet, Timetable
from bot.core.ringing import LAST_DAY, TOGETHER, Due, Owner, rungs_of
from tests.core.test_remind import NEW_YORK, SHANGHAI, at
from tests.core.test_ringing import MADE, OWNER, TOKEN, WEEK

END = at("2027-02-01T00:00")
TIMES = Timetable()


def planned(*tokens: Credential, owner: Owner = OWNER) -> list[Due]:
    """Their ladders."""
    return [
        Due(each, rung.key, rung.due_at) for each in tokens for rung in rungs_of(TIMES, each, owner.tz, owner.quiet)
    ]


def rehearsed(
    dues: list[Due], owner: Owner = OWNER, history: History | None = None, now: datetime = MADE
) -> list[Upcoming]:
    """All that goes out."""
    rehearsal = Rehearsal(TIMES, now)
    rehearsal.plan(sorted(dues, key=lambda due: due.due_at), {"U0MEI": owner}, history or History())
    return list(rehearsal.until(END))


def kinds(found: list[Upcoming]) -> list[tuple[str, ...]]:
    return [tuple(kind for _, kind in each.told) for each in found]


def test_a_ladder_is_told_from_its_top_to_its_end() -> None:
    """On the last day to the admins too, if nobody does anything until then."""
    found = rehearsed(planned(TOKEN))
    assert kinds(found) == [("t7",), ("t3",), ("t1",), ("t0",), ("t0",), (ENDED,)]
    assert [each.reason for each in found if each.is_for_admins] == [Reason.SILENT]
    assert found[0].at == WEEK


def test_several_of_one_moment_are_one_message() -> None:
    other = replace(TOKEN, id=18)
    found = rehearsed(planned(TOKEN, other))
    assert kinds([each for each in found if not each.reason])[0] == ("t7", "t7")
    assert Counter(each.reason for each in found) == {None: 5, Reason.SILENT: 2}


def test_a_key_is_told_by_itself() -> None:
    """Nobody else hears of it, however silent its owner is."""
    key = replace(TOKEN, id=18, kind=CredentialKind.KEY)
    found = rehearsed(planned(TOKEN, key))
    assert not [each for each in found if len(each.told) > 1]
    assert [kind for each in found for token, kind in each.told if token.is_key] == ["t7", "t0", ENDED]
    assert not [each for each in found if each.reason and each.told[0][0].is_key]


def test_more_than_are_told_with_one_are_told_by_themselves() -> None:
    tokens = [replace(TOKEN, id=number) for number in range(TOGETHER + 3)]
    found = [each for each in rehearsed(planned(*tokens)) if each.at == WEEK]
    assert sorted(len(each.told) for each in found) == [1, 1, TOGETHER + 1]


@pytest.mark.parametrize("reason", [Reason.DEACTIVATED, Reason.GUEST])
def test_of_who_reads_nothing_the_admins_hear_once(reason: Reason) -> None:
    found = rehearsed(planned(TOKEN), replace(OWNER, unheard=reason))
    assert [(each.at, each.reason, each.is_for_admins) for each in found] == [(WEEK, reason, True)]
    assert not rehearsed(planned(TOKEN), replace(OWNER, unheard=reason), History(handed={TOKEN.id}))


def test_a_backup_person_hears_before_the_admins() -> None:
    """In the morning after their quiet hours, and the admins at the end of that day, unless somebody takes it."""
    night = replace(TOKEN, ends_at=at("2026-12-31T21:30"))
    wang = Standby("U0WANG", SHANGHAI, Quiet(time(9), time(12)))
    found = rehearsed(planned(night), replace(OWNER, unheard=Reason.GUEST), History(standbys={TOKEN.id: wang}))
    assert [(each.at, each.backup, each.is_for_admins) for each in found] == [
        (at("2026-12-24T12:00"), "U0WANG", False),
        (at("2026-12-24T18:00"), "U0WANG", True),
    ]


def test_who_takes_care_is_told_on_the_last_day() -> None:
    """Not in their quiet hours, unless it would end in them; nobody else hears again."""
    night = replace(TOKEN, ends_at=at("2026-12-31T21:30"))
    lin = Standby("U0LIN", SHANGHAI, Quiet(time(9), time(12)))
    gone = replace(OWNER, unheard=Reason.GUEST)
    found = rehearsed(planned(night), gone, History(handed={TOKEN.id}, takers={TOKEN.id: lin}))
    assert [(each.at, each.taker, each.is_for_admins) for each in found] == [(at("2026-12-31T12:00"), "U0LIN", False)]
    tight = replace(lin, quiet=Quiet(time(9), time(22)))
    found = rehearsed(planned(night), gone, History(handed={TOKEN.id}, takers={TOKEN.id: tight}))
    assert [each.at for each in found] == [at("2026-12-31T09:30")]


def test_what_waits_for_a_backup_person_goes_on() -> None:
    """Among what rings meanwhile, in order."""
    rehearsal = Rehearsal(TIMES, MADE)
    waits = Upcoming(
        at("2026-12-25T18:00"), "U0TOM", SHANGHAI, [(replace(TOKEN, id=9), "t0")], Reason.GUEST, "U0WANG"
    )
    rehearsal.follow([replace(waits, passed=True)])
    rehearsal.plan(planned(TOKEN), {"U0MEI": OWNER}, History())
    found = list(rehearsal.until(END))
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert [each.is_for_admins for each in found].count(True) == 2


def test_the_bots_own_is_told_to_the_admins() -> None:
    own = replace(TOKEN, user_id="C0ADMINS")
    found = rehearsed(planned(own))
    assert {(each.is_for_admins, each.reason) for each in found} == {(True, None)}


@pytest.mark.parametrize("history", [History(put_off={17}), History(replaced={17}), History(handed={17})])
def test_who_has_done_something_is_not_silent(history: History) -> None:
    assert not [each for each in rehearsed(planned(TOKEN), history=history) if each.reason]


@pytest.mark.parametrize(("sent", "silent"), [(0, 0), (1, 1)])
def test_only_who_was_reminded_before_is_silent(sent: int, silent: int) -> None:
    dues = [each for each in planned(TOKEN) if each.key == LAST_DAY]
    found = rehearsed(dues, history=History(reminders=Counter({17: sent})))
    assert sum(each.reason is Reason.SILENT for each in found) == silent


def test_what_was_told_is_not_told_again() -> None:
    """As it is planned anew when somebody travels."""
    assert kinds(rehearsed(planned(TOKEN), history=History(told={(17, "t7"), (17, ENDED)})))[0] == ("t3",)


def test_what_is_late_is_told_now_or_when_it_may_be() -> None:
    dues = [Due(TOKEN, "t7", WEEK)]
    now = at("2026-12-24T22:00")
    assert [each.at for each in rehearsed(dues, now=now)] == [at("2026-12-25T09:30")]
    assert not rehearsed(dues, now=at("2026-12-28T10:00"))


@given(
    lives=st.lists(st.tuples(st.integers(1, 40), st.integers(0, 23), st.sampled_from("ab")), min_size=1, max_size=8),
    tz=st.sampled_from([SHANGHAI, NEW_YORK, "Asia/Kathmandu"]),
    cut=st.integers(0, 50),
)
def test_in_pieces_it_is_the_same(lives: list[tuple[int, int, str]], tz: str, cut: int) -> None:
    """Read some at a time: what is told together then, and once, is that of all of them; and none is told early."""
    tokens = [
        replace(TOKEN, id=number, user_id=f"U{who}", ends_at=MADE + timedelta(days=days, hours=hours))
        for number, (days, hours, who) in enumerate(lives)
    ]
    owner = Owner(tz)
    owners = {"Ua": owner, "Ub": owner}
    dues = sorted(planned(*tokens, owner=owner), key=lambda due: due.due_at)
    whole, pieces = Rehearsal(TIMES, MADE), Rehearsal(TIMES, MADE)
    whole.plan(dues, owners, History())
    found: list[Upcoming] = []
    for some in (dues[:cut], dues[cut:]):
        pieces.plan(some, owners, History())
        found += pieces.until(some[-1].due_at if some else MADE)
    found += pieces.until(END)
    assert found == list(whole.until(END))
    assert [each.at for each in found] == sorted(each.at for each in found)
    names = [(each.reason, token.id, kind) for each in found for token, kind in each.told]
    assert len(names) == len(set(names))


def test_there_is_a_digest_each_monday() -> None:
    found = list(digests(at("2026-12-07T09:30"), at("2026-12-28T00:00"), SHANGHAI))
    assert [each.at for each in found] == [at("2026-12-14T09:30"), at("2026-12-21T09:30")]
    assert all(each.is_digest and each.is_for_admins for each in found)
    assert found[0].at == datetime(2026, 12, 14, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(("typed", "days"), [("", USUAL), ("30天", 30), ("31", None), ("0", None), ("soon", None)])
def test_days_are_read_as_those_of_what_expires(typed: str, days: int | None) -> None:
    assert read_days(typed, USUAL, MOST) == days
