"""What Coze tells the channel's owner is read strictly, and where a review stands follows from Coze's own times."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.core.errors import AlreadyDecided, BotError, InvalidFields, NotAdmin, NotYours, OwnRequest, WrongState
from bot.core.people import Person, Standing
from bot.core.review import (
    REASON,
    WORDS,
    Audit,
    AutoApproval,
    BadEvent,
    Event,
    EventKind,
    Review,
    ReviewState,
    check_author,
    check_decision,
    read_event,
    read_words,
    standing,
    tools_hash,
)

NOW = datetime(2026, 3, 5, 2, tzinfo=UTC)
MILLISECONDS = int(NOW.timestamp() * 1000)


def body(kind: str = "bot.published", **changes: Any) -> dict[str, Any]:
    """A callback's body as Coze documents it; a change of None takes the field away."""
    header = {"event_type": kind, "event_id": "e1", "created_at": str(MILLISECONDS)}
    event = {
        "connector_id": "10000124",
        "bot_id": 7415,
        "bot_name": "夜航员",
        "description": "tells of the night sky",
        "version": "1719",
        "user_id": "7530",
        "user_name": "mei",
    }
    for name, value in changes.items():
        place = header if name in header else event
        place[name] = value
    kept = ({k: v for k, v in part.items() if v is not None} for part in (header, event))
    return dict(zip(("header", "event"), kept, strict=True))


def event(kind: EventKind, minutes: int, version: str = "1") -> Event:
    """Something that Coze told, so many minutes after NOW."""
    at = NOW + timedelta(minutes=minutes)
    return Event(f"e{minutes}", kind, at, "10", "7415", "夜航员", version=version)


def review(**values: Any) -> Review:
    """A version that waits, or what `values` make of it."""
    given: dict[str, Any] = {
        "id": 1,
        "team_id": "T1",
        "event_id": "e1",
        "agent_id": "7415",
        "agent_name": "夜航员",
        "connector_id": "10",
        "version": "1",
        "author_uid": "7530",
        "author_name": "mei",
        "description": "",
        "published_at": NOW,
        "received_at": NOW,
        "state": ReviewState.WAITING,
        "user_id": "U1",
    }
    return Review(**{**given, **values})


def person(user_id: str, *, is_admin: bool) -> Person:
    """Somebody in Slack."""
    return Person("T1", user_id, user_id, "en", "UTC", Standing.MEMBER, is_admin, NOW)


def test_an_event_is_read() -> None:
    found = read_event(body())
    assert found is not None
    assert (found.kind, found.agent_id, found.version, found.at) == (EventKind.PUBLISHED, "7415", "1719", NOW)
    assert (found.author_uid, found.author_name, found.agent_name) == ("7530", "mei", "夜航员")


def test_an_end_needs_less() -> None:
    found = read_event(body("bot.unpublished", version=None, user_id=None, user_name=None))
    assert found is not None
    assert (found.kind, found.version, found.author_uid) == (EventKind.UNPUBLISHED, "", "")


def test_another_kind_means_nothing() -> None:
    assert read_event(body("bot.renamed")) is None


def test_ids_come_as_text_beside_numbers() -> None:
    """A number loses digits on its way through JSON in some languages: the text is the true one."""
    found = read_event(body(bot_id_str="7415000000000000001", user_id_str="7530000000000000001"))
    assert found is not None
    assert (found.agent_id, found.author_uid) == ("7415000000000000001", "7530000000000000001")


@pytest.mark.parametrize(
    "changes",
    [
        {"event_id": ""},
        {"event_id": "x" * 101},
        {"event_id": "two words"},
        {"event_id": True},
        {"created_at": "soon"},
        {"created_at": "0"},
        {"created_at": "9" * 20},
        {"created_at": "7" * 14},
        {"bot_id": "seven"},
        {"bot_id": None},
        {"version": None},
        {"version": {"a": 1}},
        {"user_id": "-5"},
        {"connector_id": [1]},
    ],
)
def test_a_broken_event_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadEvent):
        read_event(body(**changes))


@pytest.mark.parametrize("broken", [{}, {"header": {}}, {"header": [], "event": {}}, {"header": {}, "event": {}}])
def test_no_event_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(BadEvent):
        read_event(broken)


def test_words_are_kept_so_that_a_database_takes_them() -> None:
    found = read_event(body(bot_name="a\0b\ud800", description=7, user_name="pat_" + "k" * 64))
    assert found is not None
    assert "\0" not in found.agent_name
    found.agent_name.encode()
    assert found.description == ""
    assert "k" * 64 not in found.author_name


