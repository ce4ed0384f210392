"""What Slack would not show as it is: a card's sentence as plain text with the same buttons, at last alone; a view's
texts as plain text with the same fields and buttons, at last without what is beside them."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

MOST = 3000  # letters in a section
CHART = "data_visualization"


def plainer(body: Json) -> Iterator[Json]:
    """What is tried instead of a refused `body`, one after the other: of chat.postMessage, chat.update and an answer
    to a response_url, or of the methods for views."""
    if isinstance(view := body.get("view"), dict):
        yield from ({**body, "view": {**view, "blocks": blocks}} for blocks in _plain_views(view["blocks"]))
        return
    if not body.get("blocks"):
        return
    if len(kept := [block for block in body["blocks"] if block["type"] != CHART]) < len(body["blocks"]):
        yield {**body, "blocks": kept}  # its numbers stand in words beside it
    text = str(body["text"])[:MOST]
    yield {**body, "text": text, "blocks": [_section(text), *_buttons(body["blocks"])]}
    yield {**body, "text": text, "blocks": []}


def _plain_views(blocks: list[Json]) -> Iterator[list[Json]]:
    yield [plain for block in blocks for plain in _plain(block)]
    if inputs := [block for block in blocks if block["type"] == "input"]:
        yield inputs
    else:
        yield [_section("\n".join(words) if (words := _words(blocks)) else "…")]


def _plain(block: Json) -> Iterator[Json]:
    if block["type"] in ("input", "actions"):
        yield block
        return
    if words := _words(block.get("text"), block.get("fields"), block.get("elements"), block.get("rows")):
        yield _section(" ".join(words))
    yield from _buttons([block])


def _words(*parts: Any) -> list[str]:
    """All that can be read in a part of a block; people and moments as what is written for lack of them."""
    found: list[str] = []
    for part in parts:
        if isinstance(part, list):
            found += [word for each in part for word in _words(each)]
        elif isinstance(part, dict):
            written = part.get("fallback") or part.get("text")
            if isinstance(written, str):
                found += [written] if written.strip() else []
            elif user := part.get("user_id"):
                found.append(f"<@{user}>")
            else:
                found += _words(written, part.get("elements"))
    return found


def _section(text: str) -> Json:
    return {"type": "section", "text": {"type": "plain_text", "text": text[:MOST]}}


def _buttons(blocks: list[Json]) -> Iterator[Json]:
    """Each row of buttons as it was, and those beside a text in a row of their own."""
    for block in blocks:
        if block["type"] == "actions":
            yield block
        elif accessory := block.get("accessory"):
            yield {"type": "actions", "elements": [accessory]}
