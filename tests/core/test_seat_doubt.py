"""Seats in doubt: what a review changes of what is known, whom nobody asks twice, and what an answer does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core import seat_doubt as rules
from bot.core.errors import NotYours, WrongState
from bot.core.people import Person, Standing
from bot.core.seat_doubt import HOLDS, DoubtState, Found, SeatDoubt, Why

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FOUND = Found(Why.UNUSED, "mei", "U0MEI", 41, NOW - 100 * DAY)
OPEN = SeatDoubt(
    7, "T1", "7530412083311050001", "mei", "U0MEI", 41, Why.UNUSED, DoubtState.OPEN, NOW - DAY, since=FOUND.since
)
MEI = Person("T1", "U0MEI", "mei", "zh-CN", "Asia/Shanghai", Standing.MEMBER, admin=False, seen_at=NOW)
KEPT = replace(OPEN, state=DoubtState.KEPT, kept_until=NOW + DAY)


def test_what_is_still_in_doubt_stays_as_it_was() -> None:
    """Asked, answered, being removed, or kept a while ago."""
    for state in DoubtState:
        if state not in (DoubtState.OVER, DoubtState.KEPT):
            assert rules.renewed(replace(OPEN, state=state), FOUND, NOW, is_in=True) == {}
    assert rules.renewed(KEPT, FOUND, NOW, is_in=True) == {}
    renamed = replace(FOUND, nick="mei 2")
    assert rules.renewed(KEPT, renamed, NOW, is_in=True) == {"nick": "mei 2"}


def test_what_was_kept_holds_until_its_end_or_until_they_leave() -> None:
    """Then it is to be decided again."""
    assert rules.renewed(KEPT, FOUND, NOW + DAY, is_in=True)["state"] is DoubtState.OPEN
    left = replace(FOUND, why=Why.LEFT)
    for each in (KEPT, replace(OPEN, state=DoubtState.ASKED)):
        assert rules.renewed(each, left, NOW, is_in=True)["state"] is DoubtState.OPEN
    kept_since = replace(KEPT, why=Why.LEFT)
    assert rules.renewed(kept_since, left, NOW, is_in=True) == {}


def test_what_is_in_doubt_no_more_is_over() -> None:
    """But who doesn't need it and still holds it, and what was kept."""
    for state in (DoubtState.OPEN, DoubtState.ASKED, DoubtState.LEAVING):
        assert rules.renewed(replace(OPEN, state=state), None, NOW, is_in=True) == {"state": DoubtState.OVER}
    released = replace(OPEN, state=DoubtState.RELEASED)
    assert rules.renewed(released, None, NOW, is_in=True) == {}
    assert rules.renewed(released, None, NOW, is_in=False) == {"state": DoubtState.OVER}
    assert rules.renewed(KEPT, None, NOW, is_in=False) == {}


def test_what_was_over_begins_anew() -> None:
    """Without what was said before."""
    over = replace(OPEN, state=DoubtState.OVER, answer=False, reason="x", asked_at=NOW)
    values = rules.renewed(over, FOUND, NOW, is_in=True)
    assert (values["state"], values["answer"], values["reason"], values["asked_at"]) == (
        DoubtState.OPEN,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("change", "may"),
    [
        ({}, True),
        ({"user_id": None}, False),
        ({"why": Why.LEFT}, False),
        ({"state": DoubtState.ASKED, "asked_at": NOW - 6 * DAY}, False),
        ({"state": DoubtState.ASKED, "asked_at": NOW - 7 * DAY}, True),
        ({"state": DoubtState.RELEASED}, False),
        ({"state": DoubtState.KEPT}, False),
    ],
)
def test_who_may_be_asked(change: dict[str, object], *, may: bool) -> None:
    assert replace(OPEN, **change).may_ask(NOW) is may  # type: ignore[arg-type]


def test_an_answer_counts_once_and_may_be_taken_back_while_they_are_in() -> None:
    """A seat that was given back can be kept after all, until an admin removes them."""
    asked = replace(OPEN, state=DoubtState.ASKED)
    kept = rules.answered(asked, MEI, NOW, needs=True)
    assert (kept["state"], kept["kept_until"]) == (DoubtState.KEPT, NOW + HOLDS)
    released = replace(asked, **rules.answered(asked, MEI, NOW, needs=False))
    assert released.state is DoubtState.RELEASED
    assert rules.answered(released, MEI, NOW, needs=False) == {}
    assert rules.answered(released, MEI, NOW, needs=True)["state"] is DoubtState.KEPT
    with pytest.raises(NotYours):
        rules.answered(asked, replace(MEI, user_id="U0TOM"), NOW, needs=True)
    for state in (DoubtState.OPEN, DoubtState.LEAVING, DoubtState.OVER):
        with pytest.raises(WrongState):
            rules.answered(replace(asked, state=state), MEI, NOW, needs=False)
