"""Nobody waits for ever: admins are reminded, then the backup group, then the request closes kindly."""

from pathlib import Path

import pytest

from tests.databases import fresh
from tests.stories.story import told

HOUR = 3600
BACKUP = {"BACKUP_ADMIN_GROUP": "S0BACKUP"}


async def test_reminded_handed_to_the_backup_and_closed(tmp_path: Path) -> None:
    """Four working hours, a day, two, seven days; then asking again takes one press, and admins see the history."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings=BACKUP) as story:
            story.world.workspace.usergroups["S0BACKUP"] = {"U0TOM"}
            await story.a_working_day_begins()
            await story.asks_and_waits()
            await story.passes(advance=4 * HOUR + 60)
            await story.reads("lin", "⏰", "@mei", "4 小时", channel="admins")
            await story.passes(advance=21 * HOUR)
            await story.reads("lin", "⏰", "约定", channel="admins")
            await story.passes(advance=24 * HOUR)
            await story.reads("lin", "后备管理员", channel="admins")
            await story.reads("tom", "mei", "waiting for a decision")
            await story.passes(advance=5 * 24 * HOUR)
            await story.reads("mei", "没有等到审批")
            await story.reads("lin", "没等到审批", channel="admins")
            await story.presses_soon("mei", "再申请一次")
            form = await story.sees_form("mei", "申请加入团队")
            assert "念天气" in [entry["value"] for entry in form["inputs"]]
            await story.sends("mei")
            await story.reads("lin", "等待审批", "没等到审批", channel="admins")


async def test_where_there_is_no_backup_nobody_is_said_to_be_asked(tmp_path: Path) -> None:
    """The same two days later."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url) as story:
            await story.a_working_day_begins()
            await story.asks_and_waits()
            await story.passes(advance=49 * HOUR + 60)
            text = await story.reads("lin", "⏰", "我也没有别人可问了", channel="admins")
            assert "后备管理员" not in text


async def test_a_decision_ends_the_waiting(tmp_path: Path) -> None:
    """What was to ring later does not ring; a reminder that rang is one line."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url) as story:
            await story.a_working_day_begins()
            await story.asks_and_waits()
            await story.passes(advance=4 * HOUR + 60)
            await story.reads("lin", "⏰", channel="admins")
            card = (await story.screen("lin"))["channels"]["admins"][0]["ts"]
            await story.presses("lin", "批准", ts=card)
            await story.reads("lin", "✅", "@mei", "批准", channel="admins")
            await story.passes(advance=30 * 24 * HOUR)
            await story.reads("mei", "邀请", "还没接受")
            assert not [text for text in await story.texts("lin", "admins") if "⏰" in text]


@pytest.mark.loud
async def test_a_group_that_slack_does_not_know_is_logged_and_keeps_nobody_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A wrong setting is the operator's matter; everybody else is served."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings={"BACKUP_ADMIN_GROUP": "S0NOBODY"}) as story:
            await story.types("tom", "/sharge status")
            await story.reads("tom", "Connect your agent to the glasses")
            await story.asks_and_waits()
            await story.presses("lin", "批准", channel="admins")
            await story.reads("lin", "已批准", channel="admins")
    assert "user group S0NOBODY" in caplog.text


async def test_a_backup_that_cannot_be_reached_breaks_nothing(tmp_path: Path) -> None:
    """The group can't be read and one of its people is gone: the channel is told, and the request still closes."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings=BACKUP) as story:
            story.world.workspace.usergroups["S0BACKUP"] = {"U0GONE"}
            await story.a_working_day_begins()
            await story.asks_and_waits()
            await story.goes_wrong("slack", "server_error", method="usergroups.users.list")
            await story.passes(advance=49 * HOUR)
            for _ in range(5):
                await story.passes(advance=120)
            await story.reads_in_time("lin", "后备管理员", channel="admins")
            await story.works_again()
            await story.passes(advance=6 * 24 * HOUR)
            await story.reads("mei", "没有等到审批")
            await story.types("lin", "/sharge status")
            assert not [text for text in await story.texts("lin") if "没办成" in text]
