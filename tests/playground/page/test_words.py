"""The page's address, words and secrets."""

import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.setup import setup
from bot.playground.page import state as page_state
from bot.playground.page.composer import Entry, entries_of
from bot.playground.page.secrecy import cut
from bot.playground.page.state import Seat, State, read_state
from bot.playground.page.texts import TEXTS, words
from bot.playground.slack.manifests import app_from_manifest
from bot.texts.commands import commands

SOURCES = "".join(path.read_text("utf-8") for path in Path(page_state.__file__).parent.glob("*.py"))
KEYS = st.text(alphabet="abcxyz019-.&=:#?/ 中", min_size=1, max_size=8)


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", TEXTS)
def test_each_text_is_there_in_both_languages_and_used(key: str) -> None:
    zh, en = TEXTS[key]
    assert zh
    assert en
    assert placeholders(zh) == placeholders(en)
    family = re.escape(key.rpartition(".")[0])
    said = rf"""["']{re.escape(key)}["'](?!: Text)|f["']{family}\.{{"""
    assert re.search(said, SOURCES), "nobody says it"


def test_no_text_is_asked_for_that_is_not_there() -> None:
    asked = set(re.findall(r"""say\(["']([\w.-]+)["']""", SOURCES))
    assert len(asked) > 50
    assert asked <= set(TEXTS)


def test_a_missing_text_is_an_error_unless_a_default_is_given() -> None:
    with pytest.raises(KeyError):
        words("en")("no.such.key")
    assert words("en").either("no.such.key", default="as it is") == "as it is"
    assert words("zh").either("no.such.key", "close") == "关闭"


@given(KEYS, KEYS, st.sampled_from(["zh", "en"]), st.sampled_from(["", "light", "dark"]), st.sampled_from([1, 2]))
def test_the_address_says_everything(who: str, room: str, lang: str, theme: str, desk: int) -> None:
    who = who.replace(":", "")
    if who:
        state = State(Seat(who, room), Seat("tom", "dm"), lang, theme, "coze", desk, hit="7", site="mei")  # type: ignore[arg-type]
        assert read_state(state.path(), {}) == state


def test_cookies_and_the_browsers_language_speak_where_the_address_is_silent() -> None:
    assert read_state("/", {"lang": "en", "theme": "dark"}, "zh-CN").lang == "en"
    assert read_state("/", {"lang": "en", "theme": "dark"}).theme == "dark"
    assert read_state("/", {}, "en-GB,en;q=0.9").lang == "en"
    assert read_state("/?lang=zh&theme=", {"lang": "en", "theme": "dark"}) == State()
    assert read_state("/?theme=pink&panel=secret&desk=9&left=", {}) == State()


@pytest.mark.parametrize(
    ("hint", "texts"),
    [
        ("[join | publish [agent] | remind [add|off]]", ["join", "publish", "remind"]),
        ("join | lang zh|en", ["join", "lang zh", "en"]),
        ("[text]", []),
        ("", []),
    ],
)
def test_commands_are_completed_from_their_usage_hint(hint: str, texts: list[str]) -> None:
    manifest = {"features": {"slash_commands": [{"command": "/x", "description": "d", "usage_hint": hint}]}}
    bare, *verbs = entries_of(app_from_manifest(manifest, "socket"))
    assert bare == Entry("/x", "" if texts else hint, "d")
    assert [verb.text for verb in verbs] == [f"/x {text}" for text in texts]


def test_the_demo_hands_in_every_command_of_the_bot() -> None:
    bare, *others = setup().commands
    assert bare.text == "/sharge"
    assert [(one.text, one.admin) for one in others] == [(f"/sharge {row.verb}", row.admin) for row in commands()]
    assert all(one.about["zh"] and one.about["en"] for one in (bare, *others))


def test_no_secret_reaches_the_inspector() -> None:
    secret = "a1b2c3d4e5f6g7h8"
    given = {
        "token": secret,
        "trigger_id": f"1.2.{secret}",
        "response_url": f"http://127.0.0.1:1/response/T0/{'x' * 20}/{secret}",
        "view": {"state": {"values": [f"my pat_{secret} and xoxb-1-{secret}", f"eyJhbGciOi.eyJpc3Mi.{secret}"]}},
        "refresh_token": secret,
        "answer": f"czu_{secret}",
        "pem": f"-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----",
        "plain": "kept",
    }
    shown = cut(given)
    assert secret not in str(shown)
    assert shown["plain"] == "kept"


def test_a_blank_stands_only_beside_latin_letters() -> None:
    say = words("zh")
    assert say("toast.timeout", app="接入助手") == "接入助手没有在 3 秒内回应"
    assert say("toast.timeout", app="sharge") == "sharge 没有在 3 秒内回应"
