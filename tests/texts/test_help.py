"""Error help is whole, and what comes from outside only ever fills it in."""

import re

import pytest

from bot.texts.catalogue import catalogues
from bot.texts.locale import Locale, check, error_help, load

LOCALES = [Locale(language, "Asia/Shanghai") for language in catalogues()]
KINDS = [
    "E13-full",
    "E13-org",
    "E13-no",
    "E13-own",
    "E13-who",
    "E13-list",
]  # why somebody isn't brought in, taken out or there
KEYS = [f"E{number}" for number in range(1, 19)]
EVERY = list(load())


def test_all_are_there() -> None:
    """A key with a dash tells one cause of its error apart: E13-full."""
    assert [key for key in load() if "-" not in key] == KEYS
    assert {key for key in load() if key.startswith("E13-")} == set(KINDS)
    assert {key.partition("-")[0] for key in load()} == set(KEYS)


@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: locale.language)
@pytest.mark.parametrize("key", EVERY)
def test_each_reads_whole_with_nothing_known(key: str, locale: Locale) -> None:
    help = error_help(key, locale)
    for text in (help.why, *help.do):
        assert not re.search(r"[{}]", text.format(**help.values))
    assert "{" not in help.what + help.button
    assert help.sentence(locale)


@pytest.mark.parametrize("key", EVERY)
def test_chinese_keeps_a_blank_to_latin_letters_and_digits(key: str) -> None:
    help = error_help(key, LOCALES[0])
    for text in (help.what, help.why, *help.do, help.button):
        plain = re.sub(r"\{\w+\}", "", text).replace("*", "").replace("`", "")
        assert not re.search(r"[\u3400-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u3400-\u9fff]", plain), plain


def test_what_is_known_is_kept_apart_from_the_words() -> None:
    help = error_help("E1", LOCALES[1], key="{space} **x**", space=None)
    assert help.values == {"key": "{space} **x**", "space": "Coze didn't say"}
    assert "{key}" in help.why


def test_what_is_not_known_leaves_no_bracket_behind() -> None:
    """The date of a token's end is told only where one was recorded; nothing in it is filled in once more."""
    without, hostile = error_help("E3", LOCALES[0]), error_help("E3", LOCALES[1], date="{date} **x**")
    assert without.values == {"date": ""}
    assert hostile.values == {"date": " (your date: {date} **x**)"}
    assert "（" not in without.why.format(**without.values)
    assert error_help("E3", LOCALES[0], date="2026-12-01").values == {"date": "（登记的到期日：2026-12-01）"}


def test_an_unknown_key_gets_the_help_for_unknown_errors() -> None:
    assert error_help("E99", LOCALES[0]).key == "E18"
    assert error_help("", LOCALES[0], code=4242).values == {"code": "4242"}


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"zh": {"what": "a", "why": "b", "do": ["c"], "button": "d"}}, "en: no what"),
        ({lang: {"what": "{x}", "why": "b", "do": ["c"], "button": "d"} for lang in ("zh", "en")}, "what takes no"),
        ({lang: {"what": "a", "why": f"{{{lang}}}", "do": ["c"], "button": "d"} for lang in ("zh", "en")}, "differ"),
        ({lang: {"what": "a", "why": "{x}", "do": ["c"], "button": "d"} for lang in ("zh", "en")}, "no words for"),
        (
            {
                "unknown": {"x": {"zh": "?"}},
                **{lang: {"what": "a", "why": "{x}", "do": ["c"], "button": "d"} for lang in ("zh", "en")},
            },
            "x: no en",
        ),
        (
            {
                "known": {"x": {"zh": "（{x}）", "en": "?"}},
                **{lang: {"what": "a", "why": "{x}", "do": ["c"], "button": "d"} for lang in ("zh", "en")},
            },
            "known.x: no {x} in en",
        ),
    ],
)
def test_a_broken_entry_is_named(entry: dict[str, object], fault: str) -> None:
    assert any(fault in found for found in check("E0", entry)), check("E0", entry)
