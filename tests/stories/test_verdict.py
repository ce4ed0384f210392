"""How a review ended, where Coze tells it to the author alone: they say so, and nothing later undoes it."""

from typing import Any

from sqlalchemy import select

from bot.store.database import Database
from bot.store.tables import audit
from tests.stories.story import Story, told
from tests.stories.test_guide_errors import fails

WEEK = 7 * 86400
WORDS = "开场白里有别家的商标"
OVERTAKEN = "「夜航员」后来又发布过，见新的卡片"


async def publishes(story: Story, title: str) -> dict[str, Any]:
    """An agent of mei's in ShargeAI, sent to the channel by the bot."""
    agent = await story.on_coze("agent", name="mei", title=title, workspace="ShargeAI")
    await story.types("mei", f"/sharge publish {title}")
    await story.sees_form("mei", "确认发布", title)
    await story.sends("mei")
    return agent


async def deeds(story: Story, action: str) -> list[tuple[str | None, Any]]:
    """Who did it, and what was written down with it."""
    database = Database(story.database)
    try:
        async with database.read() as conn:
            found = await conn.execute(select(audit).filter_by(action=action))
            return [(row.actor, row.detail) for row in found]
    finally:
        await database.close()


async def test_a_rejection_is_told_by_its_author(story: Story) -> None:
    """E14: the guide and the card follow the author's word; the next attempt goes through."""
    await story.tries("reset", seed="agent-ready")
    await story.types("mei", "/sharge start")
    await story.presses_soon("mei", "上闪极智能体")
    agent = await story.on_coze("agent", name="mei", title="夜航员", workspace="ShargeAI")
    await story.presses_soon("mei", "填智能体地址")
    address = f"https://www.coze.cn/space/{agent['workspace_id']}/bot/{agent['bot_id']}"
    await story.sends("mei", 地址=address, 名字="夜航员")
    await story.goes_wrong("coze", "review_rejected", times=1)
    await story.reads("mei", "第 5 步")
    await story.presses("mei", "帮我发布")
    await story.sees_form("mei", "确认发布", "夜航员")
    await story.sends("mei")
    await story.reads("mei", "第 5 步", "「夜航员」审核中", "等审核结论")
    await story.presses("mei", "审核没通过")
    form = await story.sees_form("mei", "没有通过审核", "夜航员", "审核人写了什么")
    refused = await story.tries("submit", who="mei", fields={"审核人": f"pat_{'a' * 64}"})
    assert "像是令牌，我没有保存" in str(refused["errors"])
    assert (await story.sees_form("mei", "没有通过审核"))["plain"] == form["plain"]
    await story.sends("mei", 审核人=WORDS)
    await fails(story, "E14", WORDS, "结论由你告知", buttons=("打开智能体", "再发布"))
    [(actor, detail)] = await deeds(story, "publish.rejected")
    assert actor == story.world.workspace.people["mei"].id
    assert detail == {"evidence": "confirmed"}
    await story.presses("mei", "再发布")
    await story.sees_form("mei", "确认发布", "夜航员")
    await story.sends("mei")
    await story.reads("mei", "第 5 步", "审核中")
    await story.on_coze("review", bot_id=agent["bot_id"], verdict="passed")
    await story.passes(advance=600)
    await story.reads("mei", "第 6 步", "已发布到「闪极智能体」 · 扣子已列出")


async def test_a_later_look_does_not_undo_what_the_author_said(story: Story) -> None:
    """Nor does the author's word undo what Coze has listed meanwhile."""
    await story.tries("reset", seed="agent-ready")
    agent = await publishes(story, "夜航员")
    await story.reads("mei", "「夜航员」审核中")
    await story.presses("mei", "审核没通过")
    await story.sends("mei")
    rejected = await story.reads("mei", "改好「夜航员」，再发布一次")
    assert "审核人写道" not in rejected
    await story.on_coze("review", bot_id=agent["bot_id"], verdict="passed")
    await story.passes(advance=WEEK)
    await story.reads("mei", "改好「夜航员」，再发布一次")
    assert not [text for text in await story.texts("mei") if "已上线" in text]
    other = await publishes(story, "望远镜")
    await story.reads("mei", "「望远镜」审核中")
    await story.presses("mei", "审核没通过")
    await story.on_coze("review", bot_id=other["bot_id"], verdict="passed")
    await story.passes(advance=600)
    await story.reads("mei", "「望远镜」 · 已上线", "扣子已列出 · 已验证")
    await story.sends("mei", 审核人=WORDS)
    await story.sees_form("mei", "已经有了新进展")
    await story.reads("mei", "「望远镜」 · 已上线", "扣子已列出 · 已验证")


