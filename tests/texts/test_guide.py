"""The guide's texts are whole in every language, and an operator's changes are checked as ours are."""

import copy
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import StartError
from bot.services.guide.checks import KINDS
from bot.services.guide.wiring import texts_of
from bot.settings import SettingsError, load
from bot.slack.views.parts import HEADING, width
from bot.texts.catalogue import catalogues
from bot.texts.guide import guide_texts
from bot.texts.guide_files import FOLDER, BrokenGuide, read
from bot.texts.guide_rules import KNOWN, faults_in, placeholders_of
from tests.slack.views.samples import LABEL

TOUCHING = re.compile(r"[\u3400-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u3400-\u9fff]")
TEXTS = guide_texts(KINDS)
STEPS = {step.id: step for route in TEXTS.routes.values() for step in route.steps}


def test_the_three_routes_are_there_and_the_one_for_renewing() -> None:
    assert list(TEXTS.routes) == ["pat", "channel", "jwt", "renew"]
    assert [route.key for route in TEXTS.routes.values() if route.listed] == ["pat", "channel", "jwt"]


def test_shared_steps_are_the_same_everywhere() -> None:
    assert TEXTS.routes["pat"].step("s3") is TEXTS.routes["channel"].step("s3")
    assert TEXTS.routes["renew"].step("r1").checked_on == TEXTS.routes["pat"].step("a1").checked_on


def test_nothing_is_wrong_with_it() -> None:
    assert faults_in(read(None), KINDS) == []


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.id)
def test_each_step_fits_a_card(step: Any) -> None:
    """Headers and buttons as short as Slack and the eye want them, few lines, few choices."""
    for language in catalogues():
        words = step.words[language]
        assert width(words.title.replace("{agent}", "")) <= HEADING, words.title
        assert len(words.do) <= 5
        for label in words.labels.values():
            assert width(label) <= LABEL, label
        assert "**" not in words.done
        for ask in words.asks.values():
            assert width(ask.label) <= 45


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.id)
def test_all_languages_fill_in_the_same_and_mark_up_alike(step: Any) -> None:
    columns = [step.words[language] for language in catalogues()]
    filled = [placeholders_of([each.title, each.done, *each.do, each.note]) for each in columns]
    assert all(each == filled[0] <= KNOWN for each in filled)
    assert all(each.labels.keys() == columns[0].labels.keys() for each in columns)


def test_the_step_that_asks_for_an_address_names_the_button_that_takes_it() -> None:
    """A chat has no place for it."""
    for step in (step for step in STEPS.values() if step.check == "agent"):
        for language in catalogues():
            words = step.words[language]
            assert f"**{words.labels['paste']}**" in words.do[-1]


def test_chinese_keeps_a_blank_to_latin_letters_and_digits() -> None:
    for step in STEPS.values():
        words = step.words["zh"]
        for text in (words.title, words.done, *words.do, words.note, *words.labels.values()):
            plain = re.sub(r"\{\w+\}", "", text).replace("*", "").replace("`", "")
            assert not TOUCHING.search(plain), plain


@pytest.mark.parametrize(
    ("step", "checked_on"),
    [
        ("a1", "2025-12"),
        *[(step, "2026-02") for step in ("b1", "b2", "b3", "b4")],
        *[(step, "2026-06") for step in ("s1", "c1", "c4")],
        ("c3", "2026-03"),
        *[(step, "2025") for step in ("s2", "s3", "c5")],
    ],
)
def test_labels_are_dated_by_their_source(step: str, checked_on: str) -> None:
    assert STEPS[step].checked_on == checked_on
    assert STEPS[step].labels


def test_after_ninety_days_a_step_says_from_when_its_labels_are() -> None:
    c1 = STEPS["c1"]
    assert not c1.is_stale(datetime(2026, 8, 30, tzinfo=UTC))
    assert c1.is_stale(datetime(2026, 8, 30, 1, tzinfo=UTC))
    assert not replace(c1, checked_on="2026-06-15").is_stale(datetime(2026, 9, 13, tzinfo=UTC))
    assert replace(c1, checked_on="2026-06-15").is_stale(datetime(2026, 9, 14, tzinfo=UTC))
    assert replace(c1, checked_on="2026").is_stale(datetime(2026, 6, 1, tzinfo=UTC))
    assert not STEPS["a2"].is_stale(datetime(2040, 1, 1, tzinfo=UTC))  # it names nothing on Coze's pages


def test_what_is_bold_in_all_languages_alike_is_a_label() -> None:
    assert STEPS["a1"].labels == ("添加", "确定", "API & SDK", "授权", "个人访问令牌", "API 管理", "回到旧版")
    assert STEPS["s1"].labels == ("创建", "创建智能体", "人设与回复逻辑", "预览与调试", "回到旧版")
    assert STEPS["b3"].labels == ("确定", "授权")
    assert "找{agent}" not in STEPS["s3"].labels
    assert all(not {"填智能体地址…", "只显示一次", "你的机器"} & set(step.labels) for step in STEPS.values())


def test_nothing_leads_to_what_coze_has_closed() -> None:
    """www.coze.cn alone opens another product since 2026; the 豆包 channel closed."""
    assert TEXTS.links["coze"] == "https://www.coze.cn/home"
    assert not [path for path in FOLDER.glob("*.toml") if "豆包" in path.read_text("utf-8")]


