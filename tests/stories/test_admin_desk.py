"""The admins' desk: what could not be done is told in plain words, tried again or given up, by one admin alone."""

import asyncio

import pytest

from bot.store.tables import audit, job
from tests.filling import plain_engine
from tests.stories.story import Story, told

REFUSALS = INVALID, FORBIDDEN = "invalid_blocks", "plan_upgrade_required"
"""What Slack may be made to accept an hour later, and what ends a job at once."""
pytestmark = pytest.mark.loud  # that a job is dead stands in the log


def noted(database: str, action: str) -> list[str]:
    """Who has done this, as the audit has it."""
    engine = plain_engine(database)
    with engine.connect() as conn:
        found = list(conn.scalars(audit.select().with_only_columns(audit.c.actor).where(audit.c.action == action)))
    engine.dispose()
    return found


def stuck(database: str) -> int:
    """How many jobs Slack's refusal holds up."""
    engine = plain_engine(database)
    with engine.connect() as conn:
        count = len(conn.execute(job.select().where(job.c.last_error.in_(REFUSALS))).all())
    engine.dispose()
    return count


async def fails(story: Story, code: str) -> None:
    """Mei asks to join, and Slack takes neither the card in the admins' channel nor hers."""
    await story.goes_wrong("slack", code, method="chat.postMessage", times=None)
    await story.asks_to_join("mei")
    await story.settles()

    async def are_stuck() -> bool:
        return await asyncio.to_thread(stuck, story.database) == 2

    await story.waits(are_stuck, "both cards are held up")
    await story.works_again()


async def opens(story: Story, who: str = "lin") -> None:
    """The list of what failed, from the desk."""
    await story.types(who, "/sharge admin")
    await story.sees_form(who, "管理台", "2 件没办成")
    await story.presses(who, "查看", action_id="work.stuck", channel="modal")


async def test_what_failed_is_tried_again(database: str) -> None:
    """Told with whose it is, how often it was tried and why; then the card is there."""
    async with told(database) as story:
        await fails(story, INVALID)
        await story.tries("home", who="lin")
        await story.looks_home("lin", "2 件没办成")
        await opens(story)
        await story.sees_form(
            "lin", "在管理员频道显示关于 @mei 的卡片", "给 @mei 显示卡片", "再试", "Slack 不收我画的卡片"
        )
        await story.presses("lin", "全部重试", channel="modal")
        await story.sees_form("lin", "2 件正在重试")
        await story.reads("lin", "等待审批", channel="admins")
        await story.reads("mei", "等管理员审批")
        assert await asyncio.to_thread(noted, database, "job.retry") == ["U0LIN", "U0LIN"]
        await story.types("lin", "/sharge 管理台")
        await story.sees_form("lin", "没有失败的", "批准的人都加入了")


async def test_of_two_admins_one_decides(database: str) -> None:
    """Both see the same list. Who comes second reads who was faster, and nothing happens twice."""
    async with told(database) as story:
        await fails(story, FORBIDDEN)
        await opens(story)
        await story.sees_form("lin", "试了 1 次", "Slack 不允许")
        await opens(story, "wang")
        await story.sees_form("wang", "在管理员频道显示关于 @mei 的卡片")
        await story.presses("lin", "不再试", channel="modal")
        await story.sees_form("lin", "不再试的话", "下次有变化时会重画")
        await story.presses("wang", "不再试", channel="modal")
        await story.sees_form("wang", "不再试的话")
        await story.sends("lin")
        await story.sees_form("lin", "不再试：", "没办成的事 · 1")
        await story.sends("wang")
        await story.sees_form("wang", "@lin 已经决定不再试了", "没办成的事 · 1")
        assert await asyncio.to_thread(noted, database, "job.drop") == ["U0LIN"]
        await story.presses("lin", "再试一次", channel="modal")
        await story.sees_form("lin", "正在重试：")
        await story.presses("wang", "再试一次", channel="modal")
        await story.sees_form("wang", "@lin 已经让我重试了")
        assert await asyncio.to_thread(noted, database, "job.retry") == ["U0LIN"]


async def test_who_was_approved_and_has_not_joined(database: str) -> None:
    """Since when, and by whom; an admin nudges them once a day, has the invitation sent again, or takes it back."""
    async with told(database) as story:
        await story.is_let_in()
        await story.passes(advance=2 * 86400)
        await story.types("lin", "/sharge admin")
        await story.sees_form("lin", "1 人，最早的 2 天前批准")
        await story.presses("lin", "查看", action_id="outside.list", channel="modal")
        await story.sees_form("lin", "@mei", "由 @lin 批准")
        await story.presses("lin", "催一下", channel="modal")
        await story.sees_form("lin", "已提醒 @mei 接受邀请")
        await story.presses("lin", "催一下", channel="modal")
        await story.sees_form("lin", "一天之内已经催过了")
        assert await asyncio.to_thread(noted, database, "join.nudged") == ["U0LIN"]
        await story.presses("lin", "重发邀请", channel="modal")
        await story.sees_form("lin", "正在给 @mei 重发邀请")
        await story.presses("lin", "回管理台", channel="modal")
        await story.sees_form("lin", "已批准，未加入", "没有失败的")


async def test_where_people_get_stuck(database: str) -> None:
    """The step, how many and for how long; nobody's name."""
    async with told(database) as story:
        await story.types("mei", "/sharge start pat")
        await story.presses_soon("mei", "先试试")
        await story.reads("mei", "第 1 步")
        await story.passes(advance=3 * 86400)
        await story.types("lin", "/sharge admin")
        await story.sees_form("lin", "大家卡在哪里")
        await story.presses("lin", "查看", action_id="stuck.places", channel="modal")
        form = await story.sees_form("lin", "大家卡在哪里", "1 人", "3 天", "没有动静")
        assert "mei" not in form["plain"]


async def test_seats_are_entered_and_what_is_left_is_said(database: str) -> None:
    """Until then nothing is claimed; nor is an estimate made of one join."""
    async with told(database) as story:
        await story.joins()
        await story.types("lin", "/sharge admin")
        await story.sees_form("lin", "名额", "已占 1 个", "扣子不说一共有多少")
        await story.presses("lin", "填名额", channel="modal")
        await story.sees_form("lin", "加入 1 人，太少，不估计")
        refused = await story.tries("submit", who="lin", fields={"seats.total": "many"})
        assert "请填 1 以上的数字" in str(refused)
        await story.sends("lin", **{"seats.total": "50"})
        form = await story.sees_form("lin", "管理台", "共 50 个，还剩 49 个")
        assert "估计够用到" not in form["plain"]
        assert await asyncio.to_thread(noted, database, "seats.enter") == ["U0LIN"]


async def test_members_are_refused(database: str) -> None:
    """Who is no admin reads that, and sees nothing of the desk."""
    async with told(database) as story:
        await story.types("mei", "/sharge admin")
        await story.reads("mei", "这件事由管理员决定")
        assert not (await story.screen("mei"))["modal"]
