"""The guard of the request path: a secret goes nowhere but into the field that asked for it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table

from bot.store.database import metadata
from tests.databases import fresh
from tests.slack.bot import LIN, MEI, Bot, awake

TOKEN = "pat_" + "cAnArY7s" * 8


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    """A bot that knows mei and lin, who is an admin."""
    with fresh("sqlite", tmp_path) as url:
        async with awake(url) as bot:
            await bot.knows(MEI)
            await bot.knows(LIN, admin=True)
            yield bot


async def everything(bot: Bot) -> str:
    """All that the database holds."""
    tables: list[Table] = metadata.sorted_tables
    return repr([await bot.rows(table) for table in tables])


def view(callback_id: str, block: str, element: dict[str, Any], metadata: str = "") -> dict[str, Any]:
    """A form with one input."""
    shown = {"id": "V1", "type": "modal", "callback_id": callback_id, "private_metadata": metadata}
    return shown | {
        "blocks": [{"type": "input", "block_id": block}],
        "state": {"values": {block: {"value": element}}},
    }


ELEMENTS: dict[str, dict[str, Any]] = {
    "typed": {"value": f"see {TOKEN}"},
    "picked": {"selected_option": {"value": TOKEN, "text": {"text": "one"}}},
    "shown": {"selected_option": {"value": "1", "text": {"text": TOKEN}}},
    "ticked": {"selected_options": [{"value": TOKEN, "text": {"text": "one"}}]},
}


@pytest.mark.parametrize("element", ELEMENTS.values(), ids=ELEMENTS)
async def test_a_form_stays_open_and_says_what_to_do(bot: Bot, element: dict[str, Any]) -> None:
    """Whatever kind of input it is, in every form that there is and in one that there is not."""
    for name in [*bot.app.router.forms, "no.form"]:
        reply = await bot.sends(MEI, name, "1", {}, view=view(name, "any.question", element))
        assert "then revoke it in Coze" in reply.body["errors"]["any.question"], name
        assert TOKEN not in str(reply.body)
    assert "cAnArY7s" not in await everything(bot)


async def test_what_a_form_brings_along_is_looked_at(bot: Bot) -> None:
    """Only somebody who makes it up puts a secret there; it is no less one."""
    for name in bot.app.router.forms:
        reply = await bot.sends(MEI, name, f"1 {TOKEN}", {"any.question": "some words"})
        assert reply.body["errors"].keys() == {"any.question"}, name
    bare = await bot.sends(MEI, "guide.again", TOKEN, {})
    assert "That looks like a token" in str(bare.body["view"])
    assert "cAnArY7s" not in await everything(bot)


async def test_a_press_is_looked_at(bot: Bot) -> None:
    """What the button carries, and what stands in the form around it."""
    for name in [*bot.app.router.presses, "no.button"]:
        for more in ({"view": view("join.ask", "join.nick", ELEMENTS["typed"])}, {}):
            reply = await bot.presses(MEI, name, "1" if more else TOKEN, **more)
            assert reply.after, name
    assert "cAnArY7s" not in await everything(bot)


async def test_a_press_that_waits_leaves_the_token_behind(bot: Bot) -> None:
    """A button beside a field that asks for a token: the press waits for Slack, and is stored without it."""
    await bot.does("DELETE FROM person")
    sent = view("credential.keep", "keep.token", ELEMENTS["typed"])
    await bot.presses(MEI, "credential.record", "", view=sent)
    (job,) = await bot.waiting()
    assert job.payload
    assert job.payload["place"]["fields"] == {"inputs": {}}
    assert "cAnArY7s" not in await everything(bot)


@pytest.mark.parametrize("words", [TOKEN, f"remind {TOKEN}", " ".join(TOKEN), f"join {TOKEN[:20]} {TOKEN[20:]}"])
async def test_a_command_is_looked_at(bot: Bot, words: str) -> None:
    reply = await bot.types(MEI, words)
    assert "That looks like a token" in str(reply.body)
    assert "cAnAr" not in str(reply.body)


KEY_TEXT = ["MIIEvQIBADANBgkqhkiG9w0BAQEF", "aGVsbG8gd29ybGQx" * 2]


@pytest.mark.parametrize("text", KEY_TEXT)
async def test_what_may_be_a_secret_is_not_repeated(bot: Bot, text: str) -> None:
    """Part of a key looks like none that is known, and is left out of the answer all the same."""
    for words in (text, f"stauts {text}"):
        reply = await bot.types(MEI, words)
        assert text[:12] not in str(reply.body), words


async def test_an_echo_is_short(bot: Bot) -> None:
    reply = await bot.types(MEI, "publishh" + "h" * 300)
    assert "h" * 30 not in str(reply.body)
    reply = await bot.types(MEI, "w" * 900)
    assert isinstance(reply.body, dict)
    seen = [reply.body["text"], *(block for block in reply.body["blocks"] if block["type"] != "actions")]
    assert "www" not in str(seen)
    assert "w" * 301 not in str(reply.body)


async def test_a_profile_may_hold_one(bot: Bot) -> None:
    """Somebody calls themselves by their token: the bot does not."""
    profile = {"display_name": TOKEN}
    user = {"id": MEI, "team_id": "T0PLAYGROUND", "profile": profile, "name": "mei"}
    event = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "user_change", "user": user}}
    assert (await bot.delivered({**event, "team_id": "T0PLAYGROUND"})).status == 200
    assert "cAnArY7s" not in await everything(bot)
    assert "'name': '…'" in await everything(bot)
