"""A card that Slack would not show as it is: its sentence as plain text, with the same buttons; at last alone."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

MOST = 3000  # letters in a section


def plainer(body: Json) -> Iterator[Json]:
    """What is tried instead of a refused `body` of chat.postMessage or chat.update, one after the other."""
    text = str(body["text"])
    sentence = {"type": "section", "text": {"type": "plain_text", "text": text[:MOST]}}
    yield {**body, "blocks": [sentence, *_buttons(body["blocks"])]}
    yield {**body, "blocks": []}


def _buttons(blocks: list[Json]) -> Iterator[Json]:
    """Each row of buttons as it was, and those beside a text in a row of their own."""
    for block in blocks:
        if block["type"] == "actions":
            yield block
        elif accessory := block.get("accessory"):
            yield {"type": "actions", "elements": [accessory]}
