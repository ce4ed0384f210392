"""Published by hand on Coze, and said so in the guide: the review ends as Coze lists it, or as its author tells."""

from typing import Any

from tests.stories.story import Story, told
from tests.stories.test_guide_errors import fails
from tests.stories.test_verdict import WEEK, WORDS, deeds


async def publishes_by_hand(story: Story, title: str) -> dict[str, Any]:
    """Mei's agent in ShargeAI, published on Coze's own page; she says so in the guide."""
    await story.tries("reset", seed="agent-ready")
    await story.types("mei", "/sharge start")
    await story.presses_soon("mei", "上闪极智能体")
    agent = await story.on_coze("agent", name="mei", title=title, workspace="ShargeAI")
    await story.presses_soon("mei", "填智能体地址")
    address = f"https://www.coze.cn/space/{agent['workspace_id']}/bot/{agent['bot_id']}"
    await story.sends("mei", 地址=address, 名字=title)
    await story.reads("mei", "第 5 步", "发布到「闪极智能体」")
    await story.on_coze("publish", name="mei", bot_id=agent["bot_id"])
    await story.presses("mei", "我已发布")
    await story.reads("mei", "第 5 步", "审核中", "你已确认")
    return agent


async def test_a_rejection_by_hand_leads_back_and_on(database: str) -> None:
    """E14 with the reviewer's words, all of it confirmed; what is mended and published again is then found online."""
    async with told(database) as story:
        agent = await publishes_by_hand(story, "夜航员")
        await story.reads("mei", "「夜航员」审核中", "手动发布 · 你已确认")
        await story.on_coze("review", bot_id=agent["bot_id"], verdict="rejected")
        await story.passes(advance=600)
        await story.presses("mei", "审核没通过")
        await story.sees_form("mei", "没有通过审核", "夜航员", "审核人写了什么")
        await story.sends("mei", 审核人=WORDS)
        await fails(story, "E14", WORDS, "结论由你告知", buttons=("打开智能体", "我又发布了"))
        assert [detail for _, detail in await deeds(story, "publish.rejected")] == [{"evidence": "confirmed"}]
        await story.on_coze("publish", name="mei", bot_id=agent["bot_id"])
        await story.presses("mei", "我又发布了")
        card = await story.reads("mei", "第 5 步", "审核中", "手动发布 · 你已确认")
        assert WORDS not in card
        await story.types("mei", "/sharge status")
        await story.reads("mei", "夜航员", "审核中 · 你已确认")
        await story.on_coze("review", bot_id=agent["bot_id"], verdict="passed")
        await story.passes(advance=600)
        await story.reads("mei", "第 6 步", "已发布到「闪极智能体」 · 扣子已列出")
        assert [detail for _, detail in await deeds(story, "publish.claim")] == [{"evidence": "confirmed"}] * 2


async def test_what_was_told_is_not_undone(story: Story) -> None:
    """Without the reviewer's words; a later look does not turn it, and having the bot publish goes on from there."""
    agent = await publishes_by_hand(story, "夜航员")
    await story.presses("mei", "审核没通过")
    await story.sends("mei")
    await fails(story, "E14", "你没有填")
    await story.on_coze("review", bot_id=agent["bot_id"], verdict="passed")
    await story.passes(advance=WEEK)
    await fails(story, "E14", "你没有填")
    assert not [text for text in await story.texts("mei") if "已上线" in text]
    await story.presses("mei", "回到这一步")
    await story.presses_soon("mei", "帮我发布")
    await story.sees_form("mei", "确认发布", "夜航员")
    await story.sends("mei")
    await story.reads("mei", "第 5 步", "「夜航员」审核中", "等审核结论")


async def test_a_week_without_a_verdict(story: Story) -> None:
    """The looking ends, and its author says what they find; it counts as their word."""
    await publishes_by_hand(story, "夜航员")
    await story.passes(advance=WEEK + 7200)
    await story.reads_in_time("mei", "第 5 步", "「夜航员」上线了吗", "你手动发布的", "7 天")
    await story.presses("mei", "已经上线")
    await story.reads("mei", "第 6 步", "已发布到「闪极智能体」 · 你已确认")


