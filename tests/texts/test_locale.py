"""A reader gets their language, their plural and their clock."""

import subprocess
import sys
from datetime import UTC, datetime
from zoneinfo import available_timezones

import pytest

from bot.texts.filling import fill
from bot.texts.locale import Locale

NOON = datetime(2026, 12, 2, 3, 5, tzinfo=UTC)
MEI = Locale("zh", "Asia/Shanghai")
TOM = Locale("en", "America/New_York")


def test_a_text_is_in_the_readers_language() -> None:
    assert (MEI._("Open Coze"), TOM._("Open Coze")) == ("打开扣子", "Open Coze")


def test_a_value_is_put_in_as_it_is() -> None:
    assert TOM._("Hello {name}", name="{tz} [create] **x** %s") == "Hello {tz} [create] **x** %s"


@pytest.mark.parametrize(
    ("template", "name", "filled"),
    [
        ("把{name}移出团队", "小美", "把小美移出团队"),
        ("把{name}移出团队", "Tom Baker", "把 Tom Baker 移出团队"),
        ("把{name}移出团队", "3 号", "把 3 号移出团队"),
        ("等了{name}", "26 小时", "等了 26 小时"),
        ("「{name}」到期", "demo", "「demo」到期"),
        ("看 {name} 的卡片", "<@U0MEI>", "看 <@U0MEI> 的卡片"),
        ("Show {name}'s request", "小美", "Show 小美's request"),
        ("{name}", "小美 {name}", "小美 {name}"),
    ],
)
def test_a_blank_stands_between_chinese_and_a_latin_name(template: str, name: str, filled: str) -> None:
    assert fill(template, {"name": name}) == filled


def test_without_values_the_placeholders_stay() -> None:
    assert MEI._("Hello {name}") == "{name}，你好"


@pytest.mark.parametrize(("count", "words"), [(1, "1 token"), (2, "2 tokens"), (0, "0 tokens")])
def test_english_has_two_forms(count: int, words: str) -> None:
    assert TOM.ngettext("Tracking {count} token", "Tracking {count} tokens", count) == f"Tracking {words}"


def test_chinese_has_one_form() -> None:
    assert [MEI.ngettext("Tracking {count} token", "Tracking {count} tokens", count) for count in (1, 2)] == [
        "正在跟踪 1 个令牌",
        "正在跟踪 2 个令牌",
    ]


def test_labels_of_other_screens_stay_as_they_are_there() -> None:
    msgid = "Accept the **ShargeAI** invitation in Coze under **[notifications]** (Notifications)."
    assert "**通知**" in MEI._(msgid)
    assert "**通知** (Notifications)" in TOM._(msgid)


@pytest.mark.parametrize(
    ("locale", "when", "day"),
    [
        (MEI, "12月2日 11:05（上海）", "12月2日"),
        (TOM, "Dec 1, 22:05 (New York)", "Dec 1"),
        (Locale("en", "UTC"), "Dec 2, 03:05 (GMT+00:00)", "Dec 2"),
        (Locale("zh", "Etc/GMT+5"), "12月1日 22:05（GMT-05:00）", "12月1日"),
    ],
)
def test_times_name_their_zone(locale: Locale, when: str, day: str) -> None:
    assert (locale.when(NOON), locale.day(NOON)) == (when, day)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_zone_there_is_can_be_named(language: str) -> None:
    """Also one that Babel has no city for."""
    assert all(Locale(language, tz).when(NOON) for tz in available_timezones())


def test_a_month_is_in_words() -> None:
    assert (MEI.month("2026-11"), TOM.month("2026-11"), TOM.month("spring")) == (
        "2026年11月",
        "November 2026",
        "spring",
    )


def test_things_are_enumerated_as_the_language_does() -> None:
    assert (MEI.listed(["a", "b"]), TOM.listed(["a", "b"])) == ("a、b", "a, b")


def test_importing_the_texts_is_cheap() -> None:
    """Babel and the catalogue are only loaded when somebody reads Chinese or a date in words."""
    code = "import sys, bot.texts; sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 (our own words)
