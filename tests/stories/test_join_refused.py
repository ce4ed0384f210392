"""Each way in which Coze refuses an invitation, by its name and with the press that mends it; and the enterprise."""

from bot.playground.world.coze import Enterprise
from tests.stories.story import Story


async def is_approved(story: Story) -> None:
    """Mei asks and lin approves."""
    await story.asks_and_waits()
    await story.presses("lin", "批准", channel="admins")


async def becomes_an_enterprise(story: Story) -> Enterprise:
    """The ShargeAI space belongs to an organisation from now on, with the owner in it."""
    state = story.world.coze.state
    company = state.enterprises["7"] = Enterprise("7", "ShargeAI", {story.space.owner_id})
    story.space.enterprise_id = company.id
    state.changed()
    return company


async def test_a_full_space(story: Story) -> None:
    """The admins read it by name, the person that there is nothing to do; resending works once there is room."""
    story.space.capacity = 1
    await is_approved(story)
    await story.reads("lin", "邀请失败", "空间已满", channel="admins")
    await story.reads("mei", "留出位置")
    await story.types("lin", "/sharge queue failed", channel="admins")
    await story.reads("lin", "团队申请 · 1 份", "邀请失败", channel="admins")
    story.space.capacity = 100
    await story.presses("lin", "重发邀请", channel="admins")
    await story.reads("lin", "等对方", channel="admins")
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")


async def test_an_account_that_refuses_invitations(story: Story) -> None:
    """The person reads what to allow on Coze."""
    await story.on_coze("user", name="mei", refuses_invitations=True)
    await is_approved(story)
    await story.reads("lin", "邀请失败", "不接受空间邀请", channel="admins")
    await story.reads("mei", "允许", "账号设置")
    await story.on_coze("user", name="mei", refuses_invitations=False)
    await story.presses("lin", "重发邀请", channel="admins")
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")


async def test_a_credential_that_coze_rejects(story: Story) -> None:
    """That is for whoever runs the bot; the approval stands."""
    await story.goes_wrong("coze", "missing_permission", times=1, method="POST /v1/workspaces")
    await is_approved(story)
    await story.reads("lin", "邀请失败", "运维", channel="admins")
    await story.works_again()
    await story.presses("lin", "重发邀请", channel="admins")
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")


async def test_the_enterprise_edition_adds_at_once(story: Story) -> None:
    """Nothing to accept: joined and verified as soon as Coze has answered."""
    company = await becomes_an_enterprise(story)
    company.people.add(story.coze["users"]["mei"])
    await is_approved(story)
    await story.reads("mei", "你已加入 ShargeAI", "已验证")
    await story.reads("lin", "已加入", "已验证", channel="admins")


async def test_somebody_outside_of_the_enterprise(story: Story) -> None:
    """By its name; once they are in the organisation, resending brings them in."""
    company = await becomes_an_enterprise(story)
    await is_approved(story)
    await story.reads("lin", "邀请失败", "不在扣子企业里", channel="admins")
    company.people.add(story.coze["users"]["mei"])
    await story.presses("lin", "重发邀请", channel="admins")
    await story.reads("lin", "已加入", "已验证", channel="admins")


async def test_who_says_they_accepted_but_did_not_is_told(story: Story) -> None:
    """Coze decides whether they are in; the person is nudged once, then it stands on the admins' list."""
    await story.is_let_in()
    await story.presses_soon("mei", "我已接受")
    await story.reads("mei", "成员名单里还没有你")
    await story.passes(advance=49 * 3600)
    await story.reads("mei", "还差一步")
    await story.tries("home", who="lin")
    await story.looks_home("lin", "等你处理 · 1 件", "还没接受")
    await story.on_coze("user", name="mei", accept_invitation=True)
    await story.presses("mei", "我已接受")
    await story.reads("lin", "已加入", "已验证", channel="admins")
    await story.looks_home("lin", "没有人在等")
