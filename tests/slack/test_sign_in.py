"""What stands in a form while somebody signs in, and buttons that nobody was shown."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.store.tables import sign_in
from tests.databases import fresh
from tests.slack.bot import MEI, TOM, Bot, awake

Json = dict[str, Any]


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with fresh("sqlite", tmp_path) as url:
        yield url


@pytest.fixture
async def bot(url: str) -> AsyncIterator[Bot]:
    async with awake(url) as bot:
        await bot.knows(MEI)
        await bot.knows(TOM)
        yield bot


def form(metadata: str = "", **typed: str) -> Json:
    """The form of a request, with what was typed so far."""
    values = {f"join.{name}": {"value": {"type": "plain_text_input", "value": text}} for name, text in typed.items()}
    view = {"id": "V1", "type": "modal", "callback_id": "join.ask", "private_metadata": metadata, "blocks": []}
    return {"view": {**view, "state": {"values": values}}, "container": {"type": "view"}}


async def test_what_was_typed_waits(bot: Bot) -> None:
    """The form below and the card in the DM both have it again."""
    await bot.presses(MEI, "signin.start", "join:", **form(purpose="念天气", nick="小梅"))
    (row,) = await bot.rows(sign_in)
    assert row["typed"] == {"nick": "小梅", "purpose": "念天气", "email": "", "request": ""}
    assert row["in_modal"]


async def test_a_secret_in_the_form_is_kept_nowhere(bot: Bot) -> None:
    """It is refused as in any form."""
    await bot.presses(MEI, "signin.start", "join:", **form(purpose="pat_" + "cAnArY7s" * 8))
    assert await bot.rows(sign_in) == []


@pytest.mark.parametrize("value", ["", "join", "keep:", "join:41;x", "guide:1:" + "x" * 30, "join:" + "9" * 30])
async def test_a_purpose_of_nobodys_making(bot: Bot, value: str) -> None:
    """Nothing begins."""
    await bot.presses(MEI, "signin.start", value)
    assert await bot.rows(sign_in) == []


@pytest.mark.parametrize("verb", ["cancel", "confirm", "not_mine", "resume", "keep", "drop"])
async def test_anothers_sign_in(bot: Bot, verb: str) -> None:
    """Tom presses what mei was shown."""
    await bot.presses(MEI, "signin.start", "account:")
    (before,) = await bot.rows(sign_in)
    told = await bot.presses(TOM, f"signin.{verb}", str(before["id"]))
    assert await bot.rows(sign_in) == [before]
    assert "小梅" not in json.dumps(told.body)
