"""Rules that hold for every view: Slack takes it, people can read it, nobody's words are parsed."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bot.slack
from bot.core.publish import PublicationState
from bot.playground.slack.validate import validate
from bot.slack.guide import OPENS, PRESSES, SAYS
from bot.slack.views.parts import HEADING, width
from bot.texts.catalogue import catalogues
from bot.texts.locale import Locale

from . import samples_join
from .samples import HOSTILE, LABEL, LONGEST, MEI, ORDINARY, TOM, WORDS, Sample, Words, samples

ZONES = {"zh": MEI.tz, "en": TOM.tz}
LOCALES = [Locale(language, ZONES.get(language, "Europe/Paris")) for language in catalogues()]
EVERY = [(locale, words) for locale in LOCALES for words in WORDS.values()]
NAMES = [f"{locale.language}-{name}" for locale in LOCALES for name in WORDS]
DESKS = "\n".join(path.read_text("utf-8") for path in Path(bot.slack.__file__).parent.glob("*.py"))
WORKING = {
    *("value", "open.once"),
    *re.findall(r'router\.press\("([\w.]+)"', DESKS),
    *(f"guide.{verb}" for verb in PRESSES | OPENS | SAYS),
    *(f"command.{verb}" for verb in re.findall(r'router\.command\("(\w+)"', DESKS)),
    *("open.coze", "open.space", "open.tokens", "open.oauth", "open.agent", "open.device"),
}
"""Buttons and inputs that somebody listens to, as the desks register them."""

LISTS = ("work ", "outside ", "seats in doubt")
"""Forms in which each of several things has a row of buttons below it."""

every = pytest.mark.parametrize(("locale", "words"), EVERY, ids=NAMES)


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside a payload."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from parts(each)


def blocks(sample: Sample, kind: str) -> list[dict[str, Any]]:
    return [block for block in sample[2]["blocks"] if block["type"] == kind]


def markdown(sample: Sample) -> list[str]:
    """All text that Slack parses."""
    texts = [part["text"] for part in parts(sample[2]) if part.get("type") == "mrkdwn"]
    return [*texts, sample[2]["text"]] if sample[1] == "message" else texts


@every
def test_slack_takes_it(locale: Locale, words: Words) -> None:
    for name, surface, payload in samples(locale, words):
        assert validate(surface, payload) == [], name


@every
def test_the_text_alone_says_it(locale: Locale, words: Words) -> None:
    for name, surface, payload in samples(locale, words):
        if surface == "message":
            assert 3 < len(payload["text"]) < 1000, name


@every
def test_headers_are_short(locale: Locale, words: Words) -> None:
    for sample in samples(locale, words):
        for block in blocks(sample, "header"):
            assert width(block["text"]["text"]) <= HEADING, (sample[0], block["text"]["text"])


@every
def test_rows_are_short_and_one_button_is_the_thing_to_do(locale: Locale, words: Words) -> None:
    for sample in samples(locale, words):
        elements = [element for block in blocks(sample, "actions") for element in block["elements"]]
        buttons = [element for element in elements if element["type"] == "button"]
        rows = [
            [each for each in block["elements"] if each["type"] == "button"] for block in blocks(sample, "actions")
        ]
        assert all(len(row) <= 3 for row in rows), sample[0]
        assert len(blocks(sample, "actions")) <= 1 or sample[0].startswith(LISTS), sample[0]
        assert sum(element.get("style") == "primary" for element in buttons) <= 1, sample[0]
        for element in buttons:
            assert width(element["text"]["text"]) <= LABEL, element["text"]["text"]


@every
def test_no_menu_repeats_a_button_beside_it(locale: Locale, words: Words) -> None:
    """Neither its words nor what it does: ⋯ is for the rest. Of a message with one menu every button counts."""
    for name, _, payload in (*samples(locale, words), *samples_join.all_of_them(locale, words)):
        menus = [part for part in parts(payload) if part.get("type") == "overflow"]
        rows = [payload] if len(menus) == 1 else payload["blocks"]
        for row in rows:
            within = list(parts(row))
            buttons = [part for part in within if part.get("type") == "button"]
            for choice in (option for part in within if part.get("type") == "overflow" for option in part["options"]):
                labels = {button["text"]["text"].rstrip("…") for button in buttons}
                assert choice["text"]["text"].rstrip("…") not in labels, (name, choice)
                acts = {f"{re.split('[.:]', button['action_id'])[1]}:{button.get('value')}" for button in buttons}
                assert choice["value"].rpartition("/")[2] not in acts, (name, choice)


@every
def test_only_what_works_can_be_pressed(locale: Locale, words: Words) -> None:
    for name, _, payload in samples(locale, words):
        ids = {part["action_id"].partition(":")[0] for part in parts(payload) if "action_id" in part}
        assert ids <= WORKING, (name, ids - WORKING)


@every
def test_a_modal_is_short(locale: Locale, words: Words) -> None:
    for name, surface, payload in samples(locale, words):
        if surface == "modal":
            inputs = [block for block in payload["blocks"] if block["type"] == "input"]
            assert len(inputs) <= 6, name
            assert width(payload["title"]["text"]) <= 22.5, name
            assert all(block["element"]["action_id"] == "value" for block in inputs), name
            assert all("block_id" not in block for block in payload["blocks"] if block["type"] != "input"), name


@pytest.mark.parametrize("words", [ORDINARY, LONGEST], ids=["ordinary", "longest"])
@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: locale.language)
def test_nothing_is_left_open(locale: Locale, words: Words) -> None:
    """No placeholder, label or markup of ours reaches a person; a program has signs of its own."""
    for name, _, payload in samples(locale, words):
        if name.removeprefix("told ").startswith("guide script"):
            continue
        shown = json.dumps(payload, ensure_ascii=False).replace("{date_short_pretty}", "").replace("{time}", "")
        assert not re.search(r"\{[a-z_0-9]+\}|\[[a-z]+\]|\*\*", shown), (name, shown)


@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: locale.language)
def test_foreign_words_are_never_parsed(locale: Locale) -> None:
    sign = re.compile(r"(?:(?<=[\s!-/:-@\[-^{-~])|^)[*_~](?:bold|it|no|a)")
    parsed = re.compile(r"<!(?!date|subteam\^S0)|<https(?!://sharge\.slack\.com/archives/)|<@(?!U0(?:TOM|LIN)>)")
    for sample in samples(locale, HOSTILE):
        for text in markdown(sample):
            assert not parsed.search(text), (sample[0], text)
            assert not sign.search(text), (sample[0], text)
            assert "`code`" not in text, (sample[0], text)


@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: locale.language)
def test_foreign_words_do_not_turn_the_line_around(locale: Locale) -> None:
    for name, _, payload in samples(locale, HOSTILE):
        shown = json.dumps(payload, ensure_ascii=False)
        for value in [part[key] for part in parts(payload) for key in ("initial_value", "value") if key in part]:
            shown = shown.replace(json.dumps(value, ensure_ascii=False), "")  # what nobody else is shown
        assert "\u202e" not in shown, name
        assert "\\u0007" not in shown, name


@every
def test_code_in_small_print_has_blanks_around_it(locale: Locale, words: Words) -> None:
    """Slack shows the signs themselves when they touch Chinese."""
    for sample in samples(locale, words):
        for part in parts(sample[2]):
            if part.get("type") == "mrkdwn":
                outside = re.sub(r"(?:^|(?<=\s))`[^`]+`(?=\s|$)", "", part["text"])
                assert "`" not in outside, (sample[0], part["text"])


@every
def test_bold_labels_of_fields_end_their_line(locale: Locale, words: Words) -> None:
    for sample in samples(locale, words):
        for block in blocks(sample, "section"):
            for field in block.get("fields", []):
                assert re.match(r"\*[^*\n]+\*\n", field["text"]), field["text"]


@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: locale.language)
def test_finished_matters_have_no_header(locale: Locale) -> None:
    finished = (
        "join.card joined",
        "join.card declined",
        "join.card withdrawn",
        "join.mine joined",
        "remind replaced",
    )
    for sample in samples(locale, ORDINARY):
        if sample[0].startswith(finished):
            assert not blocks(sample, "header"), sample[0]


@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: locale.language)
def test_a_plan_turns_only_while_coze_works(locale: Locale) -> None:
    working = {
        f"publish {state} {version}"
        for state in (PublicationState.CONFIRMED, PublicationState.SUBMITTED)
        for version in (None, "1764644521000")
    }
    working |= {f"publish bare {state}" for state in (PublicationState.CONFIRMED, PublicationState.SUBMITTED)}
    working |= {f"publish {state} to the API alone" for state in ("confirmed", "submitted", "reviewing")}
    working |= {f"guide asking {what}" for what in ("token", "assertion")}
    carried = {f"guide channel carries {state}" for state in ("confirmed", "submitted")}
    working |= carried | {f"{name} confirmed" for name in carried}
    assert {sample[0] for sample in samples(locale, ORDINARY) if blocks(sample, "plan")} == working


def test_both_languages_have_the_same_form() -> None:
    """The same blocks, buttons and values in the same order; only the words differ."""
    for chinese, english in zip(samples(MEI, ORDINARY), samples(TOM, ORDINARY), strict=True):
        for payload in (chinese[2], english[2]):
            assert [block["type"] for block in payload["blocks"]], chinese[0]
        assert _form(chinese) == _form(english), chinese[0]


def _form(sample: Sample) -> list[tuple[str, str]]:
    return [(part["type"], part.get("action_id", "")) for part in parts(sample[2]) if "action_id" in part]


def test_the_longest_words_are_cut_and_say_so() -> None:
    drawn = {name: json.dumps(payload, ensure_ascii=False) for name, _, payload in samples(MEI, LONGEST)}
    assert "馆…" in drawn["remind t3"]
    assert "馆" * 601 not in drawn["publish rejected None"]
    assert "馆" * 599 + "…" not in drawn["join.card declined"]
