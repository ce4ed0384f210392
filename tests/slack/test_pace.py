"""One person's haste costs neither Coze nor the others: costly acts have a polite pace."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.core.limits import PACE, Costly
from bot.slack.router import Route
from bot.store.tables import bucket
from tests.databases import KINDS, fresh
from tests.slack.bot import MEI, TOM, Bot, Told, awake

MANY = 100
TOKEN = "pat_" + "a1B2" * 16
AT_ONCE = PACE[Costly.CHECK][1]


@pytest.fixture(params=KINDS)
async def bot(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bot]:
    """A bot that knows mei and tom, and a Coze that counts who looks a token up."""
    with fresh(request.param, tmp_path) as url:
        async with awake(url) as bot:
            await bot.knows(MEI)
            await bot.knows(TOM)
            bot.slack.coze.faults.set("unknown_code", times=MANY, method="/users/me")
            yield bot


def looked_up(bot: Bot) -> int:
    """How often Coze was asked."""
    return MANY - int(sum(each["times"] for each in bot.slack.coze.faults.active))


async def checks(bot: Bot, user_id: str) -> Told:
    """One check of a token; what follows the ack is done too."""
    told = await bot.sends(user_id, "check.run", "", {"check.text": TOKEN})
    if told.after:
        await told.after()
    return told


async def test_many_checks_are_a_few_look_ups(bot: Bot) -> None:
    """The form stays open with what was typed, and says when it goes on; somebody else is served meanwhile."""
    began = asyncio.get_running_loop().time()
    told = [each for _ in range(MANY // 20) for each in await asyncio.gather(*(checks(bot, MEI) for _ in range(20)))]
    refused = [each.body for each in told if each.body]
    took = asyncio.get_running_loop().time() - began
    assert AT_ONCE <= looked_up(bot) <= AT_ONCE + 1 + took / PACE[Costly.CHECK][0]
    assert len(refused) == MANY - looked_up(bot)
    assert {each["response_action"] for each in refused} == {"errors"}
    assert "Please send it again in" in refused[-1]["errors"]["check.text"]
    before = looked_up(bot)
    await checks(bot, TOM)
    assert looked_up(bot) == before + 1


async def moved(bot: Bot, key: str, seconds: float) -> None:
    """What would be, had somebody done so many seconds' worth of it."""
    async with bot.app.db.write() as tx:
        later = update(bucket).where(bucket.c.key == key).values(next_free=bucket.c.next_free + seconds)
        await tx.conn.execute(later)


async def test_after_the_rest_it_goes_on(bot: Bot) -> None:
    """Each is told when, where they are; each kind has a pace of its own."""
    spent, (step, burst) = f"{Costly.CHECK}:{MEI}", PACE[Costly.CHECK]
    assert (await checks(bot, MEI)).body == {}
    await moved(bot, spent, burst * step + 25)
    told = await checks(bot, MEI)
    seconds = re.search(r"again in ([0-9]+) seconds", told.body["errors"]["check.text"])
    assert seconds is not None
    assert 15 < int(seconds[1]) <= 31
    assert (await bot.types(MEI, "publish")).body["text"].startswith("That was a lot")
    assert (await bot.presses(MEI, "publish.check", "1")).after is not None
    assert "was a lot" not in str((await bot.sends(MEI, "publish.confirm", "1", {})).body), "another kind"
    await moved(bot, spent, -burst * step - 25)
    assert (await checks(bot, MEI)).body == {}


async def test_what_takes_a_secret_has_a_pace(bot: Bot) -> None:
    """Each form that may hold a token or an assertion asks Coze with it, but for the choice of a workspace."""
    forms: list[Route] = [each for each in bot.app.router.routes if each.secrets]
    assert {each.name for each in forms if each.costs is None} == {"guide.space"}