BROKEN: list[tuple[str, list[Any], Any, str]] = [
    ("an unknown button", ["pat", "a1", "buttons"], ["fly"], "a1: unknown button fly"),
    ("an unknown check", ["pat", "a1", "check"], "magic", "a1: unknown check magic"),
    ("nothing to do", ["pat", "a1", "zh", "do"], [], "a1: no zh.do"),
    ("two routes for one purpose", ["jwt", "route", "purpose"], "try", "purpose try: jwt and pat"),
    ("no route for renewing", ["renew", "route"], {}, "purpose renew: no route"),
    ("an unknown purpose", ["jwt", "route", "purpose"], "fun", "jwt.toml: unknown purpose fun"),
    ("answers that lead nowhere", ["channel", "route", "advised"], [], "no route is advised for"),
    ("a key for ever", ["jwt", "route", "rotates"], 0, "rotates must be a number of days from 1"),
    ("an unknown question", ["pat", "route", "advised"], [{"rich": True}], "advised: unknown rich = True"),
    ("no words of advice", ["pat", "route", "en", "advice"], "", "pat.toml: no en.advice"),
    ("an unknown condition", ["channel", "route", "ready_when"], "rich", "unknown ready_when rich"),
    ("fields that are not there", ["pat", "route", "fields"], "mine", "pat.toml: there are no fields mine"),
    ("permissions of nobody", ["pat", "route", "permissions"], "", "pat.toml: there are no permissions"),
    (
        "the team's step on another route",
        ["channel", "route", "team"],
        False,
        "c1: check member needs a route with team",
    ),
    ("an unknown link", ["pat", "a1", "open"], "nowhere", "a1: unknown link nowhere"),
    ("no English title", ["pat", "a1", "en", "title"], "", "a1: no en.title"),
    ("no words for a button", ["pat", "a1", "zh", "next"], "", "a1: no zh.next"),
    ("an unknown placeholder", ["shared", "s3", "zh", "note"], "{secret}", "s3: zh: unknown {secret}"),
    ("one line more in one language", ["pat", "a1", "en", "do"], ["one"], "different numbers of lines"),
    ("a route without an end", ["pat", "route", "order"], ["a1"], "pat.toml: its last step must close it"),
    ("a step that is not there", ["pat", "route", "order"], ["a9", "s4"], "pat.toml: there is no step a9"),
    ("a step twice", ["pat", "route", "order"], ["a1", "a1", "s4"], "pat.toml: step a1 comes twice"),
    ("a link that is none", ["shared", "links", "oauth"], "http://x", "links.oauth: not an https address"),
    ("a field of neither kind", ["shared", "fields", "pat"], [{"zh": "x", "en": "x"}], "needs either fact or secret"),
    (
        "a field of an unknown fact",
        ["shared", "fields", "pat"],
        [{"zh": "x", "en": "x", "fact": "pin"}],
        "unknown fact",
    ),
    ("no date of the labels", ["shared", "checked_on"], "", "no checked_on"),
    ("a date that is none", ["pat", "a1", "checked_on"], "last summer", "a1: checked_on last summer is no year"),
    ("a month that is none", ["pat", "a1", "checked_on"], "2026-13", "a1: checked_on 2026-13 is no year"),
    ("too many buttons", ["pat", "a1", "buttons"], ["open", "next", "open", "next"], "too many buttons"),
]


@pytest.mark.parametrize(("path", "value", "fault"), [each[1:] for each in BROKEN], ids=[each[0] for each in BROKEN])
def test_what_is_wrong_is_named(path: list[Any], value: Any, fault: str) -> None:
    data = copy.deepcopy(read(None))
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert any(fault in each for each in faults_in(data, KINDS)), faults_in(data, KINDS)


def test_an_operator_changes_what_coze_has_changed(tmp_path: Path) -> None:
    """One label, one link, the permissions; the rest stays ours."""
    (tmp_path / "shared.toml").write_text(
        '[links]\ntokens = "https://code.coze.cn/tokens"\n[permissions]\npat = ["listBot"]\n'
        '[fields]\npat = [{ zh = "号", en = "No.", fact = "agent_id" }]\n',
        "utf-8",
    )
    (tmp_path / "pat.toml").write_text('[a1]\nchecked_on = "2027-01"\n[a1.en]\ntitle = "Make a token"\n', "utf-8")
    texts = guide_texts(KINDS, tmp_path)
    step = texts.routes["pat"].step("a1")
    assert texts.links["tokens"] == "https://code.coze.cn/tokens"
    assert texts.links["coze"] == TEXTS.links["coze"]
    assert (step.words["en"].title, step.checked_on) == ("Make a token", "2027-01")
    assert step.words["zh"] == STEPS["a1"].words["zh"]
    assert texts.routes["pat"].permissions == ("listBot",)
    assert [field.label["en"] for field in texts.routes["pat"].fields] == ["No."]


def test_a_broken_change_stops_the_start_and_names_every_fault(tmp_path: Path) -> None:
    (tmp_path / "pat.toml").write_text('[a1]\ncheck = "magic"\n[a1.en]\ntitle = ""\n', "utf-8")
    with pytest.raises(BrokenGuide, match=r"a1: unknown check magic.*a1: no en\.title"):
        guide_texts(KINDS, tmp_path)
    (tmp_path / "pat.toml").write_text("[a1", "utf-8")
    with pytest.raises(BrokenGuide, match=r"pat\.toml"):
        guide_texts(KINDS, tmp_path)


def test_the_bot_does_not_start_with_it_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "pat.toml").write_text('[a1]\nopen = "nowhere"\n', "utf-8")
    with pytest.raises(StartError, match=r"GUIDE_DIR.*a1: unknown link nowhere"):
        texts_of(tmp_path)
    with pytest.raises(SettingsError, match=r"GUIDE_DIR: must be a folder"):
        load({"GUIDE_DIR": str(tmp_path / "none")}, slack=False)
