"""Slack drops answers, asks to wait or is down: each card once, and true in the end."""

from pathlib import Path

import pytest
import yaml

from tests.databases import fresh
from tests.stories.story import Story, told

MANIFEST = Path(__file__).parent.parent.parent / "manifest.yml"


async def test_a_post_whose_answer_is_lost_is_not_repeated(story: Story) -> None:
    """Accepted, then cut: the bot finds its own message by its metadata instead of posting again."""
    await story.goes_wrong("slack", "cut", method="chat.postMessage", times=2)
    await story.asks_to_join("mei")

    async def tried() -> bool:
        return len(await story.calls("chat.postMessage")) >= 2

    await story.waits(tried, "both posts were tried")
    await story.passes(advance=30)
    await story.presses_soon("lin", "批准", channel="admins")
    await story.reads("lin", "等对方", channel="admins")
    await story.reads("mei", "请接受邀请")
    assert len([text for text in await story.texts("lin", "admins") if "入团申请" in text]) == 1
    assert len([text for text in await story.texts("mei") if "入团申请 ·" in text]) == 1


@pytest.mark.parametrize("kind", ["rate_limited", "server_error", "internal_error"])
async def test_a_slack_that_says_wait_gets_every_card_later(story: Story, kind: str) -> None:
    """Nothing is lost and nothing doubled."""
    await story.goes_wrong("slack", kind, method="chat.postMessage", times=3, delay=1)
    await story.asks_to_join("mei")
    await story.reads_in_time("lin", "等待审批", channel="admins")
    await story.reads_in_time("mei", "等管理员审批")
    assert len(await story.texts("lin", "admins")) == 1


async def test_a_form_that_slack_does_not_open_can_be_opened_again(story: Story) -> None:
    """The press says what happened and offers the same again."""
    await story.types("mei", "/sharge status")
    await story.reads("mei", "下一步")
    await story.goes_wrong("slack", "server_error", method="views.open", times=1)
    await story.types("mei", "/sharge join")
    await story.reads("mei", "表单")
    await story.presses("mei", "申请加入")
    await story.sees_form("mei", "申请加入 ShargeAI")


async def test_a_socket_that_slack_ends_is_opened_again(story: Story) -> None:
    """Deliveries go on over a new connection."""
    await story.types("mei", "/sharge help")
    await story.goes_wrong("slack", "disconnect")

    async def answered() -> bool:
        answer = await story.tries("command", who="mei", text="/sharge status")
        return answer.get("status") == 200

    await story.waits(answered, "the bot answers again")


async def test_rights_that_cannot_be_checked_are_refused_kindly(story: Story) -> None:
    """Who can't be asked about decides nothing; the request stays as it is."""
    await story.asks_to_join("mei")
    await story.reads("lin", "等待审批", channel="admins")
    await story.goes_wrong("slack", "server_error", method="users.info")
    await story.presses("lin", "批准", channel="admins")
    await story.reads("lin", "Slack", channel="admins")
    await story.works_again()
    assert any("等待审批" in text for text in await story.texts("lin", "admins"))
    await story.presses("lin", "批准", channel="admins")
    await story.reads("lin", "等对方", channel="admins")


async def test_without_the_right_to_read_groups_everybody_is_served(tmp_path: Path) -> None:
    """An app that was installed before the scope was asked for: admins by name still decide, members still ask."""
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    manifest["oauth_config"]["scopes"]["bot"].remove("usergroups:read")
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings={"ADMIN_USERS": "U0LIN"}, manifest=manifest) as story:
            await story.asks_and_waits()
            await story.presses("lin", "批准", channel="admins")
            await story.reads("lin", "已批准", channel="admins")
