"""The small parts: templates, names that give way, words that are not parsed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.views.parts import (
    HEADING,
    Code,
    Mention,
    Moment,
    clean,
    cut,
    escape,
    fit,
    line,
    mrkdwn,
    name,
    paragraph,
    quote,
    width,
)

from .samples import LABEL, MEI, NOW, TOM

FILLED = line(
    "**By** {by} `x` {at} {day} {id} {what}",
    by=Mention("U0LIN"),
    at=Moment(NOW),
    day=Moment(NOW, day=True),
    id=Code("1"),
    what="{by} **b** <!here>",
)


def test_a_line_becomes_rich_text() -> None:
    (section,) = paragraph(MEI, FILLED).to_dict()["elements"]
    stamp = int(NOW.timestamp())
    assert section["elements"] == [
        {"type": "text", "text": "By", "style": {"bold": True}},
        {"type": "text", "text": " "},
        {"type": "user", "user_id": "U0LIN"},
        {"type": "text", "text": " "},
        {"type": "text", "text": "x", "style": {"code": True}},
        {"type": "text", "text": " "},
        {
            "type": "date",
            "timestamp": stamp,
            "format": "{date_short_pretty} {time}",
            "fallback": "12月2日 11:05（上海）",
        },
        {"type": "text", "text": " "},
        {"type": "date", "timestamp": stamp, "format": "{date_short_pretty}", "fallback": "12月2日"},
        {"type": "text", "text": " "},
        {"type": "text", "text": "1", "style": {"code": True}},
        {"type": "text", "text": " "},
        {"type": "text", "text": "{by} **b** <!here>"},
    ]


def test_a_line_becomes_mrkdwn() -> None:
    stamp = int(NOW.timestamp())
    assert mrkdwn(TOM, FILLED).replace("\u2060", "") == (
        f"*By* <@U0LIN> `x` <!date^{stamp}^{{date_short_pretty}} {{time}}|Dec 1, 22:05 (New York)>"
        f" <!date^{stamp}^{{date_short_pretty}}|Dec 1> `1` {{by}} **b** &lt;!here&gt;"
    )


def test_an_empty_quote_is_still_one() -> None:
    """Slack refuses an empty text."""
    assert quote("\u202e").to_dict()["elements"][0]["text"] == "…"


@given(st.text())
def test_an_escaped_text_reads_the_same(text: str) -> None:
    shown = escape(text).replace("\u2060", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert shown == clean(text).replace("\u2060", "").replace("`", "'")


def test_signs_inside_words_stay_as_they_are() -> None:
    assert escape("tom_ny 3*4 a~b") == "tom_ny 3*4 a~b"


@given(st.text(), st.integers(1, 50))
def test_a_cut_text_is_short_and_says_so(text: str, longest: int) -> None:
    shown = cut(text, longest)
    assert len(shown) <= longest
    assert shown == text or shown.endswith("…")


def test_no_half_sign_is_left_by_a_cut() -> None:
    assert cut("ab👩\u200d👩\u200d👧", 5) == "ab👩…"
    assert cut("ae\u0301xyz", 3) == "ae…"


@given(st.text())
def test_a_name_is_one_short_line(text: str) -> None:
    assert 1 <= len(name(text)) <= 40
    assert "\n" not in name(text)


@given(st.text(), st.sampled_from(["“{name}” expires in 3 days", "改好「{name}」，再发布一次"]))
def test_a_header_with_any_name_fits(called: str, template: str) -> None:
    assert width(fit(template, called, HEADING)) <= HEADING


@pytest.mark.parametrize(
    ("called", "shown"),
    [
        ("glasses-trial", "“glasses-trial” expires today"),
        ("拍拍镜-试用", "“拍拍镜-试用” expires today"),
        ("a" * 40, "“" + "a" * 23 + "…” expires today"),
        ("馆" * 40, "“" + "馆" * 12 + "…” expires today"),
    ],
)
def test_a_name_gives_way_to_the_words_of_a_header(called: str, shown: str) -> None:
    assert fit("“{name}” expires today", called, HEADING) == shown


def test_ten_chinese_characters_fit_on_a_button() -> None:
    assert width("馆" * 10) <= LABEL < width("馆" * 11)
