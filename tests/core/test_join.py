"""The rules of joining: what a form may bring, who may decide, and what is too late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.account import Grade
from bot.core.errors import (
    AlreadyDecided,
    HasJoined,
    InvalidFields,
    NoAccount,
    NotAdmin,
    NotYours,
    Outdated,
    OwnRequest,
    Unproven,
    WrongState,
)
from bot.core.join import (
    ALONE,
    PURPOSE_LENGTH,
    WHOSE,
    JoinState,
    Request,
    check_approval,
    check_asking,
    check_decision,
    check_own_approval,
    check_owner,
    check_removal,
    check_taking_back,
    check_telling,
    may_nudge,
    read,
    read_note,
    read_own_note,
    read_reason,
    read_uid,
    read_words,
)
from bot.core.people import FRESH, Evidence, Person, Standing

NOW = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
LIN = Person("T1", "U0LIN", "lin", "zh-CN", "Asia/Shanghai", Standing.MEMBER, admin=True, seen_at=NOW)
REQUEST = Request(7, "T1", "U0MEI", "mei", "7530412083311050001", "mei", "weather", None, JoinState.PENDING, NOW)


def test_answers_are_trimmed() -> None:
    answers = read(" 7530412083311050001 ", " mei ", " weather ", " ")
    assert (answers.coze_uid, answers.nick, answers.email) == ("7530412083311050001", "mei", None)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (("abc", "n", "p", ""), {"join.uid": "not_uid"}),
        (("a@b.cn", "n", "p", ""), {"join.uid": "email_not_id"}),
        (("１２３", "n", "p", ""), {"join.uid": "not_uid"}),
        (("٣٨١١٢٢٣", "n", "p", ""), {"join.uid": "not_uid"}),
        (("1" * 25, "n", "p", ""), {"join.uid": "not_uid"}),
        (("123456", "", "", "x"), {"join.nick": "empty", "join.purpose": "empty", "join.email": "not_email"}),
        (("123456", "n" * 41, "p" * 301, ""), {"join.nick": "too_long", "join.purpose": "too_long"}),
    ],
)
def test_each_wrong_answer_is_named(given: tuple[str, str, str, str], found: dict[str, str]) -> None:
    with pytest.raises(InvalidFields) as raised:
        read(*given)
    assert {problem.where: problem.code for problem in raised.value.problems} == found


def test_an_id_or_a_reason_alone_is_checked_too() -> None:
    assert read_uid(" 123456 ") == "123456"
    assert read_uid("\ufeff１２３ 4５６\u200b 789\u00a0") == "123456789"
    assert read_reason("  not now, sorry ") == "not now, sorry"
    with pytest.raises(InvalidFields):
        read_uid("me")
    with pytest.raises(InvalidFields):
        read_reason("no")


def test_an_admin_decides() -> None:
    check_decision(REQUEST, LIN)


@pytest.mark.parametrize("standing", [s for s in Standing if s is not Standing.MEMBER])
def test_only_full_members_decide(standing: Standing) -> None:
    """Whoever was made a guest or left has no say, whatever list they stand on."""
    with pytest.raises(NotAdmin):
        check_decision(REQUEST, replace(LIN, standing=standing))


def test_who_is_no_admin_today_does_not_decide() -> None:
    with pytest.raises(NotAdmin):
        check_decision(REQUEST, replace(LIN, admin=False))


def test_nobody_decides_about_themselves() -> None:
    with pytest.raises(OwnRequest):
        check_decision(replace(REQUEST, user_id=LIN.user_id), LIN)


def test_the_second_hears_who_was_first() -> None:
    decided = replace(REQUEST, state=JoinState.APPROVED, decided_by="U0WANG", decided_at=NOW)
    with pytest.raises(AlreadyDecided) as raised:
        check_decision(decided, LIN)
    assert (raised.value.by, raised.value.at) == ("U0WANG", NOW)


def test_what_was_withdrawn_is_nobodys_decision() -> None:
    with pytest.raises(WrongState):
        check_decision(replace(REQUEST, state=JoinState.WITHDRAWN), LIN)


def test_a_card_that_shows_an_older_version_decides_nothing() -> None:
    check_decision(REQUEST, LIN, REQUEST.version)
    with pytest.raises(Outdated):
        check_decision(replace(REQUEST, version=2), LIN, 1)


def test_nobody_is_let_in_without_an_account() -> None:
    check_approval(REQUEST, LIN, 1)
    with pytest.raises(NoAccount):
        check_approval(replace(REQUEST, coze_uid=""), LIN)
    check_decision(replace(REQUEST, coze_uid=""), LIN)


def test_the_only_admin_decides_about_themselves_where_that_is_allowed() -> None:
    """Alone as of minutes ago, with an account, about their own request as their card shows it."""
    own = replace(REQUEST, user_id=LIN.user_id, alone_at=NOW)
    check_own_approval(own, LIN, NOW, own.version)
    wrong: list[tuple[Request, Person, datetime, type[Exception]]] = [
        (own, replace(LIN, admin=False), NOW, NotAdmin),
        (replace(own, user_id="U0MEI"), LIN, NOW, NotYours),
        (replace(own, alone_at=None), LIN, NOW, OwnRequest),
        (own, LIN, NOW + ALONE + timedelta(seconds=1), Outdated),
        (replace(own, coze_uid=""), LIN, NOW, NoAccount),
        (replace(own, state=JoinState.APPROVED), LIN, NOW, AlreadyDecided),
    ]
    for request, by, now, refused in wrong:
        with pytest.raises(refused):
            check_own_approval(request, by, now)


def test_a_deputy_stands_in_where_the_only_admin_asks() -> None:
    deputy = replace(LIN, user_id="U0WANG", admin=False, deputy=True)
    check_decision(replace(REQUEST, alone_at=NOW), deputy)
    with pytest.raises(NotAdmin):
        check_decision(REQUEST, deputy)


def test_an_approval_is_taken_back_until_it_is_accepted() -> None:
    invited = replace(REQUEST, state=JoinState.INVITED)
    check_taking_back(invited, LIN)
    check_taking_back(replace(REQUEST, state=JoinState.APPROVED), LIN)
    wrong: list[tuple[Request, Person, type[Exception]]] = [
        (invited, replace(LIN, admin=False), NotAdmin),
        (replace(invited, user_id=LIN.user_id), LIN, OwnRequest),
        (replace(REQUEST, state=JoinState.JOINED), LIN, HasJoined),
        (REQUEST, LIN, WrongState),
    ]
    for request, by, refused in wrong:
        with pytest.raises(refused):
            check_taking_back(request, by)
    with pytest.raises(AlreadyDecided) as raised:
        check_taking_back(replace(REQUEST, state=JoinState.REVOKED, revoked_by="U0WANG", ended_at=NOW), LIN)
    assert (raised.value.by, raised.value.at) == ("U0WANG", NOW)


def test_a_note_may_be_left_out_and_is_not_too_long() -> None:
    assert (read_note("  "), read_note(" welcome "), read_own_note(" hi ")) == ("", "welcome", "hi")
    for read_it, note in ((read_note, "x" * (PURPOSE_LENGTH + 1)), (read_own_note, " ")):
        with pytest.raises(InvalidFields):
            read_it(note)


def test_a_reason_is_not_too_long() -> None:
    with pytest.raises(InvalidFields):
        read_reason("x" * (PURPOSE_LENGTH + 1))


def test_a_proof_is_asked_of_whoever_has_not_given_it() -> None:
    check_asking(REQUEST, LIN)
    check_asking(replace(REQUEST, state=JoinState.JOINED, grade=Grade.INVITED), LIN)
    with pytest.raises(NotAdmin):
        check_asking(REQUEST, replace(LIN, admin=False))
    for other in ({"grade": Grade.PROVEN}, {"coze_uid": ""}, {"state": JoinState.WITHDRAWN}):
        with pytest.raises(WrongState):
            check_asking(replace(REQUEST, **other), LIN)


def test_only_a_proven_account_in_the_team_publishes() -> None:
    """And who can't yet, though their account is in it, is asked for the proof."""
    joined = replace(REQUEST, state=JoinState.JOINED)
    assert [replace(joined, grade=grade).may_publish for grade in Grade] == [False, False, True]
    assert [replace(joined, grade=grade).wants_proof for grade in Grade] == [True, True, False]
    assert not replace(REQUEST, grade=Grade.PROVEN).may_publish
    assert replace(REQUEST, state=JoinState.APPROVED, error=WHOSE).wants_proof
    assert not replace(REQUEST, state=JoinState.APPROVED, error="E13").wants_proof


