"""The bot is taken out of the admin channel: the operator is told, requests are kept, cards come once it is back."""

import logging

import pytest

from tests.stories.story import Story


async def test_requests_are_kept_until_the_bot_is_back(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    """Logged as an error, shown to admins in status and Home; the requests wait and their cards are drawn again."""
    await story.tries("membership", who="bot", channel="admins", inside=False)
    await story.asks_to_join("mei")
    await story.reads("mei", "等管理员审批")

    async def known() -> bool:
        await story.types("lin", "/sharge status")
        return any("我发不进管理员频道" in text for text in await story.texts("lin"))

    await story.waits(known, "an admin reads that cards wait", "lin")
    await story.tries("home", who="lin")
    await story.looks_home("lin", "我发不进管理员频道", "@mei")
    assert [record for record in caplog.records if record.levelno == logging.ERROR and "removed" in record.message]
    await story.tries("membership", who="bot", channel="admins", inside=True)
    await story.presses_soon("lin", "批准", channel="admins")
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")
    assert len(await story.texts("lin", "admins")) == 1
    caplog.clear()


async def test_a_card_that_was_deleted_by_hand_is_posted_again(story: Story) -> None:
    """While it matters; and just once."""
    await story.asks_and_waits()
    workspace = story.world.workspace
    (card,) = [m for m in workspace.messages["C0ADMINS"] if m.thread_ts is None]
    workspace.remove(card)
    await story.presses_soon("mei", "修改申请")
    await story.sees_form("mei", "修改申请")
    await story.sends("mei", 想做什么="念菜谱")
    await story.reads("lin", "等待审批", "念菜谱", channel="admins")
    await story.presses("lin", "批准", channel="admins")
    await story.reads("lin", "等对方", channel="admins")
    assert len(await story.texts("lin", "admins")) == 1
