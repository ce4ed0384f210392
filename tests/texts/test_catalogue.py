"""Every string exists in every language, says the same in all, and is written in good Chinese."""

import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import babel
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.texts import catalogue
from bot.texts.catalogue import (
    SOURCE,
    BrokenCatalogue,
    Language,
    MissingTranslation,
    catalogues,
    language_of,
    preferred,
)
from bot.texts.labels import LABELS
from bot.texts.locale import Locale

BOT = Path(catalogue.__file__).parents[1]
KEYWORDS = {"_": None, "ngettext": (1, 2), "mark": None}
TOUCHING = re.compile(r"[\u3400-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u3400-\u9fff]")
HALF_WIDTH = re.compile(
    r"[\u3400-\u9fff] ?[,;:!?()]|[,;!?()] ?[\u3400-\u9fff]|[“”\"]|\.\.\.|[^`}] [，。；：！？）」]"
)
BESIDE_A_NAME = re.compile(r"[\u3400-\u9fff] \{(?:name|time|language)\}|\{(?:name|time|language)\} [\u3400-\u9fff]")
PATTERNS = ("MMM d", "MMM d, HH:mm")
TOLD = [path for path in sorted(BOT.glob("texts/**/*.toml")) if path.name != "intents.toml"]

translated = pytest.mark.parametrize("language", [code for code in catalogues() if code != SOURCE])


