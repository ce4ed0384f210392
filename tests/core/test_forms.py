"""What is typed into a field comes out trimmed, and what can't be accepted is told with its field and its bound."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from bot.core import agent, credential, freeze, join, publish, report, review, seats, setting
from bot.core.errors import InvalidFields, Problem

NOW = datetime(2026, 12, 2, 2, tzinfo=UTC)
REQUIRED: dict[str, tuple[Callable[[str], str], int]] = {
    "join.question": (partial(join.read_words, "question"), join.PURPOSE_LENGTH),
    "join.note": (join.read_own_note, join.PURPOSE_LENGTH),
    "review.reason": (partial(review.read_words, "reason"), review.WORDS),
    "publish.off_reason": (publish.read_off_reason, publish.OFF_REASON),
    "publish.question": (publish.read_question, publish.QUESTION),
    "freeze.reason": (freeze.read_reason, freeze.WORDS),
}
LENIENT: dict[str, tuple[Callable[[str], str | None], int, str]] = {
    "join.note": (join.read_note, join.PURPOSE_LENGTH, "too_long"),
    "publish.note": (publish.read_note, publish.NOTE_LENGTH, "over_limit"),
    "settings.reason": (setting.read_reason, setting.REASON, "too_long"),
    "guide.words": (partial(report.read, required=False), report.WORDS_LENGTH, "over_limit"),
}


def problems(call: Callable[..., object], *args: Any) -> list[Problem]:
    """All that a reader objects to, as it is told."""
    with pytest.raises(InvalidFields) as caught:
        call(*args)
    assert str(caught.value) == ", ".join(f"{each.where}: {each.code}" for each in caught.value.problems)
    return list(caught.value.problems)


@pytest.mark.parametrize("where", REQUIRED)
def test_words_that_must_not_be_missing(where: str) -> None:
    read, longest = REQUIRED[where]
    assert read(f" {'w' * longest}\n") == "w" * longest
    assert problems(read, " \n") == [Problem(where, "empty")]
    assert problems(read, "w" * (longest + 1)) == [Problem(where, "too_long", {"longest": longest})]


@pytest.mark.parametrize("where", LENIENT)
def test_words_that_may_be_missing(where: str) -> None:
    read, longest, code = LENIENT[where]
    assert read(f" {'w' * longest}\n") == "w" * longest
    assert not read(" \n")
    assert problems(read, "w" * (longest + 1)) == [Problem(where, code, {"longest": longest})]


def test_a_note_has_the_bound_of_where_it_goes() -> None:
    assert join.read_note("w" * 5, 5) == "w" * 5
    assert problems(join.read_note, "w" * 6, 5) == [Problem("join.note", "too_long", {"longest": 5})]


def test_a_report_says_something_where_it_has_to() -> None:
    assert report.read(" the button is gone ", required=True) == "the button is gone"
    assert problems(partial(report.read, required=True), " ") == [Problem("guide.words", "empty")]


def test_who_is_declined_reads_why() -> None:
    shortest, longest = join.REASON_SHORTEST, join.PURPOSE_LENGTH
    assert join.read_reason(f" {'w' * shortest} ") == "w" * shortest
    assert join.read_reason("w" * longest) == "w" * longest
    assert problems(join.read_reason, f"   {'w' * (shortest - 1)}   ") == [
        Problem("join.reason", "too_short", {"shortest": shortest})
    ]
    assert problems(join.read_reason, "w" * (longest + 1)) == [
        Problem("join.reason", "too_long", {"longest": longest})
    ]


def test_all_that_is_wrong_about_a_request_is_told_at_once() -> None:
    bounds = {"longest": join.NICK_LENGTH}, {"longest": join.PURPOSE_LENGTH}
    long = "n" * (join.NICK_LENGTH + 1), "p" * (join.PURPOSE_LENGTH + 1)
    assert problems(join.read, "12", *long, "me@") == [
        Problem("join.uid", "not_uid"),
        Problem("join.nick", "too_long", bounds[0]),
        Problem("join.purpose", "too_long", bounds[1]),
        Problem("join.email", "not_email"),
    ]
    assert problems(join.read, "1234567", " ", "", "") == [
        Problem("join.nick", "empty"),
        Problem("join.purpose", "empty"),
    ]
    fits = join.read("1234567", "n" * join.NICK_LENGTH, "p" * join.PURPOSE_LENGTH, " mei@sharge.test ")
    assert (fits.nick, fits.purpose, fits.email) == (
        "n" * join.NICK_LENGTH,
        "p" * join.PURPOSE_LENGTH,
        "mei@sharge.test",
    )


def test_all_that_is_wrong_about_an_agent_is_told_at_once() -> None:
    longest = (agent.NAME, agent.DESCRIPTION, agent.PERSONA, agent.OPENING)
    fields = ("guide.name", "guide.description", "guide.persona", "guide.opening")
    name, description, persona, opening = (f" {'w' * most} " for most in longest)
    fits = agent.read_draft(name, description, persona, opening, f" {'q' * agent.QUESTION} \n\n why? ")
    assert (fits.name, fits.description, fits.persona, fits.opening) == tuple("w" * most for most in longest)
    assert fits.questions == ("q" * agent.QUESTION, "why?")
    told = problems(agent.read_draft, *("w" * (most + 1) for most in longest), "q" * (agent.QUESTION + 1))
    assert told == [
        *(Problem(where, "over_limit", {"longest": most}) for where, most in zip(fields, longest, strict=True)),
        Problem("guide.questions", "over_limit", {"longest": agent.QUESTION}),
    ]
    assert problems(agent.read_draft, " ", "", " ", "", "") == [
        Problem("guide.name", "empty"),
        Problem("guide.persona", "empty"),
    ]
    assert len(agent.read_draft("n", "", "p", "", "q\n" * agent.QUESTIONS).questions) == agent.QUESTIONS
    assert problems(agent.read_draft, "n", "", "p", "", "q\n" * (agent.QUESTIONS + 1)) == [
        Problem("guide.questions", "too_many", {"most": agent.QUESTIONS})
    ]


def test_the_bounds_of_a_token_are_told() -> None:
    about: dict[str, Any] = {"lifetime": "30", "until": None, "created_at": NOW, "tz": "UTC", "now": NOW}
    longest = credential.NAME_LENGTH
    assert credential.read(name="n" * longest, last4=" a1B2 ", **about).last4 == "a1B2"
    assert problems(partial(credential.read, name="n" * (longest + 1), last4="a1B", **about)) == [
        Problem("credential.name", "too_long", {"longest": longest}),
        Problem("credential.last4", "not_last4"),
    ]
    about |= {"created_at": NOW + timedelta(minutes=1)}
    assert credential.read(name="n", last4="", **about).created_at == NOW + timedelta(minutes=1)
    about |= {"created_at": NOW + timedelta(minutes=1, seconds=1)}
    assert problems(partial(credential.read, name=" ", last4="", **about)) == [
        Problem("credential.name", "empty"),
        Problem("credential.created", "future"),
    ]


@pytest.mark.parametrize(
    ("created", "lifetime", "until", "told"),
    [
        (NOW - timedelta(days=30), "30", None, [Problem("credential.created", "past")]),
        (NOW, "date", "2026-12-01", [Problem("credential.until", "past")]),
        (NOW, "date", "2027-12-05", [Problem("credential.until", "too_far")]),
        (NOW, "date", "9999-12-31", [Problem("credential.until", "too_far")]),
        (NOW, "date", "", [Problem("credential.until", "no_date")]),
        (NOW, "date", "soon", [Problem("credential.until", "unknown_choice")]),
        (NOW, "7", None, [Problem("credential.lifetime", "unknown_choice")]),
        (NOW, "30", "2026-12-31", [Problem("credential.until", "not_30_days")]),
        (NOW, "1", "2026-12-04", [Problem("credential.until", "not_1_day")]),
    ],
)
def test_an_end_that_cannot_be_is_told_at_its_field(
    created: datetime, lifetime: str, until: str | None, told: list[Problem]
) -> None:
    assert problems(credential.read, "n", lifetime, until, created, "", "UTC", NOW) == told


def test_a_date_may_lie_a_year_ahead() -> None:
    """A year, and the rest of its last day."""
    assert credential.read("n", "date", "2027-12-03", NOW, "", "UTC", NOW).ends_at.isoformat() == (
        "2027-12-03T23:59:59+00:00"
    )


def test_a_freeze_ends_within_its_bound() -> None:
    longest = NOW + freeze.LONGEST
    assert freeze.read(" too many ", longest, NOW) == ("too many", longest)
    assert freeze.read("why", NOW + timedelta(seconds=1), NOW)[1] == NOW + timedelta(seconds=1)
    assert problems(freeze.read, "why", NOW, NOW) == [Problem("freeze.until", "over")]
    assert problems(freeze.read, " ", longest + timedelta(seconds=1), NOW) == [
        Problem("freeze.reason", "empty"),
        Problem("freeze.until", "too_long_frozen", {"days": freeze.LONGEST.days}),
    ]


@pytest.mark.parametrize("typed", ["", "0", "-1", "1.5", "x", "1000001", "00000001", "٣x"])
def test_seats_are_a_whole_number(typed: str) -> None:
    assert problems(seats.read_total, typed) == [Problem("seats.total", "not_seats")]


def test_seats_within_their_bounds_are_taken() -> None:
    assert [seats.read_total(each) for each in (" 1 ", "25", "1000000")] == [1, 25, 1_000_000]
