"""The review desk: Coze asks the channel's owner, an admin decides in Slack, and everybody's card follows."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.core import review as rules
from bot.playground.world.coze import Publication
from bot.texts.review import review_texts
from tests.databases import fresh
from tests.stories.story import Story, told

WORDS = "开场白要念二十秒，请压到 30 字以内"
TITLE = "博物馆讲解员"


async def desk_opens(story: Story) -> None:
    """Mei is in the team and has an agent, and the channel's callback is set."""
    await story.tries("reset", seed="agent-ready")
    await story.on_coze("channel", callback_url=True)


async def publishes(story: Story, title: str = TITLE) -> str:
    """Mei has the bot publish an agent of hers; its id."""
    await story.types("mei", f"/sharge publish {title}")
    await story.sees_form("mei", "确认发布", title)
    await story.sends("mei")
    await story.reads("lin", "审核", title, "等审核", channel="admins")
    return story.world.coze.state.find_bot(title).id


async def by_hand(story: Story, bot_id: str, **more: Any) -> None:
    """Somebody publishes it on Coze's own site."""
    await story.on_coze("publish", name="mei", bot_id=bot_id, **more)


def on_channel(story: Story, bot_id: str) -> Publication:
    """Where it stands on Coze."""
    return story.world.coze.state.bots[bot_id].publications[story.coze["connector_id"]]


async def test_approved_in_slack(database: str) -> None:
    """From the form to online: Coze is answered reviewing, an admin presses, all cards say what Coze has taken."""
    async with told(database) as story:
        await desk_opens(story)
        bot_id = await publishes(story)
        assert on_channel(story, bot_id).state == "reviewing"
        card = await story.reads("lin", f"审核「{TITLE}」", "@mei", "扣子的签名已验证", channel="admins")
        assert "名字念得出来" in card
        await story.reads("mei", f"「{TITLE}」审核中", "由渠道管理员审核")
        await story.presses("lin", "通过", channel="admins")
        await story.reads("lin", "已通过，上线了", "@mei", "结论已回给扣子", channel="admins")
        assert on_channel(story, bot_id).state == "online"
        await story.reads("mei", f"「{TITLE}」 · 已上线", "管理员已通过 · 已验证")
        await story.types("mei", "/sharge status")
        await story.reads("mei", TITLE, "已上线 · 管理员已通过")


async def test_what_waits_stands_on_the_home_of_admins(database: str) -> None:
    """With the way to decide; once it is decided it is gone."""
    async with told(database) as story:
        await desk_opens(story)
        await publishes(story)
        await story.tries("home", who="lin")
        await story.looks_home("lin", "要审核的版本", TITLE, "@mei")
        await story.presses("lin", "去审核", channel="home")
        await story.sees_form("lin", f"审核「{TITLE}」")
        await story.presses("lin", "通过")
        await story.reads("mei", f"「{TITLE}」 · 已上线")

        async def gone() -> bool:
            return "要审核的版本" not in str((await story.screen("lin"))["home"])

        await story.waits(gone, "it waits no more", "lin")


async def test_rejected_with_a_reason_and_sent_again(database: str) -> None:
    """The reason goes to the author and to Coze; the next version's card says how the one before went."""
    async with told(database) as story:
        await desk_opens(story)
        bot_id = await publishes(story)
        await story.presses("lin", "驳回", channel="admins")
        await story.sees_form("lin", "驳回", "哪里要改", "署你的名字")
        await story.sends("lin", **{"review.why": ["long", "slow"], "review.reason": WORDS})
        await story.reads("lin", "已驳回", "@mei", WORDS, "开场白太长", channel="admins")
        assert (on_channel(story, bot_id).state, WORDS in on_channel(story, bot_id).reason) == ("rejected", True)
        card = await story.reads("mei", f"改好「{TITLE}」，再发布一次", WORDS, "渠道管理员的结论 · 已验证")
        assert "@lin 写道" in card
        await publishes(story)
        card = await story.reads("lin", f"审核「{TITLE}」", "第 2 次", channel="admins")
        assert "驳回：开场白太长" in card
        await story.presses("lin", "发布记录", channel="admins")
        await story.sees_form("lin", "❌ 已驳回", "⏳ 审核中")


async def test_nothing_of_a_long_reason_is_lost(database: str) -> None:
    """All that may be ticked, and as many words as the form takes, reach the author and Coze."""
    words = "改" * (rules.WORDS - 1) + "。"
    async with told(database) as story:
        await desk_opens(story)
        bot_id = await publishes(story)
        await story.presses("lin", "驳回", channel="admins")
        await story.sees_form("lin", "驳回", "哪里要改")
        await story.sends("lin", **{"review.why": list(review_texts().reasons), "review.reason": words})
        await story.reads("mei", f"改好「{TITLE}」，再发布一次", words)
        assert words in on_channel(story, bot_id).reason