@pytest.mark.parametrize(
    ("later", "state"),
    [
        ([], ReviewState.WAITING),
        ([event(EventKind.PUBLISHED, 5)], ReviewState.SUPERSEDED),
        ([event(EventKind.UNPUBLISHED, 5), event(EventKind.PUBLISHED, 9)], ReviewState.UNPUBLISHED),
        ([event(EventKind.PUBLISHED, 9), event(EventKind.DELETED, 5)], ReviewState.DELETED),
        ([event(EventKind.DELETED, -5), event(EventKind.PUBLISHED, -9)], ReviewState.WAITING),
    ],
)
def test_where_a_review_stands_follows_from_their_times(later: list[Event], state: ReviewState) -> None:
    begun = event(EventKind.PUBLISHED, 0)
    assert standing(begun.order, [begun, *later]) is state
    assert standing(begun.order, [*reversed(later), begun]) is state


def test_the_event_of_a_review_has_its_order() -> None:
    assert review().order == event(EventKind.PUBLISHED, 0).order


def test_of_the_same_moment_the_end_came_first_and_then_the_lower_version() -> None:
    end, ninth, tenth = (
        event(EventKind.DELETED, 0),
        event(EventKind.PUBLISHED, 0, "9"),
        event(EventKind.PUBLISHED, 0, "10"),
    )
    assert sorted([tenth, ninth, end], key=lambda each: each.order) == [end, ninth, tenth]


@pytest.mark.parametrize(
    ("by", "values", "error"),
    [
        (person("U2", is_admin=False), {}, NotAdmin),
        (person("U1", is_admin=True), {}, OwnRequest),
        (person("U2", is_admin=True), {"state": ReviewState.APPROVED}, AlreadyDecided),
        (person("U2", is_admin=True), {"state": ReviewState.SUPERSEDED}, WrongState),
    ],
)
def test_who_may_not_decide(by: Person, values: dict[str, Any], error: type[BotError]) -> None:
    with pytest.raises(error):
        check_decision(review(**values), by)


def test_an_admin_decides_about_others_and_by_setting_about_their_own() -> None:
    check_decision(review(), person("U2", is_admin=True))
    check_decision(review(state=ReviewState.ASKED), person("U1", is_admin=True), own=True)


def test_only_the_author_who_is_asked_answers() -> None:
    asked = review(state=ReviewState.ASKED)
    check_author(asked, "U1")
    with pytest.raises(NotYours):
        check_author(asked, "U2")
    with pytest.raises(WrongState):
        check_author(review(), "U1")


def test_words_are_trimmed_and_bounded() -> None:
    assert read_words("reason", "  no \n") == "no"
    assert len(read_words("reason", "x" * REASON, REASON)) == REASON
    for words in ("  ", "x" * (WORDS + 1)):
        with pytest.raises(InvalidFields):
            read_words("question", words)


def test_what_coze_is_told() -> None:
    told = {state: replace(review(), state=state).audit for state in ReviewState}
    assert told.pop(ReviewState.APPROVED) is Audit.PASSED
    assert told.pop(ReviewState.REJECTED) is Audit.REJECTED
    assert set(told.values()) == {Audit.REVIEWING}


def test_a_review_is_open_until_coze_has_its_verdict() -> None:
    assert review().is_open
    assert review(state=ReviewState.APPROVED).is_open
    assert not review(state=ReviewState.APPROVED, told_at=NOW).is_open
    assert not review(state=ReviewState.DELETED).is_open


def test_an_answer_begins_the_wait_anew() -> None:
    later = NOW + timedelta(hours=3)
    assert (review().waiting_since, review(answered_at=later).waiting_since) == (NOW, later)


def test_what_an_agent_works_with_is_recognised_in_any_order() -> None:
    one, two = {"id": "1", "apis": ["a"]}, {"id": "2"}
    assert tools_hash([one, two], [], {"id": "m"}) == tools_hash([two, one], [], {"id": "m"})
    assert tools_hash([one], [], {"id": "m"}) != tools_hash([one, two], [], {"id": "m"})
    assert [tools_hash(None, [], {"id": "m"}), tools_hash([], None, "m"), tools_hash([], [], None)] == [None] * 3


def test_a_rule_approves_whose_tools_were_approved() -> None:
    named, everybody, off = AutoApproval(frozenset({"7530"})), AutoApproval(everybody=True), AutoApproval()
    assert named.approves("7530", "h", "h")
    assert everybody.approves("1", "h", "h")
    for refused in (
        named.approves("1", "h", "h"),
        named.approves("7530", "h", "g"),
        named.approves("7530", None, None),
    ):
        assert not refused
    assert not off.approves("7530", "h", "h")
    assert (bool(named), bool(everybody), bool(off)) == (True, True, False)
