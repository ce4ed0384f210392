"""Home: what is true now, redrawn when it changes; its buttons work though nothing can be answered beside them."""

from tests.stories.story import Story


async def test_a_members_home_follows_what_happens(story: Story) -> None:
    """From nothing to an invitation, without opening it again; the form opens by its button and by the shortcut."""
    await story.tries("home", who="mei")
    await story.looks_home("mei", "选一条路", "先试试", "长期运行", "申请加入团队", "还没申请")
    await story.presses("mei", "申请加入", channel="home")
    await story.sees_form("mei", "申请加入团队")
    await story.tries("close", who="mei")
    assert (await story.tries("shortcut", who="mei", callback_id="command.join"))["ok"]
    await story.sees_form("mei", "申请加入团队")
    await story.sends("mei", **{"用户 ID": story.coze["users"]["mei"], "昵称": "小美", "想做什么": "念天气"})
    await story.looks_home("mei", "等管理员审批")
    await story.presses("mei", "看申请", channel="home")
    await story.reads_last("mei", "等管理员审批")
    await story.presses("mei", "修改申请")
    await story.sees_form("mei", "修改申请")
    await story.sends("mei", 想做什么="念菜谱")
    await story.reads("lin", "等待审批", "念菜谱", channel="admins")
    await story.presses("lin", "批准", channel="admins")
    await story.looks_home("mei", "接受")
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")
    await story.presses("mei", "English", channel="home")
    await story.looks_home("mei", "Accept the ShargeAI invitation")
    await story.reads("mei", "Accept the ShargeAI")
    assert not any("去扣子接受 ShargeAI 的邀请" in text for text in await story.texts("mei"))


async def test_admins_decide_from_home(story: Story) -> None:
    """What waits comes first; the card opens in a modal, is decided there, and every copy says so at once."""
    await story.asks_and_waits()
    await story.asks_to_join("tom")
    await story.tries("home", who="lin")
    await story.tries("home", who="wang")
    await story.looks_home("wang", "等你处理 · 2 件", "@mei", "@tom")
    await story.looks_home("lin", "等你处理 · 2 件", "@mei", "@tom")
    await story.presses("lin", "审批申请", channel="home")
    await story.sees_form("lin", "等待审批", "@mei")
    await story.presses("lin", "批准", channel="modal")
    await story.sees_form("lin", "已批准")
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")
    await story.reads("lin", "已批准", "@lin", channel="admins")
    await story.tries("close", who="lin")
    await story.looks_home("wang", "等你处理 · 1 件", "@tom")
    await story.looks_home("lin", "等你处理 · 1 件", "@tom")
    await story.presses("wang", "审批申请", channel="home")
    await story.sees_form("wang", "等待审批", "@tom")
    await story.presses("wang", "拒绝", channel="modal")
    await story.sees_form("wang", "拒绝")
    await story.sends("wang", 理由="先补充场馆信息")
    await story.sees_form("wang", "已拒绝", "先补充场馆信息")
    await story.looks_home("lin", "没有人在等")


async def test_the_loser_of_a_race_is_told_in_the_modal(story: Story) -> None:
    """Wang decides while lin has the card open; she reads who and when, where she pressed."""
    await story.asks_and_waits()
    await story.tries("home", who="lin")
    await story.looks_home("lin", "@mei")
    await story.presses("lin", "审批申请", channel="home")
    await story.sees_form("lin", "等待审批", "@mei")
    await story.presses("wang", "批准", channel="admins")
    await story.reads("lin", "已批准", "@wang", channel="admins")
    await story.presses("lin", "批准", channel="modal")
    await story.sees_form("lin", "有人先处理了", "@wang")


async def test_guests_see_that_it_is_not_for_them(story: Story) -> None:
    """And no button of anybody else's."""
    await story.tries("home", who="guest")
    home = await story.looks_home("guest", "只有")
    assert home["buttons"] == []
