"""Everything that the bot shows can be drawn by the page: a block that only Slack could draw fails here."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.playground.page.blocks import draw_blocks
from bot.playground.page.reader import Place
from tests.slack.views.samples import MEI, ORDINARY, TOM, WORDS, samples

from .drawing import html, reader
from .supported import CHARTS, SUPPORTED

UNKNOWN = {"mei": "画不出", "tom": "can’t draw"}
READERS = {"mei": MEI, "tom": TOM}
TEXTS = {"plain_text", "mrkdwn", "raw_text", "raw_number"}


def types(blocks: Any) -> Iterator[str]:
    """The types of all blocks and of what stands in them."""
    if isinstance(blocks, dict):
        if "type" in blocks:
            yield blocks["type"]
        blocks = list(blocks.values())
    if isinstance(blocks, list):
        for each in blocks:
            yield from types(each)


@pytest.mark.parametrize(("who", "words"), [("mei", "ordinary"), ("tom", "ordinary"), ("mei", "hostile")])
def test_every_card_is_drawn(who: str, words: str) -> None:
    """Each block once; many cards share theirs."""
    blocks = {
        repr(block): block for _, _, payload in samples(READERS[who], WORDS[words]) for block in payload["blocks"]
    }
    somebody = reader(who)
    for block in blocks.values():
        assert UNKNOWN[who] not in html(draw_blocks([block], somebody, Place("1.2", "C0GENERAL"))), block


def test_no_type_of_block_is_the_bots_alone() -> None:
    for name, _, payload in samples(MEI, ORDINARY):
        assert {*types(payload["blocks"])} - TEXTS <= SUPPORTED | CHARTS, name


def test_a_block_that_nobody_knows_is_noticed() -> None:
    for who, words in UNKNOWN.items():
        assert words in html(draw_blocks([{"type": "hologram"}], reader(who), Place("1.2", "C0GENERAL")))
