"""Leaving: an admin removes somebody, by the bot or by hand; and it is said only when it is done."""

from pathlib import Path

from tests.databases import fresh
from tests.stories.story import Story, told


async def wants_out(story: Story) -> None:
    """Lin has mei removed."""
    await story.presses("lin", "移出团队", channel="admins")
    await story.sees_form("lin", "移出之后", "@mei")
    assert not (await story.tries("submit", who="lin", fields={"理由": ""}))["ok"]
    await story.sends("lin", 理由="名额先让给下一批")


async def test_an_admin_removes_somebody(story: Story) -> None:
    """The form names the account as Coze does, and their agents; Coze does it, and then everybody is told."""
    await story.joins()
    await story.on_coze("agent", name="mei", title="博物馆讲解员", workspace="ShargeAI")
    await story.presses("lin", "移出团队", channel="admins")
    form = await story.sees_form("lin", "移出之后", "博物馆讲解员")
    assert form["plain"].index("扣子账号「小美」") < form["plain"].index("@mei")
    await story.sends("lin", 理由="名额先让给 <下一批> & *别人*")
    await story.reads("lin", "已移出团队", "已验证", channel="admins")
    await story.reads("mei", "管理员把你移出了", "@lin 给出的理由", "名额先让给 <下一批> & *别人*")
    assert story.coze["users"]["mei"] not in story.space.members
    await story.presses("mei", "再申请一次…")
    await story.sees_form("mei", "申请加入团队")
    await story.sends("mei")
    await story.reads("lin", "等待审批", "移出团队", channel="admins")


async def test_coze_refuses_to_remove_and_is_asked_again(story: Story) -> None:
    """Until Coze has done it nobody is called removed."""
    await story.joins()
    await story.goes_wrong("coze", "missing_permission", method="DELETE")
    await wants_out(story)
    card = await story.reads("lin", "还没移出", channel="admins")
    assert "已移出" not in card
    assert not [text for text in await story.texts("mei") if "移出" in text]
    await story.works_again()
    await story.presses("lin", "再试一次", channel="admins")
    await story.reads("lin", "已移出团队", "已验证", channel="admins")


async def test_without_a_credential_it_is_done_by_hand(tmp_path: Path) -> None:
    """Only of an account that is surely theirs: the exact step, and then it is called confirmed."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings={"COZE_OWNER_TOKEN": ""}) as story:
            await story.asks_and_waits()
            await story.presses("lin", "批准", channel="admins")
            await story.presses_soon("lin", "我已邀请", channel="admins")
            await story.presses_soon("mei", "我已接受")
            await story.reads("lin", "已加入", "账号未验证", channel="admins")
            await story.presses("lin", "移出团队", channel="admins")
            await story.reads("lin", "没人验证过", "可能是别人的", channel="admins")
            await story.presses("lin", "请对方先验证", channel="admins")
            await story.reads("mei", "管理员请你验证扣子账号")
            await story.proves("mei")
            await story.reads("lin", "已加入", "账号已验证", channel="admins")
            await wants_out(story)
            await story.reads("lin", "请手动移出", story.coze["users"]["mei"], channel="admins")
            await story.presses("lin", "我已移出", channel="admins")
            await story.reads("lin", "已移出团队", "管理员已确认", channel="admins")
            await story.reads("mei", "管理员把你移出了", "名额先让给下一批")


async def test_only_admins_see_the_menu_work(story: Story) -> None:
    """Wang sits in the channel, but is on the list of admins no more: refused before anything is shown."""
    story.world.workspace.usergroups["S0ADMINS"] = {"U0LIN"}
    await story.joins()
    await story.presses("wang", "移出团队", channel="admins")
    await story.reads("wang", "由管理员决定", channel="admins")
