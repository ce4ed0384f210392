"""An approval is taken back until it is accepted: with a reason and a way back; whoever has joined first stays."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.databases import KINDS, fresh
from tests.stories.story import Story, told

WHY = "预算 <没批> & *先等* 下一批 <!channel>"
BY_HAND = {"COZE_OWNER_TOKEN": ""}


async def takes_back(story: Story, who: str = "lin", **fields: str) -> dict[str, Any]:
    """By the menu of the card in the channel; what came of the form."""
    await story.presses(who, "撤销批准", channel="admins")
    await story.sees_form(who, "撤销批准", "可以再申请")
    return await story.tries("submit", who=who, fields={"理由": WHY, **fields})


async def test_before_it_is_accepted(story: Story) -> None:
    """Mei reads who and why, and asks again with what she wrote; admins read the same, and that I look on."""
    await story.is_let_in()
    await story.reads("mei", "🎉", "去扣子接受 ShargeAI 的邀请")
    assert (await takes_back(story))["ok"]
    await story.reads("mei", "管理员撤销了", "@lin 给出的理由", WHY)
    await story.settles()
    assert len([text for text in await story.texts("mei") if WHY in text]) == 1, "it stands on the card alone"
    await story.reads("lin", "批准已撤销", WHY, "@lin 撤销", "扣子没有说", "3月7日", channel="admins")
    assert not [text for text in await story.texts("mei") if "一步" in text], "no notice asks to accept it"
    await story.types("mei", "/sharge status")
    await story.reads("mei", "下一步", "批准被撤销")

    async def in_thread() -> bool:
        return any("@lin 撤销了批准" in line and WHY in line for line in await story.thread("lin"))

    await story.waits(in_thread, "the line in the thread", "lin")
    await story.presses("mei", "再申请一次…")
    await story.sees_form("mei", "申请加入团队")
    await story.sends("mei")
    await story.reads("lin", "等待审批", "批准被撤销", channel="admins")


async def test_nobody_arrives(story: Story) -> None:
    """The looking ends after two days, and the card says what was seen last."""
    await story.is_let_in()
    await takes_back(story)
    await story.reads("lin", "批准已撤销", "扣子没有说", channel="admins")
    await story.passes(advance=49 * 3600)
    await story.reads("lin", "批准已撤销", "没有这个账号 · 已验证", channel="admins")
    assert "mei" not in str(story.space.members)


async def test_who_arrives_all_the_same_is_told_of(story: Story) -> None:
    """Coze goes on taking the invitation: the admins hear it, and remove her or let her stay."""
    await story.is_let_in()
    await takes_back(story)
    await story.reads("lin", "批准已撤销", "扣子没有说", channel="admins")
    await story.on_coze("user", name="mei", accept_invitation=True)
    await story.passes(advance=600)
    await story.reads("lin", "@mei 还是进了团队", "已验证", "@lin 之前撤销了批准", channel="admins")
    await story.reads("lin", "@mei 已加入 ShargeAI", "@lin 之前撤销过批准", channel="admins")
    await story.presses("lin", "移出团队", channel="admins")
    await story.sees_form("lin", "移出之后")
    await story.sends("lin", 理由="批准撤销了")
    await story.reads("lin", "已移出团队", "已验证", channel="admins")
    assert story.coze["users"]["mei"] not in story.space.members


async def test_who_accepted_on_coze_a_moment_before(story: Story) -> None:
    """The bot had not looked yet: Coze was first, so nobody is taken off, and the admins are told."""
    await story.is_let_in()
    await story.on_coze("user", name="mei", accept_invitation=True)
    await takes_back(story)
    await story.reads("lin", "@mei 还是进了团队", "移出团队", channel="admins")
    assert story.coze["users"]["mei"] in story.space.members
    await story.reads("mei", "你已加入 ShargeAI")


async def test_who_has_asked_anew_and_then_accepts(story: Story) -> None:
    """The new request is decided as it would be; the admins are told that the account is in by the old invitation."""
    await story.is_let_in()
    await takes_back(story)
    await story.reads("lin", "批准已撤销", "扣子没有说", channel="admins")
    await story.presses_soon("mei", "再申请一次…")
    await story.sees_form("mei", "申请加入团队")
    await story.sends("mei")
    await story.reads("lin", "等待审批", channel="admins")
    await story.on_coze("user", name="mei", accept_invitation=True)
    await story.passes(advance=600)
    await story.reads("lin", "@mei 还是进了团队", "不能留下的话", channel="admins")
    await story.reads("lin", "等待审批", channel="admins")


async def test_too_late(story: Story) -> None:
    """The form is open while mei is seen in the team: nothing is taken back, and lin reads what she can do."""
    await story.is_let_in()
    await story.presses("lin", "撤销批准", channel="admins")
    await story.sees_form("lin", "撤销批准")
    await story.on_coze("user", name="mei", accept_invitation=True)
    await story.passes(advance=180)
    await story.reads("lin", "@mei 已加入 ShargeAI · 已验证", channel="admins")
    await story.tries("submit", who="lin", fields={"理由": WHY})
    await story.sees_form("lin", "已经加入", "移出团队")
    assert WHY not in str(await story.texts("mei"))


async def test_what_can_not_be_a_reason(story: Story) -> None:
    """Nothing, too little, too much, a secret: said at the field, and the approval stands."""
    await story.is_let_in()
    for words in ("", "不", "长" * 301, "用 pat_" + "x" * 64):
        assert not (await takes_back(story, 理由=words))["ok"], words
        await story.tries("close", who="lin")
    await story.reads("lin", "等对方", channel="admins")


async def test_twice(story: Story) -> None:
    """Two admins have the form open: the second reads who was faster."""
    await story.is_let_in()
    await story.presses("wang", "撤销批准", channel="admins")
    await story.sees_form("wang", "撤销批准")
    await takes_back(story)
    await story.reads("lin", "批准已撤销", channel="admins")
    await story.tries("submit", who="wang", fields={"理由": "我也觉得要等"})
    await story.sees_form("wang", "有人先处理了", "@lin")
    assert "我也觉得" not in str(await story.texts("mei"))


async def test_only_admins(story: Story) -> None:
    """Wang is on the list of admins no more."""
    story.world.workspace.usergroups["S0ADMINS"] = {"U0LIN"}
    await story.is_let_in()
    await story.presses("wang", "撤销批准", channel="admins")
    await story.reads("wang", "由管理员决定", channel="admins")


async def test_coze_is_away(story: Story) -> None:
    """What can't be asked is said; whether somebody arrives is looked at once Coze answers."""
    await story.is_let_in()
    await story.goes_wrong("coze", "missing_permission", method="DELETE")
    await takes_back(story)
    await story.reads("lin", "批准已撤销", "没能请扣子撤回", channel="admins")
    await story.works_again()
    await story.on_coze("user", name="mei", accept_invitation=True)
    await story.passes(advance=600)
    await story.reads("lin", "@mei 还是进了团队", channel="admins")