async def test_somebodys_word_keeps_nobody_from_publishing(story: Story) -> None:
    """Tom claims mei's agent; she has it published as ever, and what he claimed says no more than he did."""
    await story.tries("reset", seed="agent-ready")
    agent = await story.on_coze("agent", name="mei", title="夜航员", workspace="ShargeAI")
    await story.types("tom", "/sharge start")
    await story.presses_soon("tom", "Use the channel")
    await story.presses_soon("tom", "Yes, I'm in it")
    await story.presses_soon("tom", "Enter address")
    address = f"https://www.coze.cn/space/{agent['workspace_id']}/bot/{agent['bot_id']}"
    await story.sends("tom", Address=address, name="Navigator")
    await story.presses_soon("tom", "I published it")
    await story.reads("tom", "Step 5 of 6", "“夜航员” is in review", "Published by hand · you confirmed")
    await story.types("mei", "/sharge publish 夜航员")
    await story.sees_form("mei", "确认发布", "夜航员")
    await story.sends("mei")
    await story.reads("mei", "「夜航员」审核中", "已提交")
    await story.presses("tom", "It was rejected")
    await story.sends("tom", **{"What the reviewer wrote": "too dark"})
    await story.reads("tom", "Rejected in review", "too dark", "Step 5 of 6")
    await story.reads("mei", "「夜航员」审核中")


async def test_the_bot_publishes_what_was_only_claimed(story: Story) -> None:
    """Pressed by mistake: the bot publishes it after all, and the claim is not asked after a week later."""
    agent = await publishes_by_hand(story, "夜航员")
    await story.types("mei", "/sharge publish 夜航员")
    await story.sees_form("mei", "确认发布", "夜航员")
    await story.sends("mei")
    await story.reads("mei", "第 5 步", "「夜航员」审核中", "已提交")
    assert not [text for text in await story.texts("mei") if "手动发布 · 你已确认" in text]
    await story.on_coze("review", bot_id=agent["bot_id"], verdict="passed")
    await story.passes(advance=600)
    await story.reads("mei", "第 6 步", "已发布到「闪极智能体」 · 扣子已列出")
    await story.passes(advance=WEEK + 7200)
    await story.types("mei", "/sharge status")
    await story.reads("mei", "夜航员", "已上线 · 扣子已列出")
    assert not [text for text in await story.texts("mei") if "上线了吗" in text]


async def test_a_claim_outlives_an_attempt_that_reached_nobody(story: Story) -> None:
    """The bot's own attempt is refused; then the review of what was published by hand passes, and that is told."""
    agent = await publishes_by_hand(story, "夜航员")
    await story.goes_wrong("coze", "missing_permission", method="/v1/bot/publish", times=1)
    await story.types("mei", "/sharge publish 夜航员")
    await story.sees_form("mei", "确认发布", "夜航员")
    await story.sends("mei")
    await story.reads("mei", "第 5 步", "这个令牌不能发布")
    await story.reads("mei", "「夜航员」审核中", "手动发布 · 你已确认")
    await story.on_coze("review", bot_id=agent["bot_id"], verdict="passed")
    await story.passes(advance=7200)
    await story.reads_in_time("mei", "「夜航员」 · 已上线", "扣子已列出 · 已验证")


async def test_a_form_left_open_does_not_publish_once_more(story: Story) -> None:
    """Mei says that she published it by hand while the form still asks: what it would send is old by now."""
    await publishes_by_hand(story, "夜航员")
    await story.presses("mei", "审核没通过")
    await story.sends("mei")
    await fails(story, "E14", "你没有填")
    await story.types("mei", "/sharge publish 夜航员")
    await story.sees_form("mei", "确认发布", "夜航员")
    await story.presses("mei", "我又发布了")
    await story.reads("mei", "第 5 步", "「夜航员」审核中")
    await story.sends("mei")
    await story.sees_form("mei", "已经有了新进展")
    await story.reads("mei", "「夜航员」审核中", "手动发布 · 你已确认")
