"""Without the owner's credential every step still works by hand, and nothing is called verified."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import fresh
from tests.stories.story import Story, told


@pytest.fixture
async def by_hand(tmp_path: Path) -> AsyncIterator[Story]:
    """A bot that has no credential on Coze."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings={"COZE_OWNER_TOKEN": ""}) as story:
            yield story


async def test_an_admin_invites_and_the_person_confirms(by_hand: Story) -> None:
    """The admin reads the exact step, both say what they did, and the cards call it confirmed."""
    await by_hand.asks_to_join("mei")
    await by_hand.reads("lin", "等待审批", channel="admins")
    await by_hand.presses("lin", "批准", channel="admins")
    await by_hand.reads("lin", "邀请", by_hand.coze["users"]["mei"], "添加成员", channel="admins")
    await by_hand.presses("lin", "我已邀请", channel="admins")
    await by_hand.reads("mei", "去扣子接受 ShargeAI 的邀请")
    await by_hand.presses("mei", "我已接受")
    card = await by_hand.reads("lin", "已加入", channel="admins")
    assert "已确认" in card
    assert "已验证" not in card
    assert not any("已验证" in text for text in await by_hand.texts("mei") if "已加入" in text)


async def test_publishing_tells_how_to_do_it_by_hand(by_hand: Story) -> None:
    """No credential, no promise: the steps on Coze instead."""
    await by_hand.types("mei", "/sharge publish")
    await by_hand.sees_form("mei", "发布", "闪极智能体")
