"""Admins look through the audit: by person, by days, a page at a time."""

from datetime import timedelta

from bot.store import audit
from bot.store.database import Database
from tests.stories.story import Story, told

TEAM = "T0PLAYGROUND"


async def test_who_did_what_to_whom(database: str) -> None:
    """What follows the command is searched for: somebody's own deeds, and what others did about their matters."""
    async with told(database) as story:
        await story.is_let_in()
        await story.asks_to_join("tom")
        await story.types("lin", "/sharge admin audit @mei 7")
        form = await story.sees_form(
            "lin", "查记录", "@mei 申请加入团队", "@lin 批准了 @mei 的申请", "我在扣子上邀请了 @mei"
        )
        assert "@tom" not in form["plain"]
        await story.types("lin", "/sharge 管理 记录")
        await story.sees_form("lin", "@tom 申请加入团队", "@mei 申请加入团队")
        await story.passes(advance=timedelta(days=2).total_seconds())
        await story.sends("lin", **{"audit.days": "1"})
        await story.sees_form("lin", "没有找到")
        await story.sends("lin", **{"audit.days": "7", "audit.who": "U0TOM"})
        form = await story.sees_form("lin", "@tom 申请加入团队")
        assert "@mei" not in form["plain"]


async def test_many_lines_come_by_pages(database: str) -> None:
    """Ten each, newest first; an action that has no words stands as it is stored."""
    async with told(database) as story:
        await writes(story, 25)
        await story.types("lin", "/sharge admin")
        await story.sees_form("lin", "管理台")
        await story.presses("lin", "查记录", channel="modal")
        await story.sees_form("lin", "第 1 到 10 条", "another.deed24", "another.deed15")
        await story.presses("lin", "下一页", channel="modal")
        await story.sees_form("lin", "第 11 到 20 条", "another.deed14")
        await story.presses("lin", "下一页", channel="modal")
        form = await story.sees_form("lin", "第 21 到", "another.deed0")
        assert "下一页" not in form["buttons"]
        await story.presses("lin", "上一页", channel="modal")
        await story.sees_form("lin", "第 11 到 20 条")


async def writes(story: Story, count: int) -> None:
    """So many lines, a second apart, by nobody's doing."""
    db, now = Database(story.database), await story.now()
    async with db.write() as tx:
        for number in range(count):
            at = now + timedelta(seconds=number)
            await audit.note(tx, TEAM, at, None, f"another.deed{number}", "person:U0TOM")
    await db.close()
