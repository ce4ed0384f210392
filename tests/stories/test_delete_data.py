"""Delete my data: what goes is shown first, then nothing of the person is left but what was said to stay."""

import json
from pathlib import Path

from sqlalchemy import create_engine, select

from bot.store.database import normal
from bot.store.tables import metadata
from tests.databases import fresh
from tests.stories.story import Json, Story, told

LATER = 8 * 86400  # seconds after which what was said to stay for a week has gone


def dump(url: str) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    engine = create_engine(normal(url).set(drivername=normal(url).drivername.replace("+aiosqlite", "")))
    with engine.connect() as conn:
        rows = {name: conn.execute(select(table)).mappings().all() for name, table in metadata.tables.items()}
    engine.dispose()
    return {name: [json.dumps({**row}, default=str) for row in found] for name, found in rows.items()}


def left(url: str, *words: str) -> dict[str, list[str]]:
    """Rows that hold one of the words."""
    found = {name: [row for row in rows if any(word in row for word in words)] for name, rows in dump(url).items()}
    return {name: rows for name, rows in found.items() if rows}


async def deletes(story: Story, who: str = "mei") -> Json:
    """Says so in words, and confirms; the form that was shown."""
    await story.says(who, "删除我的数据")
    await story.reads(who, "你确认了才删")
    await story.presses(who, "看看会删什么")
    form = await story.sees_form(who, "会删掉", "会留下")
    await story.sends(who, 确认=["yes"])
    await story.reads(who, "你的数据已删除")
    return form


async def test_nothing_is_left_of_a_person(database: str) -> None:
    """A guide, a token, a question and a waiting request; the admins hear what it means for them."""
    async with told(database) as story:
        mei, name = story.world.workspace.person("mei").id, "念天气预报给奶奶听"
        await story.asks_and_waits("mei", 想做什么=name)
        await story.types("mei", "/sharge remind add")
        await story.sees_form("mei", "登记")
        await story.sends("mei", 名字="拍拍镜试用令牌")
        await story.reads("mei", "拍拍镜试用令牌")
        await story.says("mei", "眼镜上能不能换一个声音？")
        await story.presses_soon("mei", "拿这句话问管理员")
        await story.sees_form("mei", "你的问题")
        await story.sends("mei")
        await story.reads("lin", "有人问管理员", channel="admins")
        form = await deletes(story)
        assert "1 个令牌的名字" in form["plain"]
        assert "会撤回，并告诉管理员" in form["plain"]
        notice = await story.reads("lin", "有人删除了自己的数据", "已撤回", "没回答的问题", channel="admins")
        assert "mei" not in notice
        await story.settles()
        words = (mei, name, "拍拍镜试用令牌", "换一个声音", json.dumps(name)[1:-1], story.coze["users"]["mei"])
        assert not [text for text in await story.texts("lin", "admins") if "等待审批" in text or "@mei" in text]
        found = left(database, *words)
        assert found.keys() <= {"bucket"}, found
        talk = story.world.workspace.dm(story.world.main_app, mei).id
        assert left(database, talk).keys() <= {"job"}
        await story.passes(advance=LATER)

        async def purged() -> bool:
            return not left(database, talk)

        await story.waits(purged, "nothing is left of the talk either")
        home = await story.looks_home("mei", "把智能体接到眼镜")
        assert "拍拍镜试用令牌" not in home["plain"]


async def test_an_approval_an_invitation_and_an_admins_own(database: str) -> None:
    """A member goes, then the admin who decided: what they decided stays, without their name."""
    async with told(database) as story:
        mei, lin = (story.world.workspace.person(who).id for who in ("mei", "lin"))
        await story.is_let_in("mei")
        await story.is_let_in("wang")
        await deletes(story)
        await story.reads("lin", "有人删除了自己的数据", "邀请可能还有效", channel="admins")
        await deletes(story, "lin")
        await story.settles()
        assert left(database, mei).keys() <= {"bucket"}
        assert left(database, lin).keys() <= {"bucket", "person"}
        await story.reads("wang", "已删除的人", channel="admins")
        assert any('"deleted"' in row and "join.approved" in row for row in dump(database)["audit"])


async def test_what_is_asked_for_again_begins_afresh(tmp_path: Path) -> None:
    """Without the tick nothing goes; who comes back is new, and may ask again."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url) as story:
            await story.asks_and_waits("mei")
            await story.tries("home", who="mei")
            await story.looks_home("mei", "现在不用做什么")
            await story.presses("mei", "删除我的数据", channel="home")
            await story.sees_form("mei", "会删掉")
            assert not (await story.tries("submit", who="mei", fields={}))["ok"]
            await story.sends("mei", 确认=["yes"])
            await story.reads("mei", "你的数据已删除")
            await story.asks_and_waits("mei")
