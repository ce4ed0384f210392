"""Coze is away for three hours: what was under way goes on where it stood, and nobody has to press anything."""

from tests.stories.story import Story
from tests.stories.test_verdict import publishes

HOURS, STEP = 3, 300  # of story time, in seconds


async def away(story: Story, method: str) -> None:
    """Every call of this kind fails, for so long that twelve tries are over."""
    await story.goes_wrong("coze", "html_502", method=method)
    for _ in range(HOURS * 3600 // STEP):
        await story.passes(advance=STEP)
    await story.works_again()
    await story.passes(advance=1200)


async def test_an_invitation_goes_out_when_coze_is_back(story: Story) -> None:
    await story.asks_and_waits("mei")
    await story.presses("lin", "批准", channel="admins")
    await away(story, "/members")
    await story.reads_in_time("mei", "请接受邀请")
    await story.on_coze("user", name="mei", accept_invitation=True)
    await story.passes(advance=900)
    await story.reads_in_time("mei", "你已加入 ShargeAI")


async def test_a_verdict_is_told_when_coze_is_back(story: Story) -> None:
    await story.tries("reset", seed="agent-ready")
    agent = await publishes(story, "夜航员")
    await story.reads("mei", "「夜航员」 · 审核中")
    await away(story, "/versions")
    await story.on_coze("review", bot_id=agent["bot_id"], verdict="passed")
    await story.passes(advance=3600)
    await story.reads_in_time("mei", "「夜航员」 · 已上线", "已验证")