async def test_what_nobody_knows_is_settled_by_its_author(story: Story) -> None:
    """Seven days without a verdict; then it is rejected, or online, as the author found it."""
    await story.tries("reset", seed="agent-ready")
    await publishes(story, "夜航员")
    await story.reads("mei", "「夜航员」审核中")
    await story.passes(advance=WEEK + 7200)
    await story.reads_in_time("mei", "看一眼：「夜航员」上线了吗", "7 天里没有等到")
    await story.presses("mei", "审核没通过")
    await story.sends("mei", 审核人=WORDS)
    await story.reads("mei", "改好「夜航员」，再发布一次", WORDS)
    await story.goes_wrong("coze", "html_502", method="/v1/bot/publish")
    await publishes(story, "望远镜")
    await story.reads_in_time("mei", "看一眼：「望远镜」上线了吗", "扣子没有回应")
    await story.works_again()
    await story.presses("mei", "已经上线")
    online = await story.reads("mei", "「望远镜」 · 已上线", "你已确认")
    assert "已验证" not in online
    await story.types("mei", "/sharge status")
    await story.reads("mei", "望远镜", "已上线 · 你已确认")


async def test_only_the_newest_attempt_can_be_tried_again(database: str) -> None:
    """Older ones are history from the moment when the next one is sent, whatever becomes of that one."""
    async with told(database) as story:
        await story.tries("reset", seed="agent-ready")
        agent = await publishes(story, "夜航员")
        await story.reads("mei", "「夜航员」审核中")
        await story.presses("mei", "审核没通过")
        await story.sends("mei", 审核人=WORDS)
        await story.reads("mei", "改好「夜航员」，再发布一次")
        await story.presses("mei", "再发布")
        await story.sees_form("mei", "确认发布", "夜航员")
        await story.sends("mei")
        await story.reads("mei", "「夜航员」审核中")
        await story.reads("mei", OVERTAKEN)
        assert not [text for text in await story.texts("mei") if WORDS in text]
        assert not (await story.tries("click", who="mei", label="再发布"))["ok"]
        await story.passes(advance=WEEK + 7200)
        await story.reads_in_time("mei", "看一眼：「夜航员」上线了吗", "7 天里没有等到")
        await story.types("mei", "/sharge publish 夜航员")
        await story.sees_form("mei", "确认发布", "夜航员")
        await story.sends("mei")
        await story.reads("mei", "「夜航员」审核中")

        async def all_old() -> bool:
            texts = await story.texts("mei")
            return sum(OVERTAKEN in text for text in texts) == 2 and not any("上线了吗" in text for text in texts)

        await story.waits(all_old, "both cards are history", "mei")
        await story.on_coze("review", bot_id=agent["bot_id"], verdict="passed")
        await story.passes(advance=600)
        await story.reads("mei", "「夜航员」 · 已上线", "扣子已列出 · 已验证")
        assert sum(OVERTAKEN in text for text in await story.texts("mei")) == 2


async def test_what_is_being_published_is_not_offered_again(story: Story) -> None:
    """The form says so instead of asking first, whether the agent was named or picked."""
    await story.tries("reset", seed="agent-ready")
    await publishes(story, "夜航员")
    await story.reads("mei", "「夜航员」审核中")
    await story.types("mei", "/sharge publish 夜航员")
    await story.sees_form("mei", "它已经在发布了")
    await story.on_coze("agent", name="mei", title="望远镜", workspace="ShargeAI")
    await story.types("mei", "/sharge publish")
    await story.sees_form("mei", "列的是你在 ShargeAI 空间里的智能体")
    await story.sends("mei", 智能体="夜航员")
    await story.sees_form("mei", "它已经在发布了")