async def test_the_author_is_asked(database: str) -> None:
    """The question rings with a button, the answer stands on the card and below it, and the review goes on."""
    async with told(database) as story:
        await desk_opens(story)
        await publishes(story)
        await story.presses("lin", "问小美", channel="admins")
        await story.sees_form("lin", "问问")
        await story.sends("lin", **{"review.question": "图片有授权吗？"})
        await story.reads("lin", "等作者回复", "图片有授权吗？", channel="admins")
        await story.reads("mei", "@lin 问", "图片有授权吗？")
        await story.presses("mei", "回复")
        await story.sees_form("mei", "图片有授权吗？")
        await story.sends("mei", **{"review.answer": "馆方授权，可以给你看合同"})
        await story.reads("lin", f"审核「{TITLE}」", "等审核", "馆方授权", channel="admins")
        await story.reads("mei", "@lin 问过")

        async def below() -> bool:
            return any("馆方授权" in text for text in await story.thread("lin"))

        await story.waits(below, "the answer stands below the card", "lin")


async def test_two_admins_at_once(database: str) -> None:
    """One verdict counts and one goes to Coze; the other admin is told who was faster."""
    async with told(database) as story:
        await desk_opens(story)
        bot_id = await publishes(story)
        await story.presses("wang", "驳回", channel="admins")
        await story.sees_form("wang", "哪里要改")
        await story.presses("lin", "通过", channel="admins")
        await story.sends("wang", **{"review.reason": WORDS})
        await story.sees_form("wang", "已批准", "@lin")
        await story.reads("lin", "已通过，上线了", channel="admins")
        assert on_channel(story, bot_id).state == "online"
        puts = [call for call in story.world.coze.state.calls if call.method == "PUT"]
        assert len(puts) == 1


async def test_nobody_but_admins_decides_and_not_about_their_own(story: Story) -> None:
    """Lin's own agent waits for Wang."""
    await desk_opens(story)
    space, lin = story.world.coze.state.team, story.world.coze.state.user("lin")
    space.members[lin.id] = "member"
    token = (await story.on_coze("token", name="lin"))["token"]
    await story.types("lin", f"/sharge check {token}")
    agent = await story.on_coze("agent", name="lin", title="夜航员", workspace="ShargeAI")
    await story.on_coze("publish", name="lin", bot_id=agent["bot_id"])
    await story.reads("lin", "审核「夜航员」", channel="admins")
    await story.presses("wang", "通过", channel="admins")
    await story.reads("wang", "已通过，上线了", channel="admins")


async def test_a_verdict_outlives_an_outage(database: str) -> None:
    """Coze does not answer: it is sent again. Coze refuses: the card says why, and offers to send it again."""
    async with told(database) as story:
        await desk_opens(story)
        bot_id = await publishes(story)
        await story.goes_wrong("coze", "server_error", method="PUT /v1/connectors", times=4)
        await story.presses("lin", "通过", channel="admins")
        await story.reads("lin", "已通过", "结论正在发给扣子", channel="admins")
        assert on_channel(story, bot_id).state == "reviewing"
        await story.reads("mei", f"「{TITLE}」审核中", "由渠道管理员审核")
        await story.reads_in_time("lin", "已通过，上线了", channel="admins")
        await story.on_coze("agent", name="mei", title="夜航员", workspace="ShargeAI")
        await publishes(story, "夜航员")
        await story.goes_wrong("coze", "missing_permission", method="PUT /v1/connectors", times=1)
        await story.presses("lin", "通过", channel="admins")
        await story.reads("lin", "扣子没有收下结论", "渠道自己的应用", channel="admins")
        await story.presses("lin", "再发一次", channel="admins")
        await story.reads("lin", "「夜航员」", "已通过，上线了", channel="admins")


@pytest.mark.parametrize(("act", "says"), [("unpublish", "下架"), ("delete", "已在扣子上删除")])
async def test_what_is_taken_off_needs_no_verdict(act: str, says: str, story: Story) -> None:
    """While it waits and when it is online; a verdict that comes too late changes nothing."""
    await desk_opens(story)
    bot_id = await publishes(story)
    await story.presses("lin", "驳回", channel="admins")
    await story.sees_form("lin", "哪里要改")
    await story.on_coze(act, name="mei", bot_id=bot_id)
    await story.reads("lin", says, "不用再审", channel="admins")
    await story.sends("lin", **{"review.reason": WORDS})
    await story.sees_form("lin", "已经有了新进展")
    await story.reads("mei", says, "已验证")
    assert not [call for call in story.world.coze.state.calls if call.method == "PUT"]


