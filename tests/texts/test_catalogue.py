"""Every string exists in both languages, says the same and is written in good Chinese."""

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.texts import catalogue
from bot.texts.catalogue import MissingTranslation
from bot.texts.labels import LABELS
from bot.texts.reader import Reader

BOT = Path(catalogue.__file__).parents[1]
KEYWORDS = {"t": None, "n": (1, 2), "mark": None}
TOUCHING = re.compile(r"[\u3400-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u3400-\u9fff]")
HALF_WIDTH = re.compile(r"[\u3400-\u9fff][,;:!?()]|[,;!?()][\u3400-\u9fff]")


def in_code() -> set[str | tuple[str, ...]]:
    """All strings that the code wants in two languages; the playground has its own."""
    found = extract_from_dir(BOT, method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {msgid for file, _, msgid, _, _ in found if not file.startswith("playground")}


def chinese() -> Catalog:
    with catalogue.CATALOGUE.open("rb") as source:
        return read_po(source, locale="zh")


def entries() -> Iterator[Message]:
    return (entry for entry in chinese() if entry.id)


def words(entry: Message) -> str:
    """The Chinese of an entry; of a plural entry its only form."""
    return entry.string if isinstance(entry.string, str) else next(iter(entry.string or ()))


def english(entry: Message) -> tuple[str, ...]:
    """The English of an entry; of a plural entry both forms."""
    return (entry.id,) if isinstance(entry.id, str) else tuple(entry.id)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_string_of_the_code_has_chinese_and_no_chinese_is_left_over() -> None:
    assert {entry.id for entry in entries() if words(entry)} == in_code()


def test_both_languages_fill_in_the_same_things() -> None:
    for entry in entries():
        for text in english(entry):
            assert placeholders(words(entry)) == placeholders(text), text


def test_both_languages_show_the_same_commands() -> None:
    for entry in entries():
        text = english(entry)[0]
        assert text.count("`") == words(entry).count("`"), text
        assert text.count("**") == words(entry).count("**"), text


def test_every_label_is_used_and_exists() -> None:
    texts = [text for entry in entries() for text in (words(entry), *english(entry))]
    assert {label for text in texts for label in re.findall(r"\[([a-z]+)\]", text)} == LABELS.keys()


def test_chinese_keeps_a_blank_to_latin_letters_and_digits() -> None:
    for entry in entries():
        if not placeholders(words(entry)) and entry.id not in ("MMM d", "MMM d, HH:mm"):
            assert not TOUCHING.search(words(entry)), words(entry)


def test_chinese_punctuation_is_full_width() -> None:
    for entry in entries():
        if entry.id != "MMM d, HH:mm":
            assert not HALF_WIDTH.search(words(entry)), words(entry)


def test_a_missing_translation_raises_here_and_is_english_elsewhere(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reader = Reader("zh", "Asia/Shanghai")
    with pytest.raises(MissingTranslation, match="never written"):
        reader.t("never written")
    monkeypatch.setattr(catalogue, "strict", False)
    assert reader.t("never written") == "never written"
    assert reader.n("{count} unheard", "{count} unheards", 2) == "2 unheards"
    assert "never written" in caplog.text
