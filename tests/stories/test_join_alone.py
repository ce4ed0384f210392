"""The only admin asks to join: told at once that nobody decides about themselves, who may instead, and what to do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.playground.world.chat import Person
from tests.databases import KINDS, fresh
from tests.stories.story import Story, told

DEPUTY = {"DEPUTY_USERS": "U0TOM, U0GUEST"}


@asynccontextmanager
async def only_lin(kind: str, folder: Path, **settings: str) -> AsyncIterator[Story]:
    """Lin is the only admin, and has asked to join."""
    with fresh(kind, folder) as url:
        async with told(url, settings=settings) as story:
            story.world.workspace.usergroups["S0ADMINS"] = {"U0LIN"}
            await story.asks_to_join("lin")
            yield story


@pytest.mark.parametrize("kind", KINDS)
async def test_told_at_once_and_mended_by_a_second_admin(kind: str, tmp_path: Path) -> None:
    """On her card and in the channel; a second one is seen by and by, and decides."""
    async with only_lin(kind, tmp_path) as story:
        await story.reads("lin", "你是唯一的管理员", "ADMIN_USERS", "DEPUTY_USERS")
        await story.reads("wang", "@lin 是唯一的管理员", channel="admins")
        await story.presses("lin", "照样批准", channel="admins")
        await story.reads("lin", "自己的申请", channel="admins")
        await story.types("lin", "/sharge status")
        await story.reads("lin", "你是唯一的管理员，申请卡片上")
        story.world.workspace.usergroups["S0ADMINS"] = {"U0LIN", "U0WANG"}
        await story.passes(advance=5 * 3600)
        await story.reads("lin", "等管理员审批")
        await story.settles()
        assert "唯一的管理员" not in await story.reads("wang", "等待审批", channel="admins")
        await story.presses("wang", "照样批准", channel="admins")
        await story.reads("lin", "去扣子接受 ShargeAI 的邀请")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_deputy_decides(kind: str, tmp_path: Path) -> None:
    """Tom gets the card and approves; the guest whom the setting names too gets nothing."""
    async with only_lin(kind, tmp_path, **DEPUTY) as story:
        await story.reads("lin", "你是唯一的管理员", "代理人 @tom")
        await story.reads("tom", "@lin", "the only admin", "waiting for a decision")
        assert await story.texts("guest") == []
        await story.presses("tom", "Approve with a note")
        await story.sees_form("tom", "Your note")
        await story.sends("tom", **{"Your note": "Welcome, for once"})
        await story.reads("lin", "去扣子接受 ShargeAI 的邀请", "Welcome, for once")
        await story.reads("wang", "@tom 批准", channel="admins")


async def test_a_deputy_asks_and_declines(tmp_path: Path) -> None:
    """As an admin would; and there is nobody to hand it to."""
    async with only_lin("sqlite", tmp_path, **DEPUTY) as story:
        await story.reads("tom", "the only admin")
        refused = await story.tries("click", who="tom", label="Reassign")
        assert not refused["ok"]
        await story.presses("tom", "Ask a question")
        await story.sees_form("tom", "Your question")
        await story.sends("tom", **{"Your question": "What for?"})
        await story.reads("lin", "What for?")
        await story.presses("tom", "Decline")
        await story.sees_form("tom", "Reason")
        await story.sends("tom", Reason="not this season")
        await story.reads("lin", "not this season")


async def test_a_deputy_decides_about_nothing_else(tmp_path: Path) -> None:
    """Where there are two admins, and about a member's request, they are a member like any other."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings=DEPUTY) as story:
            await story.asks_and_waits("wang")
            await story.settles()
            assert await story.texts("tom") == []
            story.world.workspace.channels["C0ADMINS"].members.add("U0TOM")
            await story.presses("tom", "照样批准", channel="admins")
            await story.reads("tom", "Only admins decide this", channel="admins")
            await story.types("tom", "/sharge queue")
            await story.reads("tom", "Only admins decide this")
            await story.reads("lin", "等待审批", channel="admins")