@pytest.mark.parametrize("kind", KINDS)
async def test_by_hand_whoever_is_first_wins(kind: str, tmp_path: Path) -> None:
    """She says that she accepted in the moment in which it is taken back: one of the two counts and one is told."""
    with fresh(kind, tmp_path) as url:
        async with told(url, settings=BY_HAND) as story:
            await story.asks_and_waits()
            await story.presses("lin", "照样批准", channel="admins")
            await story.presses_soon("lin", "我已邀请", channel="admins")
            await story.reads("mei", "我已接受")
            await story.presses("lin", "撤销批准", channel="admins")
            await story.sees_form("lin", "看不到", "撤销批准")
            undo = story.tries("submit", who="lin", fields={"理由": WHY})
            await asyncio.gather(undo, story.tries("click", who="mei", label="我已接受"))
            await story.settles()
            hers, ours = str(await story.texts("mei")), str(await story.texts("lin", "admins"))
            has_joined = "你已加入 ShargeAI" in hers
            assert has_joined != (WHY in hers)
            assert has_joined != ("批准已撤销" in ours)
            if has_joined:
                await story.sees_form("lin", "已经加入", "移出团队")
            else:
                await story.reads("mei", "已经有了新进展", "什么都没改")
                await story.reads("lin", "请在那里撤回", channel="admins")
