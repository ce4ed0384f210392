"""What is looked at before a publish: each thing in the way is told with its fix, before the yes and after it."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.store.database import Database
from bot.store.tables import publication
from tests.stories.story import Json, Story, told
from tests.stories.test_verdict import publishes

DAY = 86400
NOTE = "这一版会用英文讲 <@U0LIN> & <100 字"


async def online(story: Story, title: str) -> None:
    """An agent of somebody else's is in the channel."""
    bot = story.world.coze.state.add_bot(title, story.space, story.coze["users"]["lin"])
    await story.on_coze("publish", name="lin", bot_id=bot.id)
    await story.on_coze("review", bot_id=bot.id, verdict="passed")


async def ready(story: Story, title: str = "夜航员") -> dict[str, Any]:
    """Mei may publish her agent of this name."""
    await story.tries("reset", seed="agent-ready")
    return await story.on_coze("agent", name="mei", title=title, workspace="ShargeAI")


async def rows(story: Story) -> list[Any]:
    """All publications that were begun."""
    database = Database(story.database)
    try:
        async with database.read() as conn:
            found = await conn.execute(select(publication).where(publication.c.state != "draft"))
            return list(found)
    finally:
        await database.close()


def buttons(form: Json) -> list[str]:
    """What can be pressed beside the entries of a list."""
    return [block["accessory"]["text"]["text"] for block in form["blocks"] if "accessory" in block]


@pytest.mark.parametrize("option", ["--check", "—检查", "－－CHECK", "--检查"])
async def test_a_look_ends_there(option: str, story: Story) -> None:
    """However the option is written. Nothing is sent; one press goes on."""
    await ready(story)
    await story.types("mei", f"/sharge publish 夜航员 {option}")
    form = await story.sees_form("mei", "可以发布", "「夜航员」", "8 项检查，8 项通过")
    assert buttons(form) == []
    assert await rows(story) == []
    await story.sends("mei")
    await story.sees_form("mei", "确认发布", "夜航员", "刚检查过")


async def test_a_taken_name_is_told_with_its_fix(database: str) -> None:
    """Red with the way to rename; the same list is looked at again from there."""
    async with told(database) as story:
        agent = await ready(story)
        await online(story, "夜航员")
        await story.types("mei", "/sharge publish 夜航员")
        form = await story.sees_form("mei", "名字已被占用", "里已经有「夜航员」", "7 项通过")
        assert buttons(form) == ["改名"]
        await story.sends("mei")
        await story.sees_form("mei", "名字已被占用")
        story.world.coze.state.bots[agent["bot_id"]].name = "夜行员"
        await story.sends("mei")
        await story.sees_form("mei", "确认发布", "夜行员")
        await story.sends("mei")
        await story.reads("mei", "「夜行员」审核中")


async def test_what_is_hard_to_say_is_noted(story: Story) -> None:
    """Nobody is kept from publishing by it: it sounds like another, holds digits and Latin letters, and is long."""
    await ready(story, "夜航员GPS 007")
    await online(story, "业航员gps007")
    await story.types("mei", "/sharge publish 夜航员")
    form = await story.sees_form("mei", "确认发布", "同音", "业航员gps007", "有数字", "有英文字母")
    assert "有点长" not in form["plain"]
    await story.sends("mei")
    await story.reads("mei", "「夜航员GPS 007」审核中")


async def test_nothing_new_is_noted(story: Story) -> None:
    """As Coze tells it, the draft is the last version."""
    await story.tries("reset", seed="agent-ready")
    agent = await publishes(story, "夜航员")
    await story.reads("mei", "「夜航员」审核中")
    await story.on_coze("review", bot_id=agent["bot_id"], verdict="passed")
    await story.passes(advance=600)
    await story.reads("mei", "「夜航员」 · 已上线")
    await story.types("mei", "/sharge publish 夜航员")
    await story.sees_form("mei", "确认发布", "没有改动", "扣子已列出一个版本")


async def test_a_publish_under_way_is_told(story: Story) -> None:
    """The list says so, and nothing is kept for a second one."""
    await ready(story)
    await publishes(story, "望远镜")
    await story.reads("mei", "「望远镜」审核中")
    await story.types("mei", "/sharge publish 望远镜")
    await story.sees_form("mei", "它已经在发布了")
    assert len(await rows(story)) == 1


