"""Slack's rules for what stands inside blocks: composition objects, elements, rich text, charts and tables.

Limits as on https://docs.slack.dev/reference/block-kit and its pages for each element; where Slack only documents a
limit in its SDKs' models, theirs is taken, and of two sources the stricter one.
"""

from collections import Counter
from typing import Any

from .checks import (
    Check,
    Report,
    Rule,
    anything,
    choice,
    exactly_one,
    flag,
    items,
    kinds,
    number,
    ordered,
    shape,
    string,
    text,
)

# Composition objects

PLAIN = "plain_text"
URL = string(3000, form=r"(https?|mailto|slack|tel):\S+")
DATE = string(10, form=r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])")
TIME = string(5, form=r"([01]\d|2[0-3]):[0-5]\d")
EPOCH = number(1_000_000_000, 9_999_999_999)
DECIMAL = string(40, form=r"-?\d+(\.\d+)?")

CONFIRM = shape(
    {"title": text(100, PLAIN), "text": text(300), "confirm": text(30, PLAIN), "deny": text(30, PLAIN)},
    {"style": choice("primary", "danger")},
)


def option(*allowed: str, url: bool = False) -> Check:
    """A choice in a list: text and description up to 75, value up to 150 characters."""
    extra: dict[str, Check] = {"description": text(75, *allowed)} | ({"url": URL} if url else {})
    return shape({"text": text(75, *allowed), "value": string(150, 0)}, extra)


OPTION = option(PLAIN)
GROUP = shape({"label": text(75, PLAIN), "options": items(OPTION, 1, 100)})
OPTIONS: dict[str, Check] = {"options": items(OPTION, 1, 100), "option_groups": items(GROUP, 1, 100)}


def among_options(one: str) -> Rule:
    """What is chosen at first is one of the options, word for word."""

    def rule(value: dict[str, Any], at: str, report: Report) -> None:
        groups = value.get("option_groups") or []
        options = [*(value.get("options") or []), *(o for g in groups for o in g.get("options", []))]
        chosen = value.get(one)
        for each in chosen if isinstance(chosen, list) else [chosen]:
            if each is not None and each not in options:
                report.add(f"{at}/{one}", "must be one of the options")

    return rule


def distinct_values(value: dict[str, Any], at: str, report: Report) -> None:
    """Each option of a list has its own value."""
    values = Counter(str(o.get("value")) for o in value.get("options") or [] if isinstance(o, dict))
    if doubles := [name for name, count in values.items() if count > 1]:
        report.add(f"{at}/options", f"option values must be unique: {', '.join(doubles)}")


# Elements

ACTION: dict[str, Check] = {"action_id": string(255)}
FOCUS: dict[str, Check] = ACTION | {"focus_on_load": flag}
CONFIRMED: dict[str, Check] = FOCUS | {"confirm": CONFIRM}
MENU: dict[str, Check] = CONFIRMED | {"placeholder": text(150, PLAIN)}
MANY: dict[str, Check] = MENU | {"max_selected_items": number(1)}
FILTER = shape(
    {},
    {
        "include": items(choice("im", "mpim", "private", "public")),
        "exclude_bot_users": flag,
        "exclude_external_shared_channels": flag,
    },
)
CURRENT: dict[str, Check] = {"default_to_current_conversation": flag, "filter": FILTER}
DISPATCH: dict[str, Check] = {
    "dispatch_action_config": shape(
        {}, {"trigger_actions_on": items(choice("on_enter_pressed", "on_character_entered"))}
    )
}
TYPED: dict[str, Check] = FOCUS | DISPATCH | {"placeholder": text(150, PLAIN)}
ID = string(255)
ALT = string(2000)
IMAGE = shape(
    {"alt_text": ALT},
    {"image_url": URL, "slack_file": shape({}, {"id": ID, "url": URL})},
    exactly_one("image_url", "slack_file"),
)


def chosen_from(extra: dict[str, Check], initial: str, *rules: Rule) -> Check:
    return shape({}, extra | OPTIONS, exactly_one("options", "option_groups"), among_options(initial), *rules)


