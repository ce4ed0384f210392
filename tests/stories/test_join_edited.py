"""Edited, nudged and withdrawn: what the person can do while nobody has decided."""

from tests.stories.story import Story


async def test_the_request_is_changed_and_then_taken_back(story: Story) -> None:
    """The form holds what was written; the card shows the change; a withdrawn request can't be approved any more."""
    await story.asks_and_waits()
    await story.presses_soon("mei", "修改申请")
    form = await story.sees_form("mei", "修改申请")
    assert "念天气" in [entry["value"] for entry in form["inputs"]]
    await story.sends("mei", 想做什么="念天气和 *菜谱*")
    await story.reads("lin", "等待审批", "念天气和 *菜谱*", channel="admins")
    await story.presses("mei", "撤回申请")
    await story.reads("lin", "撤回", channel="admins")
    await story.reads("mei", "你撤回了")
    assert not (await story.tries("click", who="lin", label="批准", channel="admins", confirm=True))["ok"]


async def test_the_admins_are_nudged_once_a_day_after_the_agreed_time(story: Story) -> None:
    """No button before; after a working day it rings the admins, and is gone until tomorrow."""
    await story.a_working_day_begins()
    await story.asks_and_waits()
    assert not (await story.tries("click", who="mei", label="催一下"))["ok"]
    await story.passes(advance=25 * 3600)
    await story.reads("lin", "⏰", "约定的答复时间", channel="admins")
    await story.presses_soon("mei", "催一下")
    await story.reads("lin", "🔔", "@mei", channel="admins")
    await story.reads("mei", "等管理员审批", "催过")
    await story.reads("lin", "审批申请", "@mei", channel="admins")
    await story.reads("lin", "已超时", channel="admins")
