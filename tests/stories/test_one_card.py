"""A guide has one live card: one that moves is posted anew at the end, and what stood further up is deleted."""

import pytest

from tests.stories.story import Json, Story
from tests.stories.test_guide_help import begins

WHERE = "第 1 步，共 5 步 · 先试试"


async def comes_to_the_end(story: Story) -> None:
    """Something stands below the card, and it is called."""
    await begins(story)
    await story.types("mei", "/sharge")
    await story.presses_soon("mei", "接着做")


async def test_a_card_that_moves_leaves_nothing_behind(story: Story) -> None:
    """However often it does."""
    await comes_to_the_end(story)
    await deleted(story, 1)
    await story.says("mei", "你好")
    await story.types("mei", "/sharge")
    await story.presses_soon("mei", "接着做")
    await deleted(story, 2)
    await story.reads_last("mei", WHERE)


async def deleted(story: Story, count: int) -> None:
    """Until so many of the cards before are deleted."""

    async def found() -> bool:
        return len(await story.calls("chat.delete")) == count

    await story.waits(found, f"{count} of the cards before are deleted", "mei")


async def test_a_move_whose_answer_is_lost_is_not_repeated(story: Story) -> None:
    """It is looked up by message and revision: the post before carries the same message's number."""
    await begins(story)
    await story.goes_wrong("slack", "cut", method="chat.postMessage", times=1)
    await story.types("mei", "/sharge")
    await story.presses_soon("mei", "接着做")

    async def looked_up() -> bool:
        return bool(await story.calls("conversations.history"))

    await story.waits(looked_up, "the post is looked up")
    await story.passes(advance=30)
    await story.reads_last("mei", WHERE)
    moved = [call for call in await story.calls("chat.postMessage") if revision(call) == 2]
    assert len(moved) == 1


def revision(call: Json) -> int:
    """How often the message of this call had been posted with it."""
    return int(((call["body"].get("metadata") or {}).get("event_payload") or {}).get("revision", 0))


@pytest.mark.parametrize("kind", ["server_error", "cut", "rate_limited"])
async def test_what_stays_behind_is_deleted_later(story: Story, kind: str) -> None:
    """Slack does not delete just then: the deletion is a job of its own."""
    await story.goes_wrong("slack", kind, method="chat.delete", times=2, delay=1)
    await comes_to_the_end(story)

    async def tried() -> bool:
        return bool(await story.calls("chat.delete"))

    await story.waits(tried, "the deletion is tried")
    for _ in range(3):
        await story.passes(advance=60)
    await story.reads_last("mei", WHERE)


async def test_a_request_that_a_guide_shows_comes_down_with_it(story: Story) -> None:
    """Who asks to join again sees the guide's card at the end of the talk, and no second one."""
    await story.types("mei", "/sharge start")
    await story.presses_soon("mei", "上闪极智能体")
    await story.asks_to_join("mei")
    await story.reads_last("mei", "等管理员审批", "共 6 步")
    await story.says("mei", "谢谢")
    await story.types("mei", "/sharge join")
    await story.reads("mei", "卡片已经移到私信末尾")
    await story.reads_last("mei", "等管理员审批", "共 6 步")


async def test_the_choice_goes_once_it_is_made(story: Story) -> None:
    """The private answer that asks for a route is taken back when one was pressed."""
    await story.types("mei", "/sharge start")
    await story.reads("mei", "选一条路")
    await story.presses("mei", "先试试")
    await story.reads_last("mei", WHERE)

    async def gone() -> bool:
        return not any("选一条路" in text for text in await story.texts("mei"))

    await story.waits(gone, "the choice is gone", "mei")
