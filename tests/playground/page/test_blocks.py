"""Every block and element type is drawn, and what people wrote stays text."""

import json
from typing import Any

import pytest

from bot.playground.page.blocks import draw_blocks
from bot.playground.page.inputs import read_fields
from bot.playground.page.reader import Place
from bot.playground.slack import elements, validate

from .deskapp import CONFIRM, button, mrkdwn, plain
from .drawing import html, reader
from .supported import SUPPORTED

Json = dict[str, Any]
EVIL = '<img src=x onerror="alert(1)">'
OPTIONS = [{"text": plain("One"), "value": "1"}, {"text": plain("Two"), "value": "2"}]


def draw(*blocks: Json, state: Json | None = None, errors: Json | None = None, who: str = "mei") -> str:
    """The blocks of a message in #admins."""
    return html(draw_blocks(blocks, reader(who), Place("1796270400.000100", "C0ADMINS"), state, errors))


def rich(*elements: Json, kind: str = "rich_text_section", **more: Any) -> Json:
    """A rich_text block of one part."""
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements), **more}]}


def text(words: str, **style: bool) -> Json:
    """A rich_text text element."""
    return {"type": "text", "text": words, **({"style": style} if style else {})}


def field(element: Json, **more: Any) -> Json:
    """An input block called "b" around an element called "a"."""
    return {
        "type": "input",
        "block_id": "b",
        "label": plain("Label"),
        "element": {"action_id": "a", **element},
        **more,
    }


def actions(*elements: Json) -> Json:
    """An actions block."""
    return {"type": "actions", "elements": list(elements)}


