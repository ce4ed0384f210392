"""Asked and answered: an admin wants to know more, the person tells it, the request goes on."""

from tests.stories.story import Story

QUESTION = "给 <哪家> *博物馆*？"


async def asks(story: Story) -> None:
    """Lin asks mei a question."""
    await story.asks_and_waits()
    await story.presses("lin", "追问", channel="admins")
    await story.sees_form("lin", "追问")
    await story.sends("lin", 问题=QUESTION)
    await story.reads("lin", "等回答", QUESTION, channel="admins")


async def test_a_question_is_answered_and_the_request_goes_on(story: Story) -> None:
    """The question goes by DM, the answer returns into the thread and onto the card; the same request is decided."""
    await asks(story)
    await story.reads("mei", "@lin", QUESTION)
    await story.presses("mei", "回答")
    await story.sees_form("mei", QUESTION)
    refused = await story.tries("submit", who="mei", fields={"回答": "  "})
    assert refused["errors"]
    await story.sends("mei", 回答="上海博物馆 & 分馆")
    await story.reads("lin", "等待审批", "上海博物馆 & 分馆", channel="admins")

    async def in_the_thread() -> bool:
        lines = await story.thread("lin")
        return any("@mei" in line and "上海博物馆 & 分馆" in line for line in lines)

    await story.waits(in_the_thread, "the answer stands in the thread", "lin")
    await story.presses("lin", "批准", channel="admins")
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")
    assert len(await story.texts("lin", "admins")) == 1


async def test_what_was_changed_since_the_card_was_seen_is_not_approved(story: Story) -> None:
    """Lin has a copy of the card before her that only she sees; when she approves by it, it is out of date."""
    await asks(story)
    await story.types("lin", "/sharge queue asked", channel="admins")
    await story.presses("lin", "审批申请", channel="admins")
    copy = (await story.screen("lin"))["channels"]["admins"][-1]
    assert copy["ephemeral"]
    assert "等回答" in copy["plain"]
    await story.presses_soon("mei", "回答")
    await story.sees_form("mei", QUESTION)
    await story.sends("mei", 回答="上海博物馆")
    await story.reads("lin", "上海博物馆", channel="admins")
    await story.presses("lin", "批准", ts=copy["ts"])
    await story.reads("lin", "申请刚改过", channel="admins")
    await story.reads("lin", "等待审批", channel="admins")
    await story.presses("lin", "批准", ts=(await story.screen("lin"))["channels"]["admins"][0]["ts"])
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")