async def test_an_online_agent_is_taken_off(story: Story) -> None:
    """Its author is told, and may publish again."""
    await desk_opens(story)
    bot_id = await publishes(story)
    await story.presses("lin", "通过", channel="admins")
    await story.reads("mei", f"「{TITLE}」 · 已上线")
    await story.passes(advance=60)
    await story.on_coze("unpublish", name="owner", bot_id=bot_id)
    await story.reads("mei", "已从「闪极智能体」下架", "已验证")
    await publishes(story)


async def test_a_new_version_takes_the_place_of_the_one_that_waits(story: Story) -> None:
    """Published anew by hand: the older card is a line, and its verdict is not sent for the newer one."""
    await desk_opens(story)
    bot_id = await publishes(story)
    await story.presses("lin", "驳回", channel="admins")
    await story.sees_form("lin", "哪里要改")
    await story.passes(advance=60)
    await by_hand(story, bot_id, changelog="支持英文讲解")
    await story.reads("lin", "后来又发了新版", channel="admins")
    await story.reads("lin", "等审核", "第 2 次", "这次：支持英文讲解", channel="admins")
    await story.sends("lin", **{"review.reason": WORDS})
    await story.sees_form("lin", "已经有了新进展")
    assert on_channel(story, bot_id).state == "reviewing"


async def test_silent_admins_are_reminded(database: str) -> None:
    """After four working hours, then the day after; the backup group gets the card."""
    async with told(database, settings={"BACKUP_ADMIN_GROUP": "S0ADMINS"}) as story:
        await desk_opens(story)
        await publishes(story)
        await story.passes(advance=4 * 3600 + 60)
        await story.reads("lin", "等审核结论已经 4 小时", channel="admins")
        await story.passes(advance=24 * 3600)
        await story.reads("lin", "等审核结论已经 28 小时", "约定的答复时间", channel="admins")
        await story.passes(advance=24 * 3600)
        await story.reads("wang", f"审核「{TITLE}」", "超时")
        await story.presses("lin", "通过", channel="admins")
        await story.reads("lin", "已通过，上线了", channel="admins")


async def test_a_rule_approves_what_works_with_the_same(database: str) -> None:
    """The first version waits for an admin; the next with the same plugins, workflows and model does not, another
    model does."""
    async with told(database, settings={"REVIEW_AUTO_APPROVE": "all"}) as story:
        await desk_opens(story)
        bot_id = await publishes(story)
        await story.presses("lin", "通过", channel="admins")
        await story.reads("lin", "已通过，上线了", channel="admins")
        await story.passes(advance=60)
        await by_hand(story, bot_id)
        await story.reads("lin", "已通过，上线了", "自动通过规则", "与上次通过时一样", channel="admins")
        assert on_channel(story, bot_id).state == "online"
        story.world.coze.state.bots[bot_id].details["model_info_config"] = {"model_id": "9"}
        await story.passes(advance=60)
        await by_hand(story, bot_id)
        await story.reads("lin", "等审核", "第 3 次", channel="admins")
        await story.settles()
        assert on_channel(story, bot_id).state == "reviewing"


async def test_no_rule_decides_where_coze_can_not_be_asked(story_with_rule: Story) -> None:
    """It waits for an admin."""
    story = story_with_rule
    await desk_opens(story)
    bot_id = await publishes(story)
    await story.presses("lin", "通过", channel="admins")
    await story.reads("lin", "已通过，上线了", channel="admins")
    await story.passes(advance=60)
    await story.goes_wrong("coze", "missing_permission", method="GET /v1/bots/")
    await by_hand(story, bot_id)
    await story.reads("lin", "等审核", "第 2 次", channel="admins")
    await story.settles()
    assert on_channel(story, bot_id).state == "reviewing"


@pytest.fixture
async def story_with_rule(tmp_path: Path) -> AsyncIterator[Story]:
    """The operator lets everybody's agents through that work with what they did."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings={"REVIEW_AUTO_APPROVE": "all"}) as one:
            yield one


async def test_the_desk_in_a_channel_of_its_own(tmp_path: Path) -> None:
    """`REVIEW_CHANNEL`: nothing of it in the admins' channel."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings={"REVIEW_CHANNEL": "C0GENERAL"}) as story:
            await desk_opens(story)
            await story.types("mei", f"/sharge publish {TITLE}")
            await story.sees_form("mei", "确认发布", TITLE)
            await story.sends("mei")
            await story.reads("lin", f"审核「{TITLE}」", channel="general")
            await story.presses("lin", "通过", channel="general")
            await story.reads("lin", "已通过，上线了", channel="general")
            assert not [text for text in await story.texts("lin", "admins") if TITLE in text]
