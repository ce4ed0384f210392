"""Two inputs of one form that contradict each other are never resolved silently: the field names both."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.store.tables import credential_
from tests.databases import fresh
from tests.slack.bot import MEI, Bot, awake

Inputs = Mapping[str, dict[str, Any]]
TOKEN = "pat_" + "cAnArY7s" * 8


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    """A bot that knows mei; keeping is offered, by the form alone."""
    with fresh("sqlite", tmp_path) as url:
        async with awake(url, PUBLIC_URL="") as bot:
            await bot.knows(MEI)
            yield bot


async def sends(bot: Bot, name: str, inputs: Inputs, metadata: str = "") -> dict[str, str]:
    """A form with these elements by their block ids; its field errors."""
    values = {block: {"value": element} for block, element in inputs.items()}
    view: dict[str, Any] = {"id": "V1", "type": "modal", "callback_id": name, "private_metadata": metadata}
    view |= {"blocks": [{"type": "input", "block_id": block} for block in inputs], "state": {"values": values}}
    errors: dict[str, str] = (await bot.sends(MEI, name, metadata, {}, view=view)).body.get("errors", {})
    return errors


def picked(value: str) -> dict[str, Any]:
    """An option."""
    return {"selected_option": {"value": value, "text": {"text": value}}}


def record(bot: Bot, lifetime: str, days: int | None, last4: str = "") -> Inputs:
    """The form for a token's end, with a date so many days ahead."""
    now = bot.app.clock.now()
    return {
        "credential.name": {"value": "trial"},
        "credential.lifetime": picked(lifetime),
        "credential.until": {} if days is None else {"selected_date": f"{now + timedelta(days=days):%Y-%m-%d}"},
        "credential.created": {"selected_date_time": int(now.timestamp())},
        "credential.last4": {"value": last4},
    }


async def test_a_picked_date_beside_thirty_days(bot: Bot) -> None:
    """What was once recorded as 30 days: the field names the choice and the date, and nothing is recorded."""
    for lifetime, words in (("30", "30 days"), ("1", "1 day")):
        errors = await sends(bot, "credential.record", record(bot, lifetime, 12))
        assert list(errors) == ["credential.until"]
        assert words in errors["credential.until"]
        assert "date" in errors["credential.until"]
    assert await bot.rows(credential_) == []
    assert await sends(bot, "credential.record", record(bot, "date", 180)) == {}
    other = {**record(bot, "30", None), "credential.name": {"value": "another trial"}}
    assert await sends(bot, "credential.record", other) == {}
    assert len(await bot.rows(credential_)) == 2


async def test_a_moment_that_no_calendar_reaches(bot: Bot) -> None:
    form = record(bot, "30", None)
    reply = await sends(
        bot, "credential.record", {**form, "credential.created": {"selected_date_time": 253402300799}}
    )
    assert sorted(reply) == ["credential.created", "credential.until"]
    view: dict[str, Any] = {"id": "V1", "type": "modal", "callback_id": "credential.record", "blocks": []}
    view |= {"state": {"values": {"credential.created": {"value": {"selected_date_time": 253402300800}}}}}
    assert (await bot.sends(MEI, "credential.record", "", {}, view=view)).status == 400


async def test_a_token_with_what_belongs_to_an_assertion(bot: Bot) -> None:
    given: Inputs = {
        "check.text": {"value": TOKEN},
        "check.app_id": {"value": "1178531043225"},
        "check.kid": {"value": ""},
    }
    errors = await sends(bot, "check.run", given)
    assert list(errors) == ["check.app_id"]
    assert "a token is entered" in errors["check.app_id"]


async def test_a_trial_that_others_shall_find(bot: Bot) -> None:
    """No advice fits both answers; changing either brings one."""
    yes, no = picked("yes"), picked("no")
    for test, others in ((yes, yes), (yes, no), (no, yes)):
        given = {"guide.test": test, "guide.others": others, "guide.server": no}
        errors = await sends(bot, "guide.choose", given)
        assert list(errors) == (["guide.others"] if test == others else [])


async def test_another_token_than_the_recorded_one(bot: Bot) -> None:
    """Its last four characters were told: a token that ends otherwise is not kept for it."""
    await sends(bot, "credential.record", record(bot, "30", None, "zzzz"))
    agreed = {"selected_options": [{"value": "yes", "text": {"text": "yes"}}]}
    given = {"keep.credential": picked("1"), "keep.token": {"value": TOKEN}, "keep.consent": agreed}
    errors = await sends(bot, "credential.keep", given, "token")
    assert list(errors) == ["keep.token"]
    assert "last 4" in errors["keep.token"]
