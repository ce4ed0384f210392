"""What became of an agent's versions: for its author from the card, for admins by command; and nobody else's."""

from tests.stories.story import Story, told
from tests.stories.test_verdict import publishes

NOTE = "这一版会用英文讲"


async def test_versions_are_listed_with_what_is_known(database: str) -> None:
    """The rejected one with the reviewer's words, the newer one with its note; as confirmed and as verified."""
    async with told(database) as story:
        await story.tries("reset", seed="agent-ready")
        agent = await publishes(story, "夜航员")
        await story.reads("mei", "「夜航员」审核中")
        await story.presses("mei", "审核没通过")
        await story.sends("mei", 审核人="开场白太长")
        await story.presses_soon("mei", "再发布")
        await story.sees_form("mei", "确认发布")
        await story.sends("mei", 版本说明=NOTE)
        await story.reads("mei", "「夜航员」审核中")
        await story.on_coze("review", bot_id=agent["bot_id"], verdict="passed")
        await story.passes(advance=600)
        await story.reads("mei", "「夜航员」 · 已上线")
        await story.presses("mei", "发布记录")
        known = "作者已确认", "扣子已列出 · 已验证"
        form = await story.sees_form("mei", "发布记录", NOTE, "审核人写道：开场白太长", *known)
        assert form["plain"].index("✅ 已上线") < form["plain"].index("❌ 没有通过审核")
        await story.tries("close", who="mei")
        await story.types("lin", "/sharge 发布记录 夜航")
        await story.sees_form("lin", "发布记录", "夜航员", "@mei", NOTE)
        await story.tries("close", who="lin")
        await story.types("lin", "/sharge history 100%")
        await story.sees_form("lin", "还没有发布过")


async def test_a_member_has_no_list_of_all(story: Story) -> None:
    """The command is the admins'."""
    await story.tries("reset", seed="agent-ready")
    await story.types("mei", "/sharge history")
    await story.reads("mei", "这件事由管理员决定")
