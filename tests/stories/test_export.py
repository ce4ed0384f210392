"""A story that somebody lives by hand can be taken along as a test, and that test holds."""

from pathlib import Path

import httpx
import pytest

from tests.databases import fresh
from tests.stories.story import Story, told


async def exported(story: Story) -> str:
    """The source that the playground offers now."""
    async with httpx.AsyncClient(trust_env=False) as http:
        return (await http.get(f"{story.ready['human']}story")).text


async def tells(source: str, folder: Path) -> None:
    """Run an exported test against a fresh playground and bot."""
    space: dict[str, object] = {}
    exec(compile(source, "exported", "exec"), space)  # noqa: S102 (this is what the export is for)
    with fresh("sqlite", folder) as url:
        async with told(url) as story:
            await space["test_story"](story)  # type: ignore[operator]


async def lives(story: Story) -> None:
    """A request with a slip, an approval, an invitation, a reminder, a day and a fault."""
    await story.types("mei", "/sharge join")
    await story.sees_form("mei", "申请加入团队")
    filled = {"用户": "mei@example.com", "昵称": "小美", "想做什么": "念天气"}
    await story.tries("submit", who="mei", fields=filled)
    await story.sends("mei", 用户=story.coze["users"]["mei"])
    await story.reads("mei", "等管理员审批")
    await story.presses_soon("lin", "批准", channel="admins")
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")
    await story.reads("mei", "已批准")  # as a person would, who looks before going on
    await story.on_coze("user", name="mei", accept_invitation=True)
    await story.passes(advance=180)
    await story.reads("mei", "你已加入 ShargeAI")
    await story.goes_wrong("coze", "slow", delay=0.1)
    await story.works_again()
    await story.types("mei", "/sharge check")
    await story.sees_form("mei", "令牌或签名凭证")
    await story.sends("mei", 令牌=story.coze["pats"]["mei"])
    await story.reads("mei", "令牌可用")


async def test_an_exported_story_holds(story: Story, tmp_path: Path) -> None:
    """It says what people did and read, looks up what is new each time, and writes no secret down."""
    await lives(story)
    source = await exported(story)
    assert 'await story.types("mei", "/sharge join")' in source
    assert 'await story.tries("submit", who="mei"' in source
    assert '"扣子用户 ID": story.coze["users"]["mei"]' in source
    assert 'await story.presses("lin", "照样批准", channel="admins")' in source
    assert 'await story.reads("mei", "' in source
    assert 'story.coze["pats"]["mei"]' in source
    assert "pat_" not in source
    assert max(map(len, source.splitlines())) <= 118
    await tells(source, tmp_path)


async def test_an_exported_story_fails_when_the_bot_says_something_else(story: Story, tmp_path: Path) -> None:
    """What was read is asked for."""
    await story.types("mei", "/sharge help")
    await story.reads("mei", "/sharge")
    source = await exported(story)
    line = next(line for line in source.splitlines() if ".reads(" in line)
    wrong = source.replace(line, '    story.patience = 0.3\n    await story.reads("mei", "something else")')
    with pytest.raises(AssertionError, match="something else"):
        await tells(wrong, tmp_path)


async def test_a_story_begins_with_its_scenario(story: Story, tmp_path: Path) -> None:
    """What the scenario did is not written down as if somebody had done it now."""
    await story.tries("reset", seed="agent-ready")
    await story.types("mei", "/sharge publish")
    await story.sees_form("mei", "博物馆讲解员")
    source = await exported(story)
    assert 'await story.tries("reset", seed="agent-ready")' in source
    assert "/sharge join" not in source
    await tells(source, tmp_path)
