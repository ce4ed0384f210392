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
        await story.reads("lin", "请接受邀请")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_deputy_decides(kind: str, tmp_path: Path) -> None:
    """Tom gets the card and approves; the guest whom the setting names too gets nothing."""
    async with only_lin(kind, tmp_path, **DEPUTY) as story:
        await story.reads("lin", "你是唯一的管理员", "代理人 @tom")
        await story.reads("tom", "@lin", "the only admin", "Waiting")
        assert await story.texts("guest") == []
        await story.presses("tom", "Approve with a note")
        await story.sees_form("tom", "Your note")
        await story.sends("tom", **{"Your note": "Welcome, for once"})
        await story.reads("lin", "请接受邀请", "Welcome, for once")
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
