"""The rules of reports: what people may write, and who may act on one."""

from datetime import UTC, datetime

import pytest

from bot.core import report
from bot.core.errors import InvalidFields, NotYours

NOW = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)


def test_words_are_trimmed_and_may_be_left_out_where_none_are_asked_for() -> None:
    assert report.read(" it hangs ", required=True) == "it hangs"
    assert report.read(" ", required=False) == ""


@pytest.mark.parametrize(("words", "code"), [(" ", "empty"), ("x" * (report.WORDS_LENGTH + 1), "over_limit")])
def test_what_is_wrong_with_them_is_named(words: str, code: str) -> None:
    with pytest.raises(InvalidFields) as raised:
        report.read(words, required=True)
    assert [(problem.where, problem.code) for problem in raised.value.problems] == [("guide.words", code)]


def test_a_report_is_its_authors() -> None:
    kind, state = report.Kind.STUCK, report.ReportState.OPEN
    stuck = report.Report(1, "T1", "U0MEI", 7, kind, "pat", "ids", "", "it hangs", None, None, None, state, NOW)
    report.check_owner(stuck, "U0MEI")
    with pytest.raises(NotYours):
        report.check_owner(stuck, "U0TOM")
