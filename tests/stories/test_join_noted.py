"""A note with the approval: one press for who wants none, and who writes one is read word for word."""

import re
from pathlib import Path
from typing import Any

from tests.databases import fresh
from tests.stories.story import Story, told

NOTE = "场地归 @行政，先读 <https://x.cn|指南> & *别急*；不懂就问 <!channel>"
WITH_NOTE, YOURS = "批准并附言", "你的附言"


async def opens(story: Story) -> dict[str, Any]:
    """Lin opens the form on the card in the channel."""
    await story.presses("lin", WITH_NOTE, channel="admins")
    return await story.sees_form("lin", YOURS)


async def test_the_person_reads_it_with_the_approval(story: Story) -> None:
    """On the card that rings and goes on, and still once they have joined; also in the thread."""
    await story.asks_and_waits()
    form = await opens(story)
    assert "邀请会发给 7530412083311050001 的主人" in re.sub(r"\s+", " ", form["plain"]), "nobody has verified it"
    await story.sends("lin", 你的附言=NOTE)
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请", NOTE)
    await story.reads("lin", "等对方", NOTE, channel="admins")

    async def alone() -> bool:
        shown = [text for text in await story.texts("mei") if NOTE in text]
        return len(shown) == 1 and "@lin 写道" in shown[0]

    await story.waits(alone, "one card has it, and what stood further up is deleted", "mei")

    async def in_thread() -> bool:
        return any("@lin 批准了" in line and NOTE in line for line in await story.thread("lin"))

    await story.waits(in_thread, "the line in the thread", "lin")
    await story.on_coze("user", name="mei", accept_invitation=True)
    await story.passes(advance=180)
    await story.reads("mei", "你已加入 ShargeAI", NOTE)


async def test_without_a_note_it_stays_one_press(story: Story) -> None:
    """And nothing is said of one."""
    await story.is_let_in()
    assert not [text for text in await story.texts("mei") if "写道" in text]


async def test_what_can_not_be_a_note(story: Story) -> None:
    """Nothing, blanks, too much, a secret: said at the field, the request waits on and nothing of it is kept."""
    await story.asks_and_waits()
    await opens(story)
    for words in ("", " \n ", "长" * 301, "用这个 pat_" + "x" * 64):
        refused = await story.tries("submit", who="lin", fields={YOURS: words})
        assert not refused["ok"], words
    await story.tries("close", who="lin")
    await story.reads("lin", "等待审批", channel="admins")
    assert "pat_" not in str(await story.texts("lin", "admins"))


async def test_the_second_of_two_admins_is_told(story: Story) -> None:
    """Lin's form is open while wang approves; her note goes nowhere and she reads who was faster."""
    await story.asks_and_waits()
    await opens(story)
    await story.presses("wang", "照样批准", channel="admins")
    await story.reads("lin", "等对方", channel="admins")
    await story.tries("submit", who="lin", fields={YOURS: "欢迎"})
    await story.sees_form("lin", "有人先处理了", "@wang")
    assert "欢迎" not in str(await story.texts("mei"))


async def test_what_was_changed_since_is_not_approved(story: Story) -> None:
    """Mei changes her words while the form is open: lin reads that she has to look again."""
    await story.asks_and_waits()
    await opens(story)
    await story.presses("mei", "修改申请")
    await story.sees_form("mei", "修改")
    await story.sends("mei", 想做什么="念菜谱")
    await story.reads("lin", "念菜谱", channel="admins")
    await story.tries("submit", who="lin", fields={YOURS: "欢迎"})
    await story.sees_form("lin", "改过")
    await story.reads("lin", "等待审批", channel="admins")


async def test_by_hand_too(tmp_path: Path) -> None:
    """Without a credential the person reads it on their card as soon as it is approved."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings={"COZE_OWNER_TOKEN": ""}) as story:
            await story.asks_and_waits()
            await opens(story)
            await story.sends("lin", 你的附言=NOTE)
            await story.reads("mei", "已批准", NOTE)
            await story.reads("lin", "请手动邀请", NOTE, channel="admins")
