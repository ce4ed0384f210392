"""What is looked at before a publish: names as they are said and heard, and the list as a database keeps it."""

import pytest

from bot.core.errors import InvalidFields
from bot.core.publish import NOTE_LENGTH, read_note
from bot.core.publish_checks import (
    Check,
    Checked,
    Findings,
    Result,
    as_rows,
    by_name,
    failed,
    from_rows,
    is_ready,
    noted,
    unknown,
)
from bot.texts.sounds import sound


def problems(called: str, others: list[str] | None = None) -> set[tuple[str, str]]:
    """What is found about a name, beside what has passed."""
    found = by_name(called, others, sound)
    return {(each.check.value, each.problem) for each in found if each.result is not Result.PASSED}


@pytest.mark.parametrize("twin", ["夜航员", " 夜 航 员 ", "夜航员！", "夜航员\u200b"])
def test_a_name_is_taken_whatever_nobody_says(twin: str) -> None:
    assert problems("夜航员", ["导览", twin]) == {("name", "taken")}


def test_capitals_and_wide_letters_are_the_same_name() -> None:
    assert ("name", "taken") in problems("Night Pilot", ["ＮＩＧＨＴ－ＰＩＬＯＴ"])


@pytest.mark.parametrize(("called", "other"), [("夜航员", "业航员"), ("博物馆", "博物管"), ("时事", "实施")])
def test_a_homophone_is_noted(called: str, other: str) -> None:
    (found, *_) = by_name(called, [other], sound)
    assert (found.result, found.problem, found.values) == (Result.NOTED, "alike", {"name": other})


def test_other_names_pass() -> None:
    assert problems("夜航员", ["导览", "天气"]) == set()
    assert problems("夜航员", []) == set()


def test_names_that_are_not_known_are_not_compared() -> None:
    assert [each.check for each in by_name("夜航员", None, sound)] == [Check.SPOKEN]


def test_a_name_of_signs_alone_is_nobodys_twin() -> None:
    assert problems("！！", ["？？"]) == {("spoken", "unspeakable")}


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        ("夜航员", set()),
        ("夜航员2", {"digits"}),
        ("夜航员２", {"digits"}),
        ("夜航员AI", {"letters"}),
        ("一二三四五六七八", set()),
        ("一二三四五六七八九", {"long"}),
        ("a b c d e f g h i", {"long", "letters"}),
        ("", {"unspeakable"}),
        ("🎧", {"unspeakable"}),
    ],
)
def test_what_makes_a_name_hard_to_say(called: str, expected: set[str]) -> None:
    assert {problem for check, problem in problems(called) if check == "spoken"} == expected


def test_a_note_keeps_nobody_from_publishing() -> None:
    assert is_ready([Checked(Check.MEMBER), noted(Check.SPOKEN, "long")])
    assert not is_ready([Checked(Check.MEMBER), unknown(Check.PLACE)])
    assert not is_ready([failed(Check.FREE, "under_way")])


def test_findings_are_asked_by_check() -> None:
    taken = failed(Check.NAME, "taken", name="夜航员")
    found = Findings([Checked(Check.MEMBER), taken])
    assert (found.of(Check.NAME), found.of(Check.FREE), found.is_ready) == (taken, None, False)


def test_the_list_survives_its_database() -> None:
    found = [failed(Check.NAME, "taken", name="夜航员"), Checked(Check.MEMBER), unknown(Check.PLACE)]
    assert from_rows(as_rows(found)) == found
    assert from_rows(None) == []


def test_what_a_newer_version_kept_is_left_out() -> None:
    newer: list[dict[str, object]] = [
        {"check": "frozen_later", "result": "failed", "problem": "", "values": {}},
        {"check": "member", "result": "guessed", "problem": "", "values": {}},
        {"check": "member", "result": "passed", "problem": "", "values": None},
    ]
    assert from_rows(newer) == [Checked(Check.MEMBER)]


def test_a_release_note_is_trimmed_and_bounded() -> None:
    assert read_note("  fixed the route \n") == "fixed the route"
    assert read_note("   ") is None
    assert read_note("x" * NOTE_LENGTH) == "x" * NOTE_LENGTH
    with pytest.raises(InvalidFields):
        read_note("x" * (NOTE_LENGTH + 1))
