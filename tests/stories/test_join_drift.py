"""Slack and Coze drift apart: people are switched off in Slack, or come and go on Coze. Told, never acted upon."""

from tests.stories.story import Story


async def test_who_is_deactivated_leaves_nothing_open(story: Story) -> None:
    """Their request is closed and can't be approved; an admin reads it in the thread and on the card."""
    await story.asks_and_waits("tom")
    await story.tries("user", who="tom", deleted=True)
    await story.reads("lin", "已停用", "关闭", channel="admins")
    assert not (await story.tries("click", who="lin", label="批准", channel="admins", confirm=True))["ok"]


async def test_what_a_deactivated_member_holds_is_listed(story: Story) -> None:
    """Membership, agents, tokens: the admins decide, starting from the list."""
    await story.joins()
    await story.types("mei", "/sharge remind add")
    await story.sees_form("mei", "登记到期日")
    await story.sends("mei", 名字="拍拍镜-试用")
    await story.reads("mei", "拍拍镜-试用", "已登记")
    await story.tries("user", who="mei", deleted=True)
    await story.reads("lin", "账号停用", "ShargeAI", "拍拍镜-试用", "扣子上我什么都没动", channel="admins")
    assert story.coze["users"]["mei"] in story.space.members
    await story.presses("lin", "看申请", channel="admins")
    await story.presses("lin", "移出团队", channel="admins")
    await story.sees_form("lin", "移出之后")
    await story.sends("lin", 理由="已离开公司")
    await story.reads("lin", "已移出团队", "已验证", channel="admins")
    await story.reads("lin", "账号停用", "拍拍镜-试用", channel="admins")


async def test_the_weekly_check_shows_what_differs(story: Story) -> None:
    """One has left by themselves, a stranger has come, one was switched off: all named, nothing done."""
    await story.joins()
    await story.joins("tom")
    await story.on_coze("leave", name="mei", workspace="ShargeAI")
    await story.tries("user", who="tom", deleted=True)
    await story.reads("lin", "@tom", "账号停用", channel="admins")
    story.space.members[story.coze["users"]["lin"]] = "member"
    await story.passes(advance=8 * 86400)
    found = await story.reads("lin", "名单核对 · 3 处", channel="admins")
    assert all(name in found for name in ("@mei", "@tom", "林姐"))
    assert story.coze["users"]["tom"] in story.space.members