@pytest.mark.parametrize("pause", [600, DAY])
async def test_an_old_confirmation_is_looked_at_again(pause: int, story: Story) -> None:
    """S5: what was looked at long ago is not published; the note stays as typed, and goes with the next yes."""
    await ready(story)
    await story.types("mei", "/sharge publish 夜航员")
    await story.sees_form("mei", "确认发布", "10 分钟内有效")
    await story.passes(advance=pause)
    await story.sends("mei", 版本说明=NOTE)
    form = await story.sees_form("mei", "确认发布", "10 分钟内有效")
    assert await rows(story) == []
    [note] = [block["element"] for block in form["blocks"] if block.get("block_id", "").startswith("publish.note")]
    assert note["initial_value"] == NOTE
    await story.sends("mei", 版本说明=note["initial_value"])
    await story.reads("mei", "「夜航员」审核中")
    [row] = await rows(story)
    assert row.note == NOTE


async def test_a_note_is_guarded(story: Story) -> None:
    """A secret is refused in the form, which keeps what was typed."""
    await ready(story)
    await story.types("mei", "/sharge publish 夜航员")
    await story.sees_form("mei", "确认发布")
    refused = await story.tries("submit", who="mei", fields={"版本说明": f"新令牌 pat_{'a' * 64}"})
    assert "像是令牌，我没有保存" in str(refused["errors"])
    assert await rows(story) == []


async def test_all_is_looked_at_again_after_the_yes(database: str) -> None:
    """The agent is gone, its name is taken meanwhile: the card says so with the list, and nothing was sent."""
    for gone in (True, False):
        async with told(database) as story:
            agent = await ready(story)
            await story.types("mei", "/sharge publish 夜航员")
            await story.sees_form("mei", "确认发布")
            if gone:
                await story.on_coze("delete", name="mei", bot_id=agent["bot_id"])
            else:
                await online(story, "夜航员")
            await story.sends("mei")
            why = "不在你的 ShargeAI 智能体里" if gone else "名字已被占用"
            await story.reads("mei", "改好 1 处，就能发布", why, "什么都没有发布")
            mine = [bot for bot in story.world.coze.state.bots.values() if bot.owner_id == story.coze["users"]["mei"]]
            assert not any(bot.versions for bot in mine)


async def test_what_coze_does_not_tell_is_not_green(story: Story) -> None:
    """It falls silent between the choice and the look: not known, with the same list to look again."""
    await ready(story)
    await story.types("mei", "/sharge publish")
    await story.sees_form("mei", "列的是你在 ShargeAI 空间里的智能体")
    await story.goes_wrong("coze", "html_502", method="/v1/bots")
    await story.sends("mei", 智能体="夜航员")
    await story.sees_form("mei", "还不知道", "扣子没有回应，我没查到")
    await story.works_again()
    await story.sends("mei")
    await story.sees_form("mei", "确认发布", "夜航员")


async def test_a_channel_that_is_not_told_of_is_noted(story: Story) -> None:
    """What Coze answers for one that is not installed is undocumented: it is said, and the publish itself tells."""
    await ready(story)
    await story.types("mei", "/sharge publish")
    await story.sees_form("mei", "列的是你在 ShargeAI 空间里的智能体")
    story.space.connectors.clear()
    await story.sends("mei", 智能体="夜航员")
    form = await story.sees_form("mei", "确认发布", "夜航员", "没有比较名字")
    assert "同音" not in form["plain"]


async def test_a_guide_says_why_it_was_stopped(story: Story) -> None:
    """The name is taken between the yes and the call: the guide's step says so, and how to mend it."""
    agent = await ready(story)
    await story.types("mei", "/sharge start")
    await story.presses_soon("mei", "上闪极智能体")
    await story.presses_soon("mei", "填智能体地址")
    address = f"https://www.coze.cn/space/{agent['workspace_id']}/bot/{agent['bot_id']}"
    await story.sends("mei", 地址=address, 名字="夜航员")
    await story.reads("mei", "第 5 步")
    await story.presses_soon("mei", "帮我发布")
    await story.sees_form("mei", "确认发布", "夜航员")
    await online(story, "夜航员")
    await story.sends("mei")
    await story.reads("mei", "换个名字，再发布", "名字已被占用")