CHART: Json = {
    "type": "bar",
    "series": [{"name": "week", "data": [{"label": "Mo", "value": 3}, {"label": "Tu", "value": 1}]}],
    "axis_config": {"categories": ["Mo", "Tu"], "y_label": "tokens"},
}
SAMPLES: dict[str, tuple[Json, str]] = {
    "header": ({"type": "header", "text": plain("Head")}, "<h3>Head</h3>"),
    "section": ({"type": "section", "text": mrkdwn("*b*")}, '<div class="text"><b>b</b></div>'),
    "context": ({"type": "context", "elements": [mrkdwn("small")]}, "<span>small</span>"),
    "actions": (actions(), '<div class="actions"></div>'),
    "divider": ({"type": "divider"}, "<hr>"),
    "image": ({"type": "image", "image_url": "https://a.example/x.png", "alt_text": "A map"}, 'aria-label="A map"'),
    "input": (field({"type": "plain_text_input"}), "<span>Label</span>"),
    "rich_text": (rich(text("x")), "<p>x</p>"),
    "plan": (
        {"type": "plan", "title": "Work", "tasks": [{"task_id": "1", "title": "Send", "status": "complete"}]},
        'data-state="complete"',
    ),
    "task_card": ({"type": "task_card", "task_id": "1", "title": "Send", "status": "error"}, 'data-state="error"'),
    "table": (
        {
            "type": "table",
            "rows": [[{"type": "raw_text", "text": "Who"}], [rich({"type": "user", "user_id": "U0LIN"})]],
            "column_settings": [{"align": "right"}],
        },
        '<th class="right" scope="col">Who</th>',
    ),
    "data_visualization": (
        {"type": "data_visualization", "title": "Ends", "chart": CHART},
        'aria-label="week: Mo 3, Tu 1"',
    ),
    "data_table": (
        {
            "type": "data_table",
            "caption": "All",
            "rows": [[{"type": "raw_text", "text": "n"}], [{"type": "raw_number", "value": 2}]],
        },
        "<caption>All</caption>",
    ),
    "context_actions": ({"type": "context_actions", "elements": [button("Good", "good")]}, ">Good</button>"),
    "card": ({"type": "card", "title": plain("Agent"), "actions": [button("Open", "open")]}, ">Agent</div>"),
    "carousel": ({"type": "carousel", "elements": [{"type": "card", "title": plain("One")}]}, ">One</div>"),
    "video": (
        {"type": "video", "title": plain("Film"), "alt_text": "How", "video_url": "https://a.example/v"},
        ">Film</a>",
    ),
    "alert": ({"type": "alert", "text": plain("Careful"), "level": "error"}, 'class="alert bad"'),
    "markdown": ({"type": "markdown", "text": "**b**"}, "<b>b</b>"),
    "button": (actions(button("Go", "go", style="danger", value="7")), 'class="btn danger"'),
    "overflow": (actions({"type": "overflow", "action_id": "m", "options": OPTIONS}), ">Two</button>"),
    "radio_buttons": (field({"type": "radio_buttons", "options": OPTIONS}), 'type="radio" name="b.a" value="2"'),
    "checkboxes": (field({"type": "checkboxes", "options": OPTIONS}), 'type="checkbox" name="b.a" value="2"'),
    "datepicker": (field({"type": "datepicker", "initial_date": "2026-12-03"}), 'type="date" value="2026-12-03"'),
    "timepicker": (field({"type": "timepicker", "initial_time": "09:30"}), 'type="time" value="09:30"'),
    "datetimepicker": (
        field({"type": "datetimepicker", "initial_date_time": 1796270400}),
        'type="datetime-local" value="2026-12-03T12:00"',
    ),
    "plain_text_input": (field({"type": "plain_text_input", "max_length": 9}), 'maxlength="9"'),
    "email_text_input": (field({"type": "email_text_input"}), 'type="email"'),
    "url_text_input": (field({"type": "url_text_input"}), 'type="url"'),
    "number_input": (field({"type": "number_input", "is_decimal_allowed": False}), 'inputmode="numeric"'),
    "rich_text_input": (field({"type": "rich_text_input"}), "</textarea>"),
    "static_select": (field({"type": "static_select", "options": OPTIONS}), '<option value="1">One</option>'),
    "external_select": (
        field({"type": "external_select", "initial_option": OPTIONS[1]}),
        '<option value="2" selected>Two</option>',
    ),
    "multi_external_select": (field({"type": "multi_external_select"}), "multiple></select>"),
    "file_input": (field({"type": "file_input"}), 'type="file" disabled'),
    "users_select": (field({"type": "users_select"}), '<option value="U0TOM">Tom Baker</option>'),
    "channels_select": (field({"type": "channels_select"}), ">#general</option>"),
    "conversations_select": (field({"type": "conversations_select"}), ">#general</option>"),
    "multi_static_select": (field({"type": "multi_static_select", "options": OPTIONS}), "<select multiple"),
    "multi_users_select": (field({"type": "multi_users_select"}), "<select multiple"),
    "multi_channels_select": (field({"type": "multi_channels_select"}), "<select multiple"),
    "multi_conversations_select": (field({"type": "multi_conversations_select"}), "<select multiple"),
    "rich_text_section": (rich(text("x", bold=True, code=True)), "<b><code>x</code></b>"),
    "rich_text_list": (
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "indent": 1,
                    "offset": 2,
                    "elements": [{"type": "rich_text_section", "elements": [text("third")]}],
                }
            ],
        },
        '<ol class="rich in-1" type="a" start="3"><li>third</li></ol>',
    ),
    "rich_text_quote": (rich(text("said"), kind="rich_text_quote"), "<blockquote>said</blockquote>"),
    "rich_text_preformatted": (rich(text("a\n b"), kind="rich_text_preformatted"), "<pre>a\n b</pre>"),
    "text": (rich(text("*not bold*")), "<p>*not bold*</p>"),
    "link": (rich({"type": "link", "url": "https://a.example", "text": "there"}), ">there</a>"),
    "emoji": (rich({"type": "emoji", "name": "tada"}), "<p>🎉</p>"),
    "date": (rich({"type": "date", "timestamp": 1796270400, "format": "{time}", "fallback": "x"}), ">12:00</time>"),
    "user": (rich({"type": "user", "user_id": "U0MEI"}), '<span class="at me">@小美</span>'),
    "channel": (rich({"type": "channel", "channel_id": "C0GENERAL"}), ">#general</span>"),
    "usergroup": (rich({"type": "usergroup", "usergroup_id": "S1"}), ">@S1</span>"),
    "team": (rich({"type": "team", "team_id": "T1"}), "<p>T1</p>"),
    "broadcast": (rich({"type": "broadcast", "range": "here"}), ">@here</span>"),
    "color": (rich({"type": "color", "value": "#ff0000"}), "<code>#ff0000</code>"),
}


