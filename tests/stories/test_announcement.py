"""An agent that has gone online is told of in the channel for news, where its author wished so, once."""

from tests.stories.story import Story, told
from tests.stories.test_review_desk import TITLE, desk_opens

NOTE = "支持英文讲解"


async def publishes(story: Story, *, announces: bool) -> str:
    """Mei has it published, with a note; its id."""
    await story.types("mei", f"/sharge publish {TITLE}")
    await story.sees_form("mei", "确认发布", "上线后", "在公告频道说一声")
    ticked = {"publish.announce": ["yes"]} if announces else {}
    await story.sends("mei", **{"publish.note": NOTE, **ticked})
    return story.world.coze.state.find_bot(TITLE).id


async def test_it_is_told_once_it_is_online(database: str) -> None:
    """By the desk's verdict; taken off again, the post says that."""
    async with told(database) as story:
        await desk_opens(story)
        bot_id = await publishes(story, announces=True)
        await story.reads("lin", "等审核", channel="admins")
        assert not await story.texts("lin", "general")
        await story.presses("lin", "通过", channel="admins")
        await story.reads("tom", f"{TITLE} 上线了，@mei 做的", NOTE, f"找{TITLE}", channel="general")
        await story.passes(advance=60)
        await story.on_coze("unpublish", name="owner", bot_id=bot_id)
        await story.reads("tom", f"「{TITLE}」已从「闪极智能体」下架", channel="general")
        assert len(await story.texts("tom", "general")) == 1


async def test_it_is_told_when_coze_lists_it(database: str) -> None:
    """Without the desk, and only where it is wished."""
    async with told(database) as story:
        await story.tries("reset", seed="agent-ready")
        bot_id = await publishes(story, announces=True)
        await story.reads("mei", f"「{TITLE}」审核中")
        await story.on_coze("review", bot_id=bot_id, verdict="passed")
        await story.passes(advance=600)
        await story.reads("tom", f"{TITLE} 上线了", channel="general")


async def test_who_does_not_tick_is_not_told_of(story: Story) -> None:
    """Nor is it where nobody has set a channel."""
    await desk_opens(story)
    await publishes(story, announces=False)
    await story.reads("lin", "等审核", channel="admins")
    await story.presses("lin", "通过", channel="admins")
    await story.reads("mei", f"「{TITLE}」 · 已上线")
    await story.settles()
    assert not await story.texts("tom", "general")


async def test_without_a_channel_nothing_is_offered(database: str) -> None:
    """The form is as it was."""
    async with told(database, settings={"ANNOUNCE_CHANNEL": ""}) as story:
        await desk_opens(story)
        await story.types("mei", f"/sharge publish {TITLE}")
        form = await story.sees_form("mei", "确认发布")
        assert "公告频道" not in form["plain"]


async def test_a_channel_without_the_bot_is_found_at_start(database: str) -> None:
    """Admins read it at Home, with what mends it."""
    async with told(database, settings={"ANNOUNCE_CHANNEL": "C0NOWHERE"}) as story:
        await story.tries("home", who="lin")
        await story.looks_home("lin", "ANNOUNCE_CHANNEL", "C0NOWHERE")


async def test_a_tick_outlives_a_confirmation_that_is_late(story: Story) -> None:
    """Sent after its ten minutes, the form comes again as it was filled in."""
    await desk_opens(story)
    await story.types("mei", f"/sharge publish {TITLE}")
    await story.sees_form("mei", "确认发布")
    await story.passes(advance=660)
    await story.sends("mei", **{"publish.note": NOTE, "publish.announce": ["yes"]})
    await story.sees_form("mei", "确认发布", "在公告频道说一声")
    await story.sends("mei")
    await story.reads("lin", "等审核", NOTE, channel="admins")
    await story.presses("lin", "通过", channel="admins")
    await story.reads("tom", f"{TITLE} 上线了", channel="general")


async def test_a_mere_word_announces_nothing(story: Story) -> None:
    """Nobody heard the answer, and the author says that it is online: nothing is told that only they have seen."""
    await story.tries("reset", seed="agent-ready")
    await story.types("mei", f"/sharge publish {TITLE}")
    await story.sees_form("mei", "确认发布")
    await story.goes_wrong("coze", "html_502", method="/v1/bot/publish")
    await story.sends("mei", **{"publish.announce": ["yes"]})
    await story.reads_in_time("mei", "上线了吗")
    await story.presses("mei", "已经上线")
    await story.reads("mei", f"「{TITLE}」 · 已上线", "你已确认")
    await story.settles()
    assert not await story.texts("tom", "general")
