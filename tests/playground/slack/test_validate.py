"""The validator: what Slack takes passes, each broken limit is named with its pointer, and nothing makes it crash."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.slack.elements import ELEMENTS
from bot.playground.slack.validate import BLOCKS, Surface, validate

from .samples import BUTTONS, form, plain

Json = dict[str, Any]


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(name: str = "a", **more: Any) -> Json:
    return {"text": plain(name), "value": name, **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Go"), "action_id": "go", **more}


def section(accessory: Json | None = None) -> Json:
    return {"type": "section", "text": mrkdwn("x"), **({"accessory": accessory} if accessory else {})}


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


def rich(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


def chart(*series: Json, kind: str = "bar") -> Json:
    data = {"type": kind, "series": list(series), "axis_config": {"categories": ["Mon", "Tue"]}}
    return {"type": "data_visualization", "title": "Tokens", "chart": data}


def row(name: str, *labels: str) -> Json:
    return {"name": name, "data": [{"label": label, "value": 1} for label in labels]}


def raw(text: str) -> Json:
    return {"type": "raw_text", "text": text}


SOUND: dict[str, tuple[Surface, list[Json]]] = {
    "buttons": ("message", BUTTONS),
    "rich text": (
        "message",
        [
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_list",
                        "style": "ordered",
                        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}],
                    },
                    {"type": "rich_text_quote", "elements": [{"type": "user", "user_id": "U1"}]},
                    {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code"}]},
                ],
            },
            rich(
                {"type": "link", "url": "https://example.com"},
                {"type": "emoji", "name": "wave"},
                {"type": "channel", "channel_id": "C1"},
                {"type": "usergroup", "usergroup_id": "S1"},
                {"type": "broadcast", "range": "here"},
                {"type": "date", "timestamp": 1796173920, "format": "{date} {time}", "fallback": "then"},
            ),
        ],
    ),
    "charts and tables": (
        "message",
        [
            chart(row("now", "Mon", "Tue")),
            {"type": "table", "rows": [[raw("a"), raw("b")], [raw("c"), rich({"type": "text", "text": "d"})]]},
        ],
    ),
    "a plan": (
        "message",
        [
            {
                "type": "plan",
                "title": "Working",
                "tasks": [{"task_id": "1", "title": "One", "status": "in_progress"}],
            }
        ],
    ),
    "an alert": ("modal", [{"type": "alert", "text": plain("Careful"), "level": "warning"}]),
    "pickers": (
        "home",
        [
            {"type": "actions", "elements": [{"type": "datetimepicker", "action_id": "when"}]},
            section({"type": "static_select", "action_id": "s", "options": [option()], "initial_option": option()}),
            section({"type": "multi_users_select", "action_id": "u", "max_selected_items": 2}),
            section({"type": "timepicker", "action_id": "t", "initial_time": "09:30"}),
        ],
    ),
}


def payload(surface: Surface, blocks: list[Json]) -> Json:
    if surface == "message":
        return {"text": "x", "blocks": blocks}
    return form(blocks=blocks) if surface == "modal" else {"type": "home", "blocks": blocks}


@pytest.mark.parametrize("name", SOUND)
def test_what_slack_takes(name: str) -> None:
    """No problem is found."""
    surface, blocks = SOUND[name]
    assert validate(surface, payload(surface, blocks)) == []


def test_the_form_is_sound() -> None:
    """A whole modal with inputs."""
    assert validate("modal", form()) == []


BROKEN: list[tuple[Surface, list[Json], str, str]] = [
    ("message", [{"type": "header", "text": plain("x" * 151)}], "/blocks/0/text/text", "less than 151"),
    ("message", [{"type": "header", "text": plain("")}], "/blocks/0/text/text", "more than 0"),
    ("message", [{"type": "header", "text": mrkdwn("x")}], "/blocks/0/text/type", "unsupported type: mrkdwn"),
    ("message", [{"type": "header"}], "/blocks/0", "missing required field: text"),
    ("message", [{"type": "section"}], "/blocks/0", "one of text, fields"),
    ("message", [{"type": "section", "text": mrkdwn("x" * 3001)}], "/blocks/0/text/text", "less than 3001"),
    ("message", [{"type": "section", "fields": [mrkdwn("x")] * 11}], "/blocks/0/fields", "no more than 10"),
    ("message", [{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "/blocks/0/fields/0/text", "less than 2001"),
    ("message", [{"type": "context", "elements": [mrkdwn("x")] * 11}], "/blocks/0/elements", "no more than 10"),
    ("message", [{"type": "actions", "elements": []}], "/blocks/0/elements", "no fewer than 1"),
    ("message", [{"type": "divider", "colour": "red"}], "/blocks/0", "invalid additional property: colour"),
    ("message", [{"type": "marquee"}], "/blocks/0/type", "unsupported type: marquee"),
    ("message", [{"type": "divider"}] * 51, "/blocks", "no more than 50"),
    ("home", [{"type": "divider"}] * 101, "/blocks", "no more than 100"),
    ("message", [section(button(text=plain("x" * 76)))], "/blocks/0/accessory/text/text", "less than 76"),
    ("message", [section(button(value="x" * 2001))], "/blocks/0/accessory/value", "less than 2001"),
    ("message", [section(button(style="huge"))], "/blocks/0/accessory/style", "must be one of"),
    ("message", [section(button(url="javascript:x"))], "/blocks/0/accessory/url", "must match"),
    ("message", [section(button(accessibility_label="x" * 76))], "/blocks/0/accessory", "less than 76"),
    ("message", [section(button(confirm={"title": plain("x")}))], "/blocks/0/accessory/confirm", "missing required"),
    (
        "message",
        [
            section(
                button(
                    confirm={
                        "title": plain("x" * 101),
                        "text": plain("x"),
                        "confirm": plain("x"),
                        "deny": plain("x"),
                    }
                )
            )
        ],
        "/blocks/0/accessory/confirm/title/text",
        "less than 101",
    ),
    ("message", [section({"type": "plain_text_input"})], "/blocks/0/accessory/type", "unsupported type"),
    ("message", [section({"type": "overflow", "options": [option(str(n)) for n in range(6)]})], "options", "than 5"),
    (
        "message",
        [section({"type": "static_select", "options": [option("a", text=plain("x" * 76))]})],
        "/blocks/0/accessory/options/0/text/text",
        "less than 76",
    ),
    ("message", [section({"type": "static_select"})], "/blocks/0/accessory", "exactly one of: options"),
    (
        "message",
        [section({"type": "static_select", "options": [option()], "initial_option": option("b")})],
        "/blocks/0/accessory/initial_option",
        "must be one of the options",
    ),
    (
        "message",
        [section({"type": "radio_buttons", "options": [option("a"), option("b", value="a")]})],
        "/blocks/0/accessory/options",
        "unique",
    ),
    (
        "message",
        [section({"type": "datepicker", "initial_date": "2026-13-01"})],
        "/blocks/0/accessory/initial_date",
        "match",
    ),
    ("message", [{"type": "alert", "text": plain("x")}], "/blocks/0/type", "not in a message"),
    ("home", [chart(row("a", "Mon", "Tue"))], "/blocks/0/type", "not in a home"),
    ("modal", [{"type": "table", "rows": [[raw("a")]]}], "/blocks/0/type", "not in a modal"),
    ("home", [{"type": "table", "rows": [[raw("a")]]}], "/blocks/0/type", "not in a home"),
    ("home", [{"type": "plan", "title": "x"}], "/blocks/0/type", "not in a home"),
    ("message", [chart(*[row(str(n), "Mon", "Tue") for n in range(7)])], "/blocks/0/chart/series", "no more than 6"),
    ("message", [chart(row("a", "Mon"))], "/blocks/0/chart/series/0/data", "match the axis"),
    ("message", [chart(row("a", "Mon", "Tue"))] * 3, "/blocks", "no more than 2 data_visualization"),
    ("message", [{"type": "table", "rows": [[raw("a")], [raw("b")] * 2]}], "/blocks/0/rows", "same number"),
    (
        "message",
        [{"type": "plan", "title": "x", "tasks": [{"task_id": "1", "title": "x", "status": "completed"}]}],
        "/blocks/0/tasks/0/status",
        "must be one of",
    ),
    ("message", [rich({"type": "text", "text": "x", "style": {"loud": True}})], "style", "invalid additional"),
    ("message", [rich({"type": "date", "timestamp": 1, "format": "today"})], "/format", "must match"),
    (
        "message",
        [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}],
        "/blocks/1/block_id",
        "already exists",
    ),
    ("message", [{"type": "actions", "elements": [button(), button()]}], "/blocks/0", "`action_id` go already"),
    ("modal", [field({"type": "button", "text": plain("x")})], "/blocks/0/element/type", "unsupported type"),
    (
        "modal",
        [field({"type": "plain_text_input", "max_length": 3001})],
        "/blocks/0/element/max_length",
        "less than or equal to 3000",
    ),
    (
        "modal",
        [field({"type": "plain_text_input", "min_length": 5, "max_length": 4})],
        "/blocks/0/element/min_length",
        "greater than max_length",
    ),
    ("modal", [field({"type": "number_input"})], "/blocks/0/element", "is_decimal_allowed"),
    ("modal", [field({"type": "file_input", "max_files": 11})], "/blocks/0/element/max_files", "equal to 10"),
]


@pytest.mark.parametrize(("surface", "blocks", "pointer", "words"), BROKEN)
def test_a_broken_rule_is_named(surface: Surface, blocks: list[Json], pointer: str, words: str) -> None:
    """Exactly there, and in these words."""
    found = validate(surface, payload(surface, blocks))
    assert any(pointer in problem.pointer and words in problem.message for problem in found), found


def test_what_modals_need() -> None:
    """A title, a button to send inputs, room for metadata; and they aren't endless."""
    cases: list[tuple[Json, str]] = [
        ({"title": plain("x" * 25)}, "/title/text"),
        ({"submit": plain("x" * 25)}, "/submit/text"),
        ({"close": plain("x" * 25)}, "/close/text"),
        ({"private_metadata": "x" * 3001}, "/private_metadata"),
        ({"callback_id": "x" * 256}, "/callback_id"),
        ({"type": "dialog"}, "/type"),
        ({"blocks": [{"type": "section", "text": plain("汉" * 3000)}] * 30}, ""),
    ]
    for change, pointer in cases:
        assert pointer in [problem.pointer for problem in validate("modal", form(**change))], change
    without = form()
    del without["submit"]
    assert [problem.pointer for problem in validate("modal", without)] == ["/submit"]
    assert validate("home", {"type": "home", "blocks": [], "title": plain("x")}), "Home has no title"


TYPES = st.sampled_from([*BLOCKS, *ELEMENTS, "mrkdwn", "plain_text", "rich_text_list", "user", "bar", "nothing"])
NAMES = st.sampled_from(
    [
        "text",
        "elements",
        "element",
        "options",
        "accessory",
        "fields",
        "rows",
        "chart",
        "series",
        "axis_config",
        "initial_option",
        "option_groups",
        "tasks",
        "block_id",
        "action_id",
        "label",
        "title",
        "submit",
        "blocks",
    ]
)
LEAVES = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5) | TYPES
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.builds(lambda kind, rest: {"type": kind, **rest}, TYPES, st.dictionaries(NAMES, inner, max_size=4))
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(surface=st.sampled_from(["message", "modal", "home"]), blocks=JSON)
def test_nothing_makes_it_crash(surface: Surface, blocks: Any) -> None:
    """Whatever an app sends, the answer is a list of problems."""
    for problem in validate(surface, {**form(), "type": surface, "blocks": blocks}):
        assert problem.message
        assert problem.pointer.startswith("/") or problem.pointer == ""
