"""The disk is full: people are told that nothing was saved, nothing is claimed, and it goes on once there is room."""

import asyncio
import logging
from pathlib import Path

import pytest

from tests.databases import fresh
from tests.full_disk import small_disk
from tests.stories.story import Story, told

UNSAVED = "没有保存：我的数据库"


async def test_who_is_told_that_nothing_was_saved_can_do_it_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A command, a press, a form and an admin's decision; none has left anything."""
    with small_disk(tmp_path) as disk, fresh("sqlite", disk.folder) as url:
        async with told(url) as story:
            await story.asks_and_waits("tom")
            await story.types("lin", "/sharge queue")
            await story.types("mei", "/sharge join")
            await story.sees_form("mei", "申请加入团队")
            await story.passes(advance=1)
            await asyncio.to_thread(disk.fill, url.removeprefix("sqlite:///"))
            await tries_all(story)
            disk.free()
            await story.sends("mei", 用户=story.coze["users"]["mei"], 昵称="小梅", 想做什么="念天气")
            await story.reads("lin", "@mei", "等待审批", channel="admins")
            await story.presses("lin", "批准", channel="admins")
            await story.reads("lin", "等对方", channel="admins")
    records = caplog.get_records("call")
    assert not [each.getMessage() for each in records if each.levelno >= logging.ERROR or each.exc_info]


async def tries_all(story: Story) -> None:
    """Whatever it is, the answer says so."""
    sent = await story.tries(
        "submit", who="mei", fields={"用户": story.coze["users"]["mei"], "昵称": "小梅", "想做什么": "念天气"}
    )
    assert UNSAVED in str(sent), sent
    await story.presses("lin", "批准", channel="admins")
    await story.reads("lin", UNSAVED, channel="admins")
    assert not [each for each in await story.texts("lin", "admins") if "已批准" in each or "等对方" in each]
    await story.types("tom", "/sharge status")
    await story.reads("tom", "Nothing was saved")