def test_what_the_chat_accepts_is_what_can_be_drawn() -> None:
    assert {*validate.BLOCKS, *elements.ELEMENTS, *elements.RICH, *elements.WORDS} == SUPPORTED


def test_there_is_a_sample_of_everything_supported() -> None:
    assert set(SAMPLES) == SUPPORTED


@pytest.mark.parametrize("kind", SAMPLES)
def test_each_type_is_drawn(kind: str) -> None:
    block, expected = SAMPLES[kind]
    assert expected in draw(block)


@pytest.mark.parametrize("kind", SAMPLES)
def test_nothing_in_a_block_becomes_markup(kind: str) -> None:
    """Every string that an app can choose freely is replaced by an attack; none comes out as a tag."""
    kept = {"type", "block_id", "action_id", "status", "level", "style", "range", "align"}

    def poison(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: poison(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [poison(inner, key) for inner in value]
        return EVIL if isinstance(value, str) and key not in kept else value

    drawn = draw(poison(SAMPLES[kind][0]))
    assert "<img" not in drawn
    assert 'onerror="' not in drawn


def test_an_unknown_block_is_named() -> None:
    assert "hologram" in draw({"type": "hologram"})
    assert "dial" in draw(actions({"type": "dial", "action_id": "d"}))
    assert "dial" in draw(field({"type": "dial"}))


def test_named_fields_become_a_list_of_terms_and_others_columns() -> None:
    named = {"type": "section", "fields": [mrkdwn("*Who*\n<@U0TOM>"), mrkdwn("*ID*\n`42`")]}
    assert "<dt>Who</dt><dd>" in draw(named)
    assert 'class="columns"' in draw({"type": "section", "fields": [plain("a"), plain("b")]})


def test_a_button_with_a_confirm_dialog_asks_and_others_press() -> None:
    drawn = draw(actions(button("Go", "go", value="7", confirm=CONFIRM), button("Now", "now")))
    assert 'hx-post="/page/1/ask"' in drawn
    assert 'hx-post="/page/1/click"' in drawn
    assert json.dumps({"action_id": "go", "value": "7"})[1:-1].replace('"', "&#34;") in drawn


def test_a_link_to_coze_stays_on_the_page_and_others_open_beside_it() -> None:
    assert "<a" not in draw(actions(button("Coze", "open.coze", url="https://www.coze.cn/space/1")))
    link = draw(actions(button("Docs", "open.docs", url="https://docs.example/")))
    assert 'target="_blank"' in link
    assert "hx-post" not in link, "htmx, which reads data-hx-post too, would hold it back"
    assert 'data-press-post="/page/1/click"' in link


def test_an_error_stands_at_its_field() -> None:
    drawn = draw(field({"type": "plain_text_input"}, hint=plain("Digits")), errors={"b": "Digits only."})
    assert 'aria-invalid="true"' in drawn
    assert "Digits only." in drawn
    assert drawn.count("_e ") == 1  # the field is described by its error, then by its hint


def test_what_was_entered_is_shown_instead_of_the_initial_value() -> None:
    block = field({"type": "plain_text_input", "initial_value": "first"})
    assert 'value="first"' in draw(block)
    state = {"b": {"a": {"type": "plain_text_input", "value": "second"}}}
    assert 'value="second"' in draw(block, state=state)
    assert "first" not in draw(block, state=state)


def test_a_form_is_read_back_in_the_shape_of_its_elements() -> None:
    blocks = [
        field({"type": "plain_text_input"}, block_id="text"),
        field({"type": "checkboxes", "options": OPTIONS}, block_id="boxes"),
        field({"type": "datepicker"}, block_id="date"),
        {"type": "divider"},
    ]
    form = {"text.a": ["one\r\ntwo"], "boxes.a": ["1", "2"], "date.a": [""], "stray": ["x"]}
    assert read_fields(blocks, form) == {"text.a": "one\ntwo", "boxes.a": ["1", "2"], "date.a": None}


def test_the_words_of_a_block_are_in_the_readers_language() -> None:
    block = field({"type": "plain_text_input"}, optional=True)
    assert "可不填" in draw(block)
    assert "optional" in draw(block, who="tom")
