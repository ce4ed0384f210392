"""A clock that was or is wrong: nothing that lies ahead is fresh."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock import utc_now
from bot.core.people import Person, Standing
from bot.playground.world.chat import Message
from bot.store import people
from bot.store.database import Database
from tests.stories.story import Story

LIN = Person("T0PLAYGROUND", "U0LIN", "lin", "zh-CN", "Asia/Shanghai", Standing.MEMBER, admin=True, seen_at=utc_now())


@pytest.mark.parametrize("ahead", [timedelta(minutes=2), timedelta(days=365)])
async def test_who_was_an_admin_by_a_clock_ahead_decides_nothing(story: Story, ahead: timedelta) -> None:
    """Lin is taken off the list; what a machine that booted in another year has noted about her does not count."""
    story.world.workspace.usergroups["S0ADMINS"].discard("U0LIN")
    db = Database(story.database)
    async with db.write() as tx:
        await people.save(tx, replace(LIN, seen_at=utc_now() + ahead))
    await db.close()
    await story.asks_and_waits()
    await story.presses("lin", "批准", channel="admins")
    await story.reads("lin", "不在管理员名单里", channel="admins")
    assert any("等待审批" in text for text in await story.texts("lin", "admins"))


@pytest.mark.parametrize("ahead", [-86_400, -90, 90, 86_400])
async def test_a_lost_answer_is_looked_up_by_slacks_own_time(story: Story, ahead: int) -> None:
    """However far this machine's clock is off; the thread's line too."""
    await story.tries("clock", chat_ahead=ahead)
    await story.goes_wrong("slack", "cut", method="chat.postMessage", times=3)
    await story.asks_to_join("mei")

    async def tried() -> bool:
        return len(await story.calls("chat.postMessage")) >= 2

    await story.waits(tried, "both posts were tried")
    await story.reads_in_time("mei", "等管理员审批")
    await story.reads_in_time("lin", "等待审批", channel="admins")
    await story.presses_soon("lin", "批准", channel="admins")
    await story.reads_in_time("mei", "去扣子接受 ShargeAI 的邀请")
    assert len([text for text in await story.texts("lin", "admins") if "接受邀请：" in text]) == 1
    assert len([text for text in await story.texts("mei") if "去扣子接受 ShargeAI 的邀请" in text]) == 1
    lines = await story.thread("lin")
    assert sorted(set(lines)) == sorted(lines), "no line of history stands there twice"


async def test_what_others_post_is_not_taken_for_a_lost_card(story: Story) -> None:
    """Anybody may write metadata, with any number in it: only our own post of our own kind counts."""
    chat = story.world.workspace
    other = await story.tries("apps", name="echo", commands=["/echo"], transport="http")
    theirs, ours = chat.apps[other["app_id"]], chat.main_app
    admins = story.ready["slack"]["channels"]["admins"]
    await story.goes_wrong("slack", "server_error", method="chat.postMessage", times=2)
    for app, event in ((theirs, "sharge_message"), (ours, "another_kind")):
        for number in range(1, 9):
            metadata = {"event_type": event, "event_payload": {"message_id": number}}
            chat.post(Message(chat.new_ts(), admins, app.bot_user, "x", app.id, metadata=metadata))
    await story.asks_to_join("mei")
    await story.reads_in_time("lin", "等待审批", channel="admins")


async def test_admins_are_told_that_the_clock_is_wrong(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    """At Home and in the log, once; up to thirty seconds nobody hears of it."""

    async def shown(words: str) -> bool:
        await story.tries("home", who="lin")
        home = (await story.screen("lin"))["home"]
        return bool(home) and words in home["plain"]

    await story.tries("clock", chat_ahead=20)
    await story.waits(lambda: shown("没有失败的任务"), "all is well", "lin")
    assert "时钟" not in (await story.screen("lin"))["home"]["plain"]
    await story.tries("clock", chat_ahead=-5400)
    await story.waits(lambda: shown("时钟比 Slack 快 1.5 小时"), "the clock is wrong", "lin")
    assert caplog.text.count("clock is off Slack's by +540") == 1

    async def mended() -> bool:
        return await shown("没有失败的任务") and not await shown("时钟")

    await story.tries("clock", chat_ahead=0)
    await story.waits(mended, "the clock is right again", "lin")
