"""An agent is taken off the channel from Slack: by its author, by an admin, and while Coze fails or refuses."""

import pytest

from tests.stories.story import Story, told
from tests.stories.test_guide_from_online import goes_online

TITLE, WHY = "夜航员", "展览结束了"


async def is_online(story: Story) -> str:
    """Mei's agent is online on the channel; its id."""
    await story.tries("reset", seed="agent-ready")
    return str((await goes_online(story, TITLE))["bot_id"])


async def takes_off(story: Story) -> None:
    """From the card's menu, with a reason."""
    await story.presses("mei", "下架…")
    await story.sees_form("mei", f"下架「{TITLE}」", "眼镜用户找不到它", "API 上照常能用")
    await story.sends("mei", 为什么下架=WHY)


def state(story: Story, bot_id: str) -> str:
    """Where it stands on Coze."""
    return str(story.world.coze.state.bots[bot_id].publications[story.coze["connector_id"]].state)


async def test_an_author_takes_it_off(database: str) -> None:
    """Coze says that it is done, the card and the history say who and why, and it may be published again."""
    async with told(database) as story:
        bot_id = await is_online(story)
        await takes_off(story)
        await story.reads("mei", f"「{TITLE}」已从「闪极智能体」下架", "@mei", WHY, "已验证")
        assert state(story, bot_id) == "offline"
        await story.types("lin", f"/sharge history {TITLE}")
        await story.sees_form("lin", "发布记录", f"@mei 下架了：{WHY}")
        await story.types("mei", f"/sharge publish {TITLE}")
        await story.sees_form("mei", "确认发布")


async def test_an_admin_takes_it_off(database: str) -> None:
    """From the release history; its author reads who did and why. What can't be said is refused at its field."""
    async with told(database) as story:
        bot_id = await is_online(story)
        await story.types("lin", "/sharge history")
        await story.sees_form("lin", TITLE, "已上线")
        await story.presses("lin", "下架…")
        await story.sees_form("lin", f"下架「{TITLE}」")
        refused = await story.tries("submit", who="lin", fields={"为什么下架": "  "})
        assert refused["errors"]
        await story.sends("lin", 为什么下架=WHY)
        await story.reads("mei", "已从「闪极智能体」下架", "@lin", WHY)
        assert state(story, bot_id) == "offline"


@pytest.mark.parametrize("kind", ["server_error", "html_502", "cut", "rate_limited"])
async def test_it_outlives_an_outage(story: Story, kind: str) -> None:
    """The card says that it is on its way; it is asked again, and done once."""
    bot_id = await is_online(story)
    await story.goes_wrong("coze", kind, method="/unpublish")
    await takes_off(story)
    await story.reads("mei", f"「{TITLE}」", "正在从「闪极智能体」下架")
    await story.works_again()
    await story.reads_in_time("mei", "已从「闪极智能体」下架", WHY)
    assert state(story, bot_id) == "offline"


async def test_what_coze_refuses_is_told_and_can_be_tried_again(story: Story) -> None:
    """It stays online, and the card says why."""
    bot_id = await is_online(story)
    await story.goes_wrong("coze", "missing_permission", method="/unpublish")
    await takes_off(story)
    await story.reads("mei", f"「{TITLE}」 · 已上线", "扣子没有下架", "我自己的凭证")
    assert state(story, bot_id) == "online"
    await story.works_again()
    await takes_off(story)
    await story.reads("mei", "已从「闪极智能体」下架", WHY)


async def test_what_was_taken_off_by_hand_meanwhile_is_off(story: Story) -> None:
    """Coze refuses what is not there any more: it is looked for in the channel's list."""
    bot_id = await is_online(story)
    await story.goes_wrong("coze", "missing_permission", method="/unpublish")
    await story.on_coze("unpublish", name="owner", bot_id=bot_id)
    await takes_off(story)
    await story.reads("mei", "已从「闪极智能体」下架", WHY)


async def test_only_the_version_that_is_there_is_taken_off(database: str) -> None:
    """Published again since, the older version's entry and card take nothing off."""
    async with told(database) as story:
        bot_id = await is_online(story)
        await story.passes(advance=60)
        await story.types("mei", f"/sharge publish {TITLE}")
        await story.sees_form("mei", "确认发布")
        await story.sends("mei")
        await story.reads("mei", f"「{TITLE}」审核中")
        await story.on_coze("review", bot_id=bot_id, verdict="passed")
        await story.passes(advance=600)

        async def twice() -> bool:
            return sum(f"「{TITLE}」 · 已上线" in text for text in await story.texts("mei")) == 2

        await story.waits(twice, "both versions have been online", "mei")
        await story.types("lin", f"/sharge history {TITLE}")
        form = await story.sees_form("lin", "发布记录", TITLE)
        assert form["plain"].count("已上线") == 2
        assert str(form).count("publish.take_off") == 1


async def test_a_form_left_open_takes_nothing_else_off(story: Story) -> None:
    """Sent when the agent has been taken off already, it says that this is over."""
    await is_online(story)
    await story.types("lin", "/sharge history")
    await story.sees_form("lin", TITLE)
    await story.presses("lin", "下架…")
    await story.sees_form("lin", f"下架「{TITLE}」")
    await takes_off(story)
    await story.reads("mei", "已从「闪极智能体」下架", WHY)
    await story.sends("lin", 为什么下架="再来一次")
    await story.sees_form("lin", "已经有了新进展")
    assert len([call for call in story.world.coze.state.calls if call.path.endswith("/unpublish")]) == 1
