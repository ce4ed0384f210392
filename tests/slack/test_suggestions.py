"""What a menu offers while somebody types: to whom, of whose agents, and that nothing is written for it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from bot.clock import utc_now
from bot.core.agent_list import plain
from bot.core.people import Standing
from bot.demo.cast import WORKSPACE_ID
from bot.store import agent_list as store
from bot.store.agent_list import Place
from bot.store.database import metadata
from bot.store.tables import person
from tests.databases import KINDS, fresh
from tests.slack.bot import LIN, MEI, TEAM, TOM, Bot, awake

MENU = "publish.agent"
MEIS, TOMS = "7001", "7002"
THEIRS = (("讲解员", MEIS), ("讲解员", MEIS), ("讲解员", TOMS), ("小车", "9"))


@pytest.fixture(params=KINDS)
async def bot(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bot]:
    """Mei and Tom have proven their accounts, Lin is an admin; the list holds agents of all."""
    with fresh(request.param, tmp_path) as url:
        async with awake(url) as one:
            for user_id, uid in ((MEI, MEIS), (TOM, TOMS), (LIN, "")):
                await one.knows(user_id, admin=user_id == LIN)
                async with one.app.db.write() as tx:
                    await tx.conn.execute(update(person).filter_by(user_id=user_id).values(coze_uid=uid))
            await lists(one, *((str(11 + number), *each) for number, each in enumerate(THEIRS)))
            yield one


async def lists(bot: Bot, *agents: tuple[str, str, str]) -> None:
    """Coze has listed these: id, name, owner's account."""
    at = utc_now() - timedelta(days=3)
    rows = [
        {"agent_id": id, "name": name, "plain": plain(name), "owner_uid": uid, "updated_at": at, "published_at": None}
        for id, name, uid in agents
    ]
    async with bot.app.db.write() as tx:
        await store.keep(tx, Place(TEAM, WORKSPACE_ID, ""), rows, at)


async def offered(bot: Bot, user_id: str, typed: str, metadata: str = "", **more: Any) -> list[dict[str, Any]]:
    told = await bot.suggests(user_id, MENU, typed, metadata, **more)
    assert (told.status, told.after) == (200, None)
    options: list[dict[str, Any]] = told.body["options"]
    return options


async def everything(bot: Bot) -> list[Any]:
    """All rows of all tables."""
    return [await bot.rows(table) for table in metadata.sorted_tables]


async def test_members_are_offered_their_own_and_admins_all(bot: Bot) -> None:
    """Equal names are told apart, for admins by their owners first; nothing is written, however often it comes."""
    before = await everything(bot)
    assert [each["value"] for each in await offered(bot, MEI, "讲解")] == ["11", "12"]
    labels = [each["text"]["text"] for each in await offered(bot, LIN, "讲解")]
    assert len(set(labels)) == 3
    assert [("mei" in each, "tom" in each) for each in labels] == [(True, False), (True, False), (False, True)]
    [theirs] = await offered(bot, LIN, "小车")
    assert "…9" in theirs["text"]["text"]
    assert await offered(bot, MEI, "小车") == []
    assert await everything(bot) == before


async def test_what_was_named_is_offered_until_something_is_typed(bot: Bot) -> None:
    await lists(bot, ("15", "夜航员", MEIS))
    assert [each["value"] for each in await offered(bot, MEI, "", "\n夜航")] == ["15"]
    assert [each["value"] for each in await offered(bot, MEI, "讲", "look\n夜航")] == ["11", "12"]
    assert len(await offered(bot, MEI, "", "\n没有的")) == 3


async def test_nobody_else_is_offered_anything(bot: Bot) -> None:
    """A guest, a stranger to the bot, another workspace, an unknown menu: an answer, and no trace."""
    await bot.knows("U0GUEST", standing=Standing.GUEST)
    before = await everything(bot)
    assert await offered(bot, "U0GUEST", "讲") == await offered(bot, "U0NEW", "讲") == []
    assert (await bot.suggests(MEI, MENU, "讲", team={"id": "T0OTHER"})).body == {}
    assert (await bot.suggests(MEI, "no.menu", "讲")).body == {"options": []}
    assert (await bot.suggests(MEI, MENU, ["讲"])).status == 400  # type: ignore[arg-type]
    assert await everything(bot) == before


async def test_a_secret_is_looked_for_nowhere(bot: Bot) -> None:
    """It finds nothing, not even an agent that is called so, and stands nowhere afterwards."""
    token = "pat_" + "a" * 64
    await lists(bot, ("16", token, MEIS))
    before = await everything(bot)
    assert await offered(bot, MEI, token) == await offered(bot, MEI, "", f"\n{token}") == []
    assert await everything(bot) == before


async def test_three_thousand_of_one_name_fit_into_a_menu(bot: Bot) -> None:
    """A hundred, each another text, within Slack's limits; and one by its number."""
    await lists(bot, *((f"75{number:017d}", "讲解员" * 30, MEIS) for number in range(3000)))
    for who in (MEI, LIN):
        options = await offered(bot, who, "讲解员讲解员")
        assert len({each["text"]["text"] for each in options}) == len(options) == 100
        assert max(len(each[part]["text"]) for each in options for part in ("text", "description")) <= 75
    assert len(await offered(bot, MEI, f"75{2999:017d}")) == 1


async def test_a_failing_database_offers_nothing(bot: Bot) -> None:
    """The ack is there all the same."""
    async with bot.app.db.write() as tx:
        await tx.conn.execute(text("DROP TABLE listed_agent"))
    assert await offered(bot, MEI, "讲") == []