async def test_who_is_an_admin_again_ends_it(tmp_path: Path) -> None:
    """With a second admin the deputy decides no more: their old card says so."""
    async with only_lin("sqlite", tmp_path, **DEPUTY) as story:
        await story.reads("tom", "the only admin")
        people = story.world.workspace.people
        zoe = Person("zoe", "U0ZOE", "Zoe", "en-US", "Asia/Shanghai", "admin", team_id=people["tom"].team_id)
        people["zoe"] = zoe
        story.world.workspace.usergroups["S0ADMINS"] = {"U0LIN", "U0ZOE"}
        await story.passes(advance=5 * 3600)
        await story.reads("lin", "等管理员审批")
        await story.presses("tom", "Approve anyway")
        await story.reads("tom", "Only admins decide this")


SELF = {"SELF_APPROVAL": "yes"}
WHY = "我先试 <一周> & *再* 请别人看 <!channel>"


@pytest.mark.parametrize("kind", KINDS)
async def test_self_approval_is_told_to_all(kind: str, tmp_path: Path) -> None:
    """Only where the operator has said yes, with a reason, and the channel reads it."""
    async with only_lin(kind, tmp_path, **SELF) as story:
        await story.reads("lin", "你是唯一的管理员", "可以自己批准")
        await story.presses("lin", "我自己批准")
        await story.sees_form("lin", "没有别的管理员", "理由")
        for words in ("", "好", "长" * 301, "用 pat_" + "x" * 64):
            assert not (await story.tries("submit", who="lin", fields={"理由": words}))["ok"], words
        await story.sends("lin", 理由=WHY)
        await story.reads("lin", "去扣子接受 ShargeAI 的邀请")
        await story.reads("wang", "唯一的管理员 @lin 批准了自己的申请", WHY, channel="admins")
        await story.reads("wang", "@lin 批准了自己的申请 ·", "等对方", channel="admins")
        assert not (await story.tries("click", who="lin", label="我自己批准"))["ok"]


async def test_without_the_setting_nobody_is_offered_it(tmp_path: Path) -> None:
    """Somebody else has to decide (tests/slack/test_own_approval.py has the forged form)."""
    async with only_lin("sqlite", tmp_path) as story:
        await story.reads("lin", "你是唯一的管理员")
        assert not (await story.tries("click", who="lin", label="我自己批准"))["ok"]


async def test_another_admin_is_named_in_the_last_moment(tmp_path: Path) -> None:
    """Slack is asked before the form opens."""
    async with only_lin("sqlite", tmp_path, **SELF) as story:
        await story.reads("lin", "可以自己批准")
        story.world.workspace.usergroups["S0ADMINS"] = {"U0LIN", "U0WANG"}
        await story.presses("lin", "我自己批准")
        await story.sees_form("lin", "现在有别的管理员")
        await story.tries("close", who="lin")
        await story.reads("lin", "等管理员审批")


async def test_a_form_that_lay_open_for_long(tmp_path: Path) -> None:
    """What Slack said an hour ago is too old to let oneself in by."""
    async with only_lin("sqlite", tmp_path, **SELF) as story:
        await story.reads("lin", "可以自己批准")
        await story.presses("lin", "我自己批准")
        await story.sees_form("lin", "没有别的管理员")
        await story.passes(advance=3600)
        await story.tries("submit", who="lin", fields={"理由": WHY})
        await story.sees_form("lin", "改过")
        await story.reads("wang", "等待审批", channel="admins")


async def test_slack_is_away(tmp_path: Path) -> None:
    """Nobody lets themselves in while nobody can say who else is an admin."""
    async with only_lin("sqlite", tmp_path, **SELF) as story:
        await story.reads("lin", "可以自己批准")
        await story.goes_wrong("slack", "server_error", method="usergroups.users.list")
        await story.presses("lin", "我自己批准")
        await story.sees_form("lin", "连不上 Slack")
