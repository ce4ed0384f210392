"""A clock that was or is wrong: nothing that lies ahead is fresh."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock import utc_now
from bot.core.people import Person, Standing
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
