"""Coze is away for three hours: what was under way goes on where it stood, and nobody has to press anything."""

import pytest
from sqlalchemy import update

from bot.store.database import Database
from bot.store.job import OUTAGE_TRIES
from bot.store.tables import job
from tests.stories.story import Story
from tests.stories.test_verdict import publishes

HOURS, STEP = 3, 300  # of simulated time, in seconds


async def away(story: Story, method: str, kind: str = "html_502") -> None:
    """Every call of this kind fails, for so long that twelve tries are over."""
    await story.goes_wrong("coze", kind, method=method)
    for _ in range(HOURS * 3600 // STEP):
        await story.passes(advance=STEP)
    await story.works_again()
    await story.passes(advance=1200)


async def test_an_invitation_goes_out_when_coze_is_back(story: Story) -> None:
    await story.asks_and_waits("mei")
    await story.goes_wrong("coze", "html_502", method="/members")
    await story.presses("lin", "批准", channel="admins")
    await story.reads("lin", "已批准", channel="admins")
    await away(story, "/members")
    await story.reads_in_time("mei", "去扣子接受 ShargeAI 的邀请")
    await story.on_coze("user", name="mei", accept_invitation=True)
    await story.passes(advance=900)
    await story.reads_in_time("mei", "你已加入 ShargeAI")


async def test_a_publish_that_could_not_be_sent_can_be_sent_again(story: Story) -> None:
    """For an hour it is tried; then the card says so, and the agent is free."""
    await story.tries("reset", seed="agent-ready")
    await story.on_coze("agent", name="mei", title="夜航员", workspace="ShargeAI")
    await story.types("mei", "/sharge publish 夜航员")
    await story.sees_form("mei", "确认发布", "夜航员")
    await story.goes_wrong("coze", "rate_limited", method="/v1/bot/publish")
    await story.sends("mei")
    await away(story, "/v1/bot/publish", "rate_limited")
    await story.reads_in_time("mei", "过几分钟再试", "「夜航员」没有发布")
    await story.presses("mei", "再试一次")
    await story.sees_form("mei", "确认发布", "夜航员")
    await story.sends("mei")
    await story.reads("mei", "「夜航员」审核中")


async def test_a_publish_that_could_not_be_looked_at_can_be_sent_again(story: Story) -> None:
    """Nothing has to be mended then: the card says that Coze was silent, once."""
    await story.tries("reset", seed="agent-ready")
    await story.on_coze("agent", name="mei", title="夜航员", workspace="ShargeAI")
    await story.types("mei", "/sharge publish 夜航员")
    await story.sees_form("mei", "确认发布", "夜航员")
    await story.goes_wrong("coze", "html_502", method="/v1/bots")
    await story.sends("mei")
    await away(story, "/v1/bots")
    card = await story.reads_in_time("mei", "没有发布：扣子没有回应", "「夜航员」→ 闪极智能体")
    assert card.count("还不知道") == 1
    await story.presses("mei", "再发布…")
    await story.sees_form("mei", "确认发布", "夜航员")
    await story.sends("mei")
    await story.reads("mei", "「夜航员」审核中")


@pytest.mark.parametrize("kind", ["html_502", "missing_permission"])
async def test_a_verdict_is_told_when_coze_is_back(story: Story, kind: str) -> None:
    """Also where an operator had to mend the bot's credential first."""
    await story.tries("reset", seed="agent-ready")
    agent = await publishes(story, "夜航员")
    await story.reads("mei", "「夜航员」审核中")
    await away(story, "/versions", kind)
    await story.on_coze("review", bot_id=agent["bot_id"], verdict="passed")
    await story.passes(advance=3600)
    await story.reads_in_time("mei", "「夜航员」 · 已上线", "扣子已列出 · 已验证")


async def test_an_outage_without_end_gives_the_admins_their_button(story: Story) -> None:
    """After three days of trying the card says why, and one press sends the invitation again."""
    await story.asks_and_waits("mei")
    await story.goes_wrong("coze", "html_502", method="/members")
    await story.presses("lin", "批准", channel="admins")
    database = Database(story.database)
    try:
        await story.waits(lambda: nearly_over(database), "the invitation was tried")
    finally:
        await database.close()
    await story.passes(advance=1200)
    await story.reads_in_time("lin", "扣子暂时没有响应", channel="admins")
    await story.works_again()
    await story.presses("lin", "重发邀请", channel="admins")
    await story.reads_in_time("mei", "去扣子接受 ShargeAI 的邀请")


async def nearly_over(database: Database) -> bool:
    """Once the invitation waits for its next try, that is its last."""
    async with database.write() as tx:
        tried = update(job).where(job.c.kind == "invite", job.c.state == "due", job.c.attempts > 0)
        return (await tx.conn.execute(tried.values(attempts=OUTAGE_TRIES - 1))).rowcount == 1