def in_code() -> set[str | tuple[str, ...]]:
    """All strings that the code wants in every language; the playground has its own."""
    found = extract_from_dir(BOT, method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {msgid for file, _, msgid, _, _ in found if not file.startswith("playground")}


def read(language: Language) -> Catalog:
    with catalogues()[language].path.open("rb") as source:
        return read_po(source, locale=catalogues()[language].locale)


def entries(language: Language) -> Iterator[Message]:
    return (entry for entry in read(language) if entry.id)


def words(entry: Message) -> tuple[str, ...]:
    """What an entry says, in each of its forms."""
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def chinese() -> Iterator[str]:
    """All that is said in Chinese: in the catalogue, and in the files that hold every language."""
    yield from (text for entry in entries("zh") if entry.id not in PATTERNS for text in words(entry))
    for path in TOLD:
        yield from _texts(tomllib.loads(path.read_text("utf-8")), "zh")


def english(entry: Message) -> tuple[str, ...]:
    """The English of an entry; of a plural entry both forms."""
    return (entry.id,) if isinstance(entry.id, str) else tuple(entry.id)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@translated
def test_every_string_of_the_code_is_in_every_language_and_none_is_left_over(language: Language) -> None:
    assert {entry.id for entry in entries(language) if all(words(entry))} == in_code()


def test_the_languages_own_strings_are_in_the_code() -> None:
    assert list(entries(SOURCE)) == []


@translated
def test_all_languages_fill_in_the_same_things(language: Language) -> None:
    for entry in entries(language):
        for text in english(entry):
            assert {frozenset(placeholders(each)) for each in words(entry)} == {frozenset(placeholders(text))}, text


@translated
def test_all_languages_show_the_same_commands(language: Language) -> None:
    for entry in entries(language):
        text = english(entry)[0]
        assert {each.count("`") for each in words(entry)} == {text.count("`")}, text
        assert {each.count("**") for each in words(entry)} == {text.count("**")}, text


def test_every_label_is_used_and_exists() -> None:
    texts = [text for language in catalogues() for entry in entries(language) for text in words(entry)]
    texts += [text for msgid in in_code() for text in ((msgid,) if isinstance(msgid, str) else msgid)]
    assert {label for text in texts for label in re.findall(r"\[([a-z]+)\]", text)} == LABELS.keys()


@pytest.mark.parametrize("language", catalogues())
def test_babel_knows_every_locale(language: Language) -> None:
    babel.Locale.parse(catalogues()[language].locale)


def test_chinese_keeps_a_blank_to_latin_letters_and_digits() -> None:
    assert [text for text in chinese() if TOUCHING.search(text)] == []


def test_chinese_leaves_no_blank_beside_a_name() -> None:
    """The blank comes by itself where a name is in Latin letters."""
    assert [text for text in chinese() if BESIDE_A_NAME.search(text)] == []


def test_chinese_punctuation_is_full_width() -> None:
    assert [text for text in chinese() if HALF_WIDTH.search(text)] == []


def test_a_missing_translation_raises_here_and_is_english_elsewhere(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    locale = Locale("zh", "Asia/Shanghai")
    with pytest.raises(MissingTranslation, match="zh: never written"):
        locale._("never written")
    monkeypatch.setattr(catalogue, "strict", False)
    assert locale._("never written") == "never written"
    assert locale.ngettext("{count} unheard", "{count} unheards", 2) == "2 unheards"
    assert "never written" in caplog.text


@pytest.mark.parametrize(
    ("locale", "language"),
    [("zh-CN", "zh"), ("zh-TW", "zh"), ("zh_CN", "zh"), ("EN-us", "en"), ("fr-FR", None), ("zhx", None), ("", None)],
)
def test_a_locale_asks_for_the_language_whose_code_it_begins_with(locale: str, language: str | None) -> None:
    assert language_of(locale) == language


@pytest.mark.parametrize(
    ("chosen", "locale", "language"),
    [
        ("en", "zh-CN", "en"),
        ("tlh", "zh-CN", "zh"),  # chosen while there was a catalogue for it
        (None, "zh-CN", "zh"),
        (None, "fr-FR", "en"),
        (None, "", "zh"),
    ],
)
def test_a_language_is_chosen_or_slacks_or_the_operators(chosen: str | None, locale: str, language: str) -> None:
    assert preferred(chosen, locale, "zh") == language


WHOLE = 'msgid ""\nmsgstr ""\n"Language: fr_FR\\n"\n"X-Order: 3\\n"\n"X-Names: fr=Français\\n"\n'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("french", WHOLE),
        ("de", WHOLE),
        ("fr", WHOLE.replace("Language", "Tongue")),
        ("fr", WHOLE.replace("3", "third")),
        ("fr", WHOLE.replace("X-Names", "Names")),
        ("fr", ""),
    ],
    ids=["no code as its name", "no name of its own", "no locale", "no order", "no names", "empty"],
)
def test_a_header_that_lacks_something_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    (tmp_path / f"{name}.po").write_text(text, "utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    with pytest.raises(BrokenCatalogue, match=rf"{name}\.po"):
        catalogues.__wrapped__()


def test_no_text_says_that_a_review_was_passed() -> None:
    """Coze tells its verdict to the channel's owner; what the bot sees is that the agent is listed."""
    files = [*BOT.glob("texts/**/*.po"), *BOT.glob("texts/**/*.toml"), *BOT.glob("slack/views/**/*.py")]
    chinese = "(?<![未没])审核(?:已|已经)?通过|(?<![未有没])通过(?:了)?审核"
    claim = re.compile(f"{chinese}|review (?:has |was )?passed|passed (?:the |its )?review", re.I)
    assert [found for path in files for found in claim.findall(path.read_text("utf-8"))] == []


RULED_OUT = re.compile(
    r"\b(?:do|does|did|is|are|was|has|have|will) not\b|\bcannot\b|\bI am\b|\bI will\b"
    r"|ticks itself|once more|\bblanks\b|may be expected by|reminded by me|have a (?:token|key) kept|you have me keep"
    r"|\bGo on\b|Write back|Note it\b|Ask to join|Get the page|do(?:n't| not) find this|not on their list"
    r"|(?:token|”|TOKEN`) (?:ends|ended)\b|Tokens ending"
    r"|workspace credential|(?:team's|ShargeAI|your|another) workspace\b(?!'s address)|API alone\""
    r"|\bRenew\b|nobody (?:to )?renew"
    r"|(?<!加)入团(?!队)|另外 ?\S+ ?步已完成|· 之后|发布不过去|按手填|获取页面|我在看着|结论由你告知 · "
)
STIFF = re.compile(
    r"您|敬请|无需|入队(?!列)|请稍[后候]|进行(?!中|的)|操作失败|予以|该用户|此[人处]|获取(?!一次性链接)|(?<!其)[他她](?!们)"
    r"|助手[帮自]|[指改]派|体检|断言|检测.|停止响应|验证一次|(?:空间|管理)凭证|按「|[再请]按(?!用)"
)
"""Chinese that nobody writes: stiff, of one sex, the bot about itself as of another, a second word for one thing."""


def test_the_voice_is_one() -> None:
    """Contractions everywhere, the standard labels, tokens that expire; and Chinese as it is said."""
    said = [text for entry in entries("zh") for text in (*english(entry), *words(entry))]
    told = [text for path in TOLD for text in _texts(tomllib.loads(path.read_text("utf-8")))]
    assert [text for text in (*said, *told) if RULED_OUT.search(text)] == []


def test_chinese_is_as_it_is_said() -> None:
    assert [text for text in chinese() if STIFF.search(text)] == []


QUOTED = re.compile(r"“([^”{}\[\]]+)”|「([^」{}\[\]]+)」")
SAID = {
    *("not approved this time", "account not verified", "账号未验证", "delete my data", "状态"),
    *("my token expired", "publish it", "我的令牌过期了", "帮我发布", "find"),
    *("**邀请你加入工作空间**", "闪极智能体"),
}
"""What stands in quotes and is no label of ours: what people say, and what Coze's pages say."""


def test_what_stands_in_quotes_is_on_a_button() -> None:
    """A label that is named in a sentence is found where it is pressed, so a renamed one is renamed there too."""
    said = [text for entry in entries("zh") for text in (*english(entry), *words(entry))]
    told = [text for path in TOLD for text in _texts(tomllib.loads(path.read_text("utf-8")))]
    labels = {label for text in (*said, *told) for label in (text, text.rstrip("…"), *re.split("[,，]", text)[:1])}
    quoted = {match[1] or match[2] for text in (*said, *told) for match in QUOTED.finditer(text)}
    assert quoted - labels - SAID == set()
    assert SAID - quoted == set(), "said no more"


def test_no_string_is_translated_twice() -> None:
    """Of two entries nobody knows which one is read."""
    told = re.findall(r'^msgid "(.+)"$', catalogues()["zh"].path.read_text("utf-8"), re.M)
    assert [each for each in set(told) if told.count(each) > 1] == []


NAMED = re.compile(r"“([^”{}]+)”|\*\*([^*{}]+)\*\*")


def test_a_label_that_is_named_is_named_as_it_is_translated() -> None:
    """What one language calls a button the other calls by that button's own words there."""
    labels = {str(entry.id).rstrip("…"): str(entry.string).rstrip("…") for entry in entries("zh")}
    named = [
        (each, text)
        for entry in entries("zh")
        for each in {match[1] or match[2] for match in NAMED.finditer(english(entry)[0])} & labels.keys()
        for text in words(entry)
        if each not in SAID | {"ShargeAI", "Why"}  # the space's name; the head of an answer
    ]
    assert [(each, text) for each, text in named if labels[each] not in text] == []


def _texts(found: object, language: str | None = None) -> Iterator[str]:
    """All strings in what was read from a file of texts; with a language only those below its code."""
    match found:
        case dict() as table:
            for key, value in table.items():
                yield from _texts(value, None if key == language else language)
        case list() as several:
            for each in several:
                yield from _texts(each, language)
        case str() as text if language is None:
            yield text