def test_who_is_listed_without_having_accepted_an_invitation_of_ours_is_in_doubt() -> None:
    """By hand nobody knows whether they were in before."""
    invited = replace(REQUEST, state=JoinState.INVITED, invited_evidence=Evidence.VERIFIED)
    assert invited.arrives_as() is Grade.INVITED
    assert replace(invited, grade=Grade.PROVEN).arrives_as() is Grade.PROVEN
    assert replace(invited, invited_evidence=Evidence.CONFIRMED).arrives_as() is Grade.TYPED
    assert replace(REQUEST, state=JoinState.APPROVED).arrives_as() is Grade.TYPED


def test_an_account_changed_after_the_approval_is_told_from_the_approved_one() -> None:
    """It waits from the moment of the change, and what rang before rings again."""
    changed = replace(REQUEST, approved_uid="123456", reopened_at=NOW + timedelta(days=9), version=4)
    assert changed.is_changed
    assert (changed.waiting_since, changed.notice("decided")) == (changed.reopened_at, "decided-4")
    assert not replace(changed, approved_uid=changed.coze_uid).is_changed
    assert not replace(changed, state=JoinState.INVITED).is_changed
    assert (REQUEST.waiting_since, REQUEST.notice("decided")) == (NOW, "decided")


def test_only_admins_have_somebody_removed_and_only_who_has_joined() -> None:
    joined = replace(REQUEST, state=JoinState.JOINED, grade=Grade.INVITED)
    check_removal(joined, LIN)
    check_removal(replace(joined, grade=Grade.PROVEN), LIN)
    with pytest.raises(Unproven):
        check_removal(replace(joined, grade=Grade.TYPED), LIN)
    with pytest.raises(NotAdmin):
        check_removal(joined, replace(LIN, admin=False))
    with pytest.raises(WrongState):
        check_removal(REQUEST, LIN)