def listed(texts: Check, initial: str, first: Check) -> Check:
    return shape(
        {"options": items(texts, 1, 10)}, CONFIRMED | {initial: first}, among_options(initial), distinct_values
    )


RICH_OPTION = option()
ELEMENTS: dict[str, Check] = {
    "button": shape(
        {"text": text(75, PLAIN)},
        ACTION
        | {
            "url": URL,
            "value": string(2000, 0),
            "style": choice("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "overflow": shape({"options": items(option(PLAIN, url=True), 1, 5)}, ACTION | {"confirm": CONFIRM}),
    "image": IMAGE,
    "static_select": chosen_from(MENU | {"initial_option": OPTION}, "initial_option"),
    "multi_static_select": chosen_from(MANY | {"initial_options": items(OPTION)}, "initial_options"),
    "external_select": shape({}, MENU | {"initial_option": OPTION, "min_query_length": number(0)}),
    "multi_external_select": shape({}, MANY | {"initial_options": items(OPTION), "min_query_length": number(0)}),
    "users_select": shape({}, MENU | {"initial_user": ID}),
    "multi_users_select": shape({}, MANY | {"initial_users": items(ID)}),
    "conversations_select": shape({}, MENU | CURRENT | {"initial_conversation": ID, "response_url_enabled": flag}),
    "multi_conversations_select": shape({}, MANY | CURRENT | {"initial_conversations": items(ID)}),
    "channels_select": shape({}, MENU | {"initial_channel": ID, "response_url_enabled": flag}),
    "multi_channels_select": shape({}, MANY | {"initial_channels": items(ID)}),
    "radio_buttons": listed(RICH_OPTION, "initial_option", RICH_OPTION),
    "checkboxes": listed(RICH_OPTION, "initial_options", items(RICH_OPTION, 1, 10)),
    "datepicker": shape({}, MENU | {"initial_date": DATE}),
    "timepicker": shape({}, MENU | {"initial_time": TIME, "timezone": string(100)}),
    "datetimepicker": shape({}, CONFIRMED | {"initial_date_time": EPOCH}),
    "plain_text_input": shape(
        {},
        TYPED
        | {
            "initial_value": string(3000, 0),
            "multiline": flag,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        },
        ordered("min_length", "max_length"),
    ),
    "email_text_input": shape({}, TYPED | {"initial_value": string(3000)}),
    "url_text_input": shape({}, TYPED | {"initial_value": string(3000)}),
    "number_input": shape(
        {"is_decimal_allowed": flag},
        TYPED | {"initial_value": DECIMAL, "min_value": DECIMAL, "max_value": DECIMAL},
        ordered("min_value", "max_value"),
    ),
    "rich_text_input": shape({}, TYPED | {"initial_value": anything}),
    "file_input": shape({}, ACTION | {"filetypes": items(string(20)), "max_files": number(1, 10)}),
}
MENUS = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
MULTI = tuple(f"multi_{menu}" for menu in MENUS)
BOXES = ("radio_buttons", "checkboxes", "datepicker", "timepicker")
WRITTEN = ("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input")
IN_ACTIONS = kinds(ELEMENTS, ("button", "overflow", *MENUS, *BOXES, "datetimepicker"))
IN_SECTION = kinds(ELEMENTS, ("button", "overflow", "image", *MENUS, *MULTI, *BOXES))
IN_INPUT = kinds(ELEMENTS, (*WRITTEN, *MENUS, *MULTI, *BOXES, "datetimepicker", "file_input"))
BUTTON = kinds(ELEMENTS, ("button",))


# Rich text

STYLE = shape(
    {},
    dict.fromkeys(("bold", "italic", "strike", "underline", "code", "highlight", "client_highlight", "unlink"), flag),
)
STYLED: dict[str, Check] = {"style": STYLE}
WORDS: dict[str, Check] = {
    "text": shape({"text": string(40_000)}, STYLED),
    "link": shape({"url": URL}, STYLED | {"text": string(3000), "unsafe": flag}),
    "emoji": shape({"name": string(255)}, STYLED | {"unicode": string(100), "skin_tone": number(1, 6)}),
    "user": shape({"user_id": ID}, STYLED),
    "channel": shape({"channel_id": ID}, STYLED),
    "usergroup": shape({"usergroup_id": ID}, STYLED),
    "team": shape({"team_id": ID}, STYLED),
    "date": shape(
        {"timestamp": number(0), "format": string(255, form=r"(?s).*\{\w+\}.*")},
        STYLED | {"url": URL, "fallback": string(3000)},
    ),
    "broadcast": shape({"range": choice("here", "channel", "everyone")}, STYLED),
    "color": shape({"value": string(20)}, STYLED),
}
INLINE = kinds(WORDS)
PARTS: dict[str, Check] = {"elements": items(INLINE, 0)}
BORDER: dict[str, Check] = {"border": number(0, 1)}
RICH: dict[str, Check] = {
    "rich_text_section": shape(PARTS),
    "rich_text_quote": shape(PARTS, BORDER),
    "rich_text_preformatted": shape(PARTS, BORDER | {"language": string(50)}),
}
RICH["rich_text_list"] = shape(
    {"elements": items(kinds(RICH, ("rich_text_section",))), "style": choice("bullet", "ordered")},
    BORDER | {"indent": number(0, 8), "offset": number(0)},
)
RICH_TEXT = shape({"elements": items(kinds(RICH))}, {"block_id": string(255)})
RICH_OBJECT = kinds({"rich_text": RICH_TEXT})


# Charts, tables and plans

CHART_LABEL = string(20)
POINT = shape({"label": CHART_LABEL, "value": number(whole=False)})
SERIES = shape({"name": CHART_LABEL, "data": items(POINT, 1, 20)})
AXES = shape({"categories": items(CHART_LABEL, 1, 20)}, {"x_label": string(50), "y_label": string(50)})


def matching_series(value: dict[str, Any], at: str, report: Report) -> None:
    """Each series has its own name and one point for each category, in that order."""
    names: set[Any] = set()
    categories = (value.get("axis_config") or {}).get("categories")
    for index, series in enumerate(s for s in value.get("series") or [] if isinstance(s, dict)):
        if series.get("name") in names:
            report.add(f"{at}/series/{index}/name", "series names must be unique")
        names.add(series.get("name"))
        if [point.get("label") for point in series.get("data") or []] != categories:
            report.add(f"{at}/series/{index}/data", "labels must match the axis categories")


XY = shape({"series": items(SERIES, 1, 6), "axis_config": AXES}, None, matching_series)
SEGMENT = shape({"label": CHART_LABEL, "value": number(0, whole=False)})
PIE = shape({"segments": items(SEGMENT, 1, 12)})
CHART = kinds({"bar": XY, "line": XY, "area": XY, "pie": PIE})

CELL = kinds(
    {
        "raw_text": shape({"text": string(3000)}),
        "raw_number": shape({"value": number(whole=False)}, {"text": string(100)}),
        "rich_text": RICH_TEXT,
    }
)


def column(value: Any, at: str, report: Report) -> None:
    """How a column looks; null leaves it as it is."""
    if value is not None:
        shape({}, {"align": choice("left", "center", "right"), "is_wrapped": flag})(value, at, report)


def same_width(value: dict[str, Any], at: str, report: Report) -> None:
    """All rows of a table have as many cells."""
    if len({len(row) for row in value.get("rows") or [] if isinstance(row, list)}) > 1:
        report.add(f"{at}/rows", "all rows must have the same number of cells")


SOURCE = shape({"url": URL, "text": string(255)})
TASK = shape(
    {"task_id": string(255), "title": string(255)},
    {
        "status": choice("pending", "in_progress", "complete", "error"),
        "details": RICH_OBJECT,
        "output": RICH_OBJECT,
        "sources": items(kinds({"url": SOURCE})),
        "block_id": string(255),
    },
)
