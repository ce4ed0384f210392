"""Reassigned: a named admin gets a copy of the card and decides there; every copy says the same in the end."""

from tests.stories.story import Story


async def hands_on(story: Story, to: str) -> dict[str, str]:
    """Lin hands the request on; the field errors, if the form refuses."""
    await story.presses("lin", "改派", channel="admins")
    await story.sees_form("lin", "由谁审批")
    answer = await story.tries("submit", who="lin", fields={"由谁审批": to})
    return dict(answer.get("errors") or {})


async def test_a_named_admin_decides_in_their_own_copy(story: Story) -> None:
    """Only an admin can be named, and never the person who asks; both copies are redrawn by the decision."""
    await story.asks_and_waits()
    assert not await hands_on(story, "tom"), "Slack is asked who that is, once the form has closed"
    await story.reads("lin", "不是管理员")
    await story.types("tom", "/sharge status")
    assert await hands_on(story, "tom"), "known as of this minute"
    await story.tries("close", who="lin")
    assert not await hands_on(story, "wang")
    await story.reads("wang", "等待审批", "@wang（@lin 转来）")
    await story.types("wang", "/sharge queue mine")
    await story.reads("wang", "团队申请 · 1 份", "@mei")
    await story.presses("wang", "拒绝")
    await story.sees_form("wang", "拒绝")
    await story.sends("wang", 理由="先补充场馆信息")
    for who, channel in (("wang", "dm"), ("lin", "admins"), ("mei", "dm")):
        await story.reads(who, "先补充场馆信息", channel=channel)


async def test_nobody_gets_their_own_request(story: Story) -> None:
    """An admin who asks to join can't be named to decide about it."""
    await story.asks_and_waits("wang")
    assert await hands_on(story, "wang")