@pytest.mark.parametrize(("words", "code"), [(" ", "empty"), ("x" * 301, "too_long")])
def test_a_question_says_something_and_not_too_much(words: str, code: str) -> None:
    assert read_words("question", " why? ") == "why?"
    with pytest.raises(InvalidFields) as raised:
        read_words("question", words)
    assert [(problem.where, problem.code) for problem in raised.value.problems] == [("join.question", code)]


def test_only_the_person_acts_for_themselves_and_in_time() -> None:
    check_owner(REQUEST, "U0MEI", JoinState.PENDING)
    with pytest.raises(NotYours):
        check_owner(REQUEST, "U0TOM", JoinState.PENDING)
    with pytest.raises(WrongState):
        check_owner(REQUEST, "U0MEI", JoinState.INVITED)


def test_authority_is_known_for_a_minute() -> None:
    assert LIN.fresh(NOW + FRESH)
    assert not LIN.fresh(NOW + FRESH + timedelta(seconds=1))
    assert not LIN.fresh(NOW - timedelta(seconds=1)), "seen by a clock that was ahead"


def test_an_admin_may_write_about_others_requests_alone() -> None:
    check_telling(REQUEST, LIN)
    with pytest.raises(NotAdmin):
        check_telling(REQUEST, replace(LIN, admin=False))
    with pytest.raises(OwnRequest):
        check_telling(replace(REQUEST, user_id=LIN.user_id), LIN)


def test_a_nudge_is_for_after_the_agreed_time_and_once_a_day() -> None:
    assert not may_nudge(REQUEST, NOW, NOW + timedelta(hours=1))
    assert may_nudge(REQUEST, NOW, NOW)
    assert not may_nudge(replace(REQUEST, nudged_at=NOW), NOW + timedelta(hours=23), NOW)
    assert may_nudge(replace(REQUEST, nudged_at=NOW), NOW + timedelta(days=1), NOW)
    assert not may_nudge(replace(REQUEST, state=JoinState.APPROVED), NOW, NOW)
