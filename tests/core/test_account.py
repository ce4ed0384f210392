"""Whose an account is: the grades, and who decides between two who have shown one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.account import Dispute, DisputeState, Grade, check_dispute, grade_of, normal_uid
from bot.core.errors import AlreadyDecided, NotAdmin, OwnRequest
from bot.core.people import Person, Standing

NOW = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
LIN = Person("T1", "U0LIN", "lin", "zh-CN", "Asia/Shanghai", Standing.MEMBER, admin=True, seen_at=NOW)
DISPUTE = Dispute(5, "T1", "3182540961170002", "Tom", "U0TOM", "U0MEI", DisputeState.OPEN, NOW)


def test_what_coze_says_goes_before_an_accepted_invitation() -> None:
    assert grade_of(is_proven=False) is Grade.TYPED
    assert grade_of(is_proven=False, has_accepted=True) is Grade.INVITED
    assert grade_of(is_proven=True, has_accepted=True) is Grade.PROVEN


def test_an_admin_decides_whose_it_is_once_and_never_their_own() -> None:
    check_dispute(DISPUTE, LIN)
    with pytest.raises(NotAdmin):
        check_dispute(DISPUTE, replace(LIN, admin=False))
    for party in (DISPUTE.holder, DISPUTE.claimant):
        with pytest.raises(OwnRequest):
            check_dispute(DISPUTE, replace(LIN, user_id=party))
    with pytest.raises(AlreadyDecided):
        check_dispute(replace(DISPUTE, state=DisputeState.KEPT), LIN)


def test_it_stays_until_it_is_moved() -> None:
    owners = [replace(DISPUTE, state=state).owner for state in DisputeState]
    assert owners == ["U0TOM", "U0TOM", "U0MEI"]


PASTED = [
    "3182540961170002",
    " 3182 5409 6117 0002 ",
    "３１８２５４０９６１１７０００２",
    "\u200b3182540961170002\ufeff",
]


@pytest.mark.parametrize("typed", PASTED, ids=["plain", "blanks", "invisible", "full width"])
def test_an_id_is_read_as_it_is_pasted(typed: str) -> None:
    assert normal_uid(typed) == DISPUTE.coze_uid
