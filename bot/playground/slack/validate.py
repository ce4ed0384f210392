"""Slack's rules for messages, modals and Home tabs: which blocks a surface may hold and how long each part may be.

Limits as on https://docs.slack.dev/reference/block-kit/blocks and https://docs.slack.dev/surfaces; the parts inside
blocks are in `elements`. Anything that sends to Slack can be tested with `validate` before it is sent.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from .checks import (
    Check,
    Problem,
    Report,
    Surface,
    any_of,
    choice,
    exactly_one,
    flag,
    items,
    kinds,
    number,
    shape,
    string,
    text,
)
from .elements import (
    ALT,
    BUTTON,
    CELL,
    CHART,
    ELEMENTS,
    IMAGE,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    PLAIN,
    RICH_TEXT,
    TASK,
    URL,
    column,
    same_width,
)

__all__ = ["Problem", "Surface", "too_large", "validate"]

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MESSAGE_TEXT = 40_000
VIEW_BYTES = 250_000
MARKDOWN_TEXT = 12_000
EVERYWHERE = ("message", "modal", "home")
CHAT_AND_HOME = ("message", "home")

BLOCK: dict[str, Check] = {"block_id": string(255)}
CARD_FIELDS: dict[str, Check] = {
    "hero_image": kinds({"image": IMAGE}),
    "icon": kinds({"image": IMAGE}),
    "title": text(150),
    "subtitle": text(150),
    "body": text(200),
    "actions": items(BUTTON, 1, 3),
}
CARD = shape({}, BLOCK | CARD_FIELDS, any_of("hero_image", "title", "actions", "body"))

BLOCKS: dict[str, tuple[tuple[str, ...], Check]] = {
    "header": (EVERYWHERE, shape({"text": text(150, PLAIN)}, BLOCK)),
    "section": (
        EVERYWHERE,
        shape(
            {},
            BLOCK | {"text": text(3000), "fields": items(text(2000), 1, 10), "accessory": IN_SECTION, "expand": flag},
            any_of("text", "fields"),
        ),
    ),
    "context": (
        EVERYWHERE,
        shape(
            {"elements": items(kinds({"image": IMAGE, "plain_text": text(3000), "mrkdwn": text(3000)}), 1, 10)}, BLOCK
        ),
    ),
    "actions": (EVERYWHERE, shape({"elements": items(IN_ACTIONS, 1, 25)}, BLOCK)),
    "divider": (EVERYWHERE, shape({}, BLOCK)),
    "image": (
        EVERYWHERE,
        shape(
            {"alt_text": ALT},
            BLOCK
            | {
                "image_url": URL,
                "slack_file": shape({}, {"id": string(255), "url": URL}),
                "title": text(2000, PLAIN),
            },
            exactly_one("image_url", "slack_file"),
        ),
    ),
    "input": (
        EVERYWHERE,
        shape(
            {"label": text(2000, PLAIN), "element": IN_INPUT},
            BLOCK | {"hint": text(2000, PLAIN), "optional": flag, "dispatch_action": flag},
        ),
    ),
    "rich_text": (EVERYWHERE, RICH_TEXT),
    "video": (
        EVERYWHERE,
        shape(
            {"alt_text": ALT, "title": text(199, PLAIN), "thumbnail_url": URL, "video_url": URL},
            BLOCK
            | {
                "title_url": URL,
                "description": text(200, PLAIN),
                "author_name": string(49),
                "provider_name": string(49),
                "provider_icon_url": URL,
            },
        ),
    ),
    "alert": (
        ("modal",),
        shape({"text": text(200)}, BLOCK | {"level": choice("default", "info", "warning", "error", "success")}),
    ),
    "markdown": (("message",), shape({"text": string(MARKDOWN_TEXT)}, BLOCK)),
    "table": (
        ("message",),  # the documentation names Home too, where it was seen to be dropped
        shape(
            {"rows": items(items(CELL, 1, 20), 1, 100)},
            BLOCK | {"column_settings": items(column, 0, 20)},
            same_width,
        ),
    ),
    "data_table": (
        CHAT_AND_HOME,
        shape(
            {"rows": items(items(CELL, 1, 20), 2, 201), "caption": string(3000)},
            BLOCK | {"page_size": number(1, 100), "row_header_column_index": number(0, 19)},
            same_width,
        ),
    ),
    "data_visualization": (("message",), shape({"title": string(50), "chart": CHART}, BLOCK)),
    "plan": (
        ("message",),
        shape({"title": string(255)}, BLOCK | {"tasks": items(TASK, 0, 50)}),
    ),
    "task_card": (("message",), TASK),
    "card": (EVERYWHERE, CARD),
    "carousel": (CHAT_AND_HOME, shape({"elements": items(kinds({"card": CARD}), 1, 10)}, BLOCK)),
    "context_actions": (("message",), shape({"elements": items(BUTTON, 1, 5)}, BLOCK)),
}

AT_MOST = {"table": 1, "data_visualization": 2}  # in one message

VIEW_FIELDS: dict[str, Check] = {
    "callback_id": string(255, 0),
    "private_metadata": string(3000, 0),
    "external_id": string(255, 0),
}
MODAL_FIELDS: dict[str, Check] = VIEW_FIELDS | {
    "submit": text(24, PLAIN),
    "close": text(24, PLAIN),
    "clear_on_close": flag,
    "notify_on_close": flag,
    "submit_disabled": flag,
}


def block(value: Any, at: str, report: Report) -> None:
    """One block: a kind that exists and may stand on this surface, and all its parts."""
    if not isinstance(value, dict):
        report.add(at, "must provide an object")
        return
    kind = value.get("type")
    surfaces, check = BLOCKS.get(kind, ((), None)) if isinstance(kind, str) else ((), None)
    if check is None:
        report.add(f"{at}/type", f"unsupported type: {kind}")
        return
    if report.surface not in surfaces:
        report.add(f"{at}/type", f"unsupported type: {kind} (not in a {report.surface})")
        return
    check(value, at, report)


def interactive(value: Any) -> Iterator[dict[str, Any]]:
    """All elements inside a block that a person can press, pick or fill."""
    if isinstance(value, dict):
        if value.get("type") in ELEMENTS and value.get("type") != "image":
            yield value
        for part in value.values():
            yield from interactive(part)
    elif isinstance(value, list):
        for part in value:
            yield from interactive(part)


def distinct_ids(value: dict[str, Any], at: str, report: Report) -> None:
    """A `block_id` stands once in a payload, an `action_id` once in a block."""
    seen: set[Any] = set()
    for index, each in enumerate(b for b in value.get("blocks") or [] if isinstance(b, dict)):
        name = each.get("block_id")
        if name is not None and name in seen:
            report.add(f"{at}/blocks/{index}/block_id", f"`block_id` {name} already exists")
        seen.add(name)
        actions = Counter(str(e["action_id"]) for e in interactive(each) if "action_id" in e)
        for action in (action for action, count in actions.items() if count > 1):
            report.add(f"{at}/blocks/{index}", f"`action_id` {action} already exists in this block")


def few_enough(value: dict[str, Any], at: str, report: Report) -> None:
    """Some blocks may only stand so often in one message."""
    blocks = [b for b in value.get("blocks") or [] if isinstance(b, dict)]
    count = Counter(b.get("type") for b in blocks)
    for kind, most in AT_MOST.items():
        if count[kind] > most:
            report.add(f"{at}/blocks", f"no more than {most} {kind} allowed")
    if sum(len(str(b.get("text"))) for b in blocks if b.get("type") == "markdown") > MARKDOWN_TEXT:
        report.add(f"{at}/blocks", f"all markdown together must be less than {MARKDOWN_TEXT + 1} characters")


def submit_for_inputs(value: dict[str, Any], at: str, report: Report) -> None:
    """A modal that asks for something has a button to send it."""
    asks = any(isinstance(b, dict) and b.get("type") == "input" for b in value.get("blocks") or [])
    if asks and "submit" not in value:
        report.add(f"{at}/submit", "missing required field: submit, as there are input blocks")


def within_size(value: dict[str, Any], at: str, report: Report) -> None:
    if too_large(value):
        report.add(at, f"view must be at most {VIEW_BYTES} bytes")


MESSAGE = (
    {"text": string(MESSAGE_TEXT, 0), "blocks": items(block, 0, MESSAGE_BLOCKS)},
    (distinct_ids, few_enough),
)
SURFACES: dict[Surface, Check] = {
    "modal": shape(
        {"title": text(24, PLAIN), "blocks": items(block, 0, VIEW_BLOCKS)},
        MODAL_FIELDS,
        distinct_ids,
        submit_for_inputs,
        within_size,
    ),
    "home": shape({"blocks": items(block, 0, VIEW_BLOCKS)}, VIEW_FIELDS, distinct_ids, within_size),
}


def too_large(view: dict[str, Any]) -> bool:
    """Whether a view is over Slack's 250 kB, as JSON in UTF-8."""
    return len(json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode()) > VIEW_BYTES


def validate(surface: Surface, payload: dict[str, Any]) -> list[Problem]:
    """What Slack would object to, empty if nothing; pointers are relative to `payload`.

    A payload of surface "message" is what chat.postMessage takes (only text and blocks are looked at), one of "modal"
    or "home" is the view itself.
    """
    report = Report(surface)
    if surface == "message":
        fields, rules = MESSAGE
        for name in fields.keys() & payload.keys():
            fields[name](payload[name], f"/{name}", report)
        for rule in rules if not report.problems else ():
            rule(payload, "", report)
        return report.problems
    if payload.get("type") != surface:
        report.add("/type", f"must be {surface}")
    SURFACES[surface](payload, "", report)
    return report.problems
