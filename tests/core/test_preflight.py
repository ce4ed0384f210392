"""Preflight: when what costs calls is asked again."""

from datetime import UTC, datetime, timedelta

from bot.core.preflight import DAY, HOUR, SILENT, Finding, Look, Verdict, is_due

NOW = datetime(2026, 11, 29, 9, 30, tzinfo=UTC)


def look(verdict: Verdict, problem: str = "", **values: str) -> Look:
    """One check's look with one finding."""
    return Look("workspace", "inputs", [Finding("COZE_WORKSPACE_ID", verdict, problem, values)], NOW)


def test_what_was_never_asked_or_is_about_other_settings_is_asked() -> None:
    assert is_due(None, "inputs", NOW)
    assert is_due(look(Verdict.RIGHT), "others", NOW)
    assert is_due(look(Verdict.RIGHT), "inputs", NOW - timedelta(seconds=1))


def test_the_worse_it_is_the_sooner_it_is_asked_again() -> None:
    silent, wrong, well = look(Verdict.UNKNOWN, SILENT), look(Verdict.WRONG, "code"), look(Verdict.RIGHT)
    assert [is_due(each, "inputs", NOW + HOUR) for each in (silent, wrong, well)] == [True, False, False]
    assert [is_due(each, "inputs", NOW + DAY) for each in (wrong, well)] == [True, False]


def test_a_count_that_rises_makes_no_other_look() -> None:
    first, second = (look(Verdict.WRONG, "code", code="4101", count=count) for count in "12")
    assert first.keys == second.keys
    assert first.keys != look(Verdict.WRONG, "code", code="4100", count="1").keys
