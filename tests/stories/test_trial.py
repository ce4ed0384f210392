"""A smoke test: an author asks their agent one question once it is online, and reads the answer, or why none came."""

import pytest

from tests.stories.story import Story
from tests.stories.test_guide_from_online import goes_online

TITLE = "夜航员"


async def opens(story: Story) -> None:
    """The form, from the card of what is online."""
    await story.tries("reset", seed="agent-ready")
    await goes_online(story, TITLE)
    await story.presses("mei", "问它一句…")
    await story.sees_form("mei", f"问问{TITLE}", "1 次对话额度")


async def test_it_answers(story: Story) -> None:
    """Once, on the API channel, and nothing of it is posted or kept."""
    await opens(story)
    refused = await story.tries("submit", who="mei", fields={"问题": " "})
    assert refused["errors"]
    await story.sends("mei", 你的问题="今晚看得到金星吗？")
    await story.sees_form("mei", "今晚看得到金星吗？", "API 渠道上回答了 · 已验证")
    assert not any("金星" in text for text in await story.texts("mei"))
    assert len([call for call in story.world.coze.state.calls if call.path == "/v3/chat"]) == 1


@pytest.mark.parametrize(
    ("kind", "says"), [("not_published", "还没有发布到 API"), ("out_of_quota", "额度"), ("html_502", "没有响应")]
)
async def test_why_it_is_silent(story: Story, kind: str, says: str) -> None:
    """Each error in words, with what to do."""
    await opens(story)
    await story.goes_wrong("coze", kind, method="/v3/chat")
    await story.sends("mei")
    await story.sees_form("mei", "❌", says)


async def test_a_secret_is_not_sent(story: Story) -> None:
    """What was typed stays in the form."""
    await opens(story)
    refused = await story.tries("submit", who="mei", fields={"你的问题": f"pat_{'k' * 64}"})
    assert refused["errors"]
    assert not [call for call in story.world.coze.state.calls if call.path == "/v3/chat"]


async def test_what_is_not_online_any_more_is_not_asked(story: Story) -> None:
    """A form left open says so."""
    await opens(story)
    bot_id = story.world.coze.state.find_bot(TITLE).id
    await story.on_coze("channel", callback_url=True)
    await story.on_coze("unpublish", name="owner", bot_id=bot_id)
    await story.reads("mei", "已从「闪极智能体」下架")
    await story.sends("mei")
    await story.sees_form("mei", "已经有了新进展")
