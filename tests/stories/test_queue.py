"""The queue: for admins only, filtered and paged in place, however long it is."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from bot.core.account import Grade
from bot.core.join import JoinState
from bot.store.database import Database
from bot.store.tables import request
from tests.stories.story import Story

MANY = 5000


def rows(count: int) -> list[dict[str, Any]]:
    """So many requests, the oldest first; every fifth was invited, every tenth invitation has failed."""
    states = [
        JoinState.PENDING,
        JoinState.PENDING,
        JoinState.INFO_REQUESTED,
        JoinState.PENDING,
        JoinState.INVITED,
    ] * 2
    states[9] = JoinState.APPROVED
    now = datetime.now(UTC)
    return [
        {
            "team_id": "T0PLAYGROUND",
            "user_id": f"U{number:05}",
            "name": f"person {number}",
            "coze_uid": f"{10**9 + number}",
            "nick": f"nick {number}",
            "purpose": "museum tours",
            "state": states[number % 10],
            "error": "E13" if number % 10 == 9 else None,
            "created_at": now - timedelta(minutes=count - number),
            "version": 1,
            "grade": Grade.TYPED,
            "earlier": 0,
            "by_hand": False,
        }
        for number in range(count)
    ]


async def many(url: str, count: int) -> None:
    """So many people have asked."""
    db = Database(url)
    async with db.write() as tx:
        await tx.conn.execute(insert(request), rows(count))
    await db.close()


async def test_five_thousand_requests_are_listed_by_the_page(story: Story) -> None:
    """The answer comes within the time of an ack; filters and pages redraw the one message that the asker sees."""
    await many(story.database, MANY)
    await story.types("lin", "/sharge 待办", channel="admins")  # acknowledged: within three seconds, as Slack has it
    await story.reads("lin", "团队申请 · 3,000 份", "nick 0", "第 1 到 10 份", channel="admins")
    for page in ("第 11 到 20 份", "第 21 到 30 份"):
        await story.presses("lin", "下一页", channel="admins")
        await story.reads("lin", page, channel="admins")
    await story.presses("lin", "上一页", channel="admins")
    await story.reads("lin", "第 11 到 20 份", channel="admins")
    await story.tries("click", who="lin", action_id="queue.filter", value="failed", channel="admins")
    await story.reads("lin", "团队申请 · 500 份", "nick 9", channel="admins")
    assert len(await story.texts("lin", "admins")) == 1
    assert not await story.texts("wang", "admins")


async def test_from_home_it_opens_in_a_modal(story: Story) -> None:
    """Pages and cards go on there."""
    await many(story.database, 30)
    await story.tries("home", who="lin")
    await story.looks_home("lin", "等你处理 · 27 件")
    await story.presses("lin", "看待办", channel="home")
    await story.sees_form("lin", "团队申请 · 18 份", "第 1 到 10 份")
    await story.presses("lin", "下一页", channel="modal")
    await story.sees_form("lin", "第 11 到 18 份")
    await story.presses("lin", "审批申请", channel="modal")
    await story.sees_form("lin", "等待审批", "museum tours")


async def test_others_neither_see_nor_find_it(story: Story) -> None:
    """Hidden from help, and refused politely."""
    await story.types("mei", "/sharge help")
    assert "待办" not in await story.reads("mei", "/sharge")
    await story.types("mei", "/sharge queue")
    await story.reads("mei", "由管理员决定")
    await story.types("lin", "/sharge help")
    await story.reads("lin", "管理员", "待办")


async def test_a_decision_from_the_list_shows_where_it_was_made(story: Story) -> None:
    """From Home to the list, to a card above it: approved there, the card says so, and the list stays below it."""
    await story.asks_and_waits()
    await story.tries("home", who="lin")
    await story.looks_home("lin", "等你处理")
    await story.presses("lin", "看待办")
    await story.sees_form("lin", "团队申请", "@mei（mei）：念天气", "账号未验证")
    await story.tries("click", who="lin", action_id="join.show")
    card = await story.sees_form("lin", "申请加入团队：念天气", "等待审批", "念天气")
    assert "照样批准" in card["buttons"]
    await story.presses("lin", "批准")
    decided = await story.sees_form("lin", "已批准")
    assert "照样批准" not in decided["buttons"]
    below = (await story.screen("lin"))["modals"][0]
    assert "团队申请 · 1 份" in below["plain"]
