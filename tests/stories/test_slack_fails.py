"""Slack drops answers, asks to wait or is down: each card once, and true in the end."""

import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select

from bot.slack import send
from bot.store.database import Database, Epoch
from bot.store.tables import bucket
from bot.store.tables import job as table
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
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")
    await story.settles()
    assert len([text for text in await story.texts("lin", "admins") if "接受邀请：" in text]) == 1
    assert len([text for text in await story.texts("mei") if "去扣子接受 ShargeAI 的邀请" in text]) == 1


@pytest.mark.parametrize("kind", ["rate_limited", "server_error", "internal_error"])
async def test_a_slack_that_says_wait_gets_every_card_later(story: Story, kind: str) -> None:
    """Nothing is lost and nothing doubled."""
    await story.goes_wrong("slack", kind, method="chat.postMessage", times=3, delay=1)
    await story.asks_to_join("mei")
    await story.reads_in_time("lin", "等待审批", channel="admins")
    await story.reads_in_time("mei", "等管理员审批")
    assert len(await story.texts("lin", "admins")) == 1


async def test_no_wait_is_longer_than_a_minute(story: Story) -> None:
    """Slack asks for eleven days: the card is due again within a minute, and so is all that waits behind it."""
    await story.goes_wrong("slack", "rate_limited", method="chat.postMessage", times=1, delay=999_999)
    await story.asks_to_join("mei")
    db = Database(story.database)

    async def put_off() -> datetime | None:
        drawn = table.c.kind == "draw", table.c.state == "due"
        async with db.read() as conn:
            due: datetime | None = await conn.scalar(select(func.max(table.c.due_at)).where(*drawn))
        return due if due and due > story.world.clock.now() else None

    due = await story.waits(put_off, "a card waits")
    async with db.read() as conn:
        ahead = await conn.scalar(select(func.max(bucket.c.next_free - Epoch())))
    await db.close()
    assert due - story.world.clock.now() <= timedelta(minutes=1)
    step, burst = send.PER_TEAM["chat.postMessage"]
    assert ahead - (burst - 1) * step <= 60 + 5


async def test_a_bucket_that_lies_days_ahead_holds_nothing_up(story: Story) -> None:
    """As it does after a clock that was wrong."""
    await story.types("mei", "/sharge help")
    db = Database(story.database)
    async with db.write() as tx:
        keys = ("chat.postMessage", "conversations.open", "chat.update")
        rows = [{"team_id": "T0PLAYGROUND", "key": key, "next_free": time.time() + 259_200} for key in keys]
        await tx.conn.execute(tx.upsert(bucket).on_conflict_do_nothing(), rows)
    await db.close()
    await story.asks_and_waits()


async def test_a_form_that_slack_does_not_open_can_be_opened_again(story: Story) -> None:
    """The press says what happened and offers the same again."""
    await story.types("mei", "/sharge status")
    await story.reads("mei", "下一步")
    await story.goes_wrong("slack", "server_error", method="views.open", times=1)
    await story.types("mei", "/sharge join")
    await story.reads("mei", "表单")
    await story.presses("mei", "申请加入")
    await story.sees_form("mei", "申请加入团队")


async def test_a_socket_that_slack_ends_is_opened_again(story: Story) -> None:
    """Deliveries go on over a new connection."""
    await story.types("mei", "/sharge help")
    await story.goes_wrong("slack", "disconnect")

    async def answered() -> bool:
        answer = await story.tries("command", who="mei", text="/sharge status")
        return answer.get("status") == 200

    await story.waits(answered, "the bot answers again")


@pytest.mark.parametrize("kind", ["server_error", "oddly_limited"])
async def test_rights_that_cannot_be_checked_are_refused_kindly(story: Story, kind: str) -> None:
    """Who can't be asked about decides nothing; the request stays as it is."""
    await story.asks_to_join("mei")
    await story.reads("lin", "等待审批", channel="admins")
    await story.goes_wrong("slack", kind, method="users.info")
    await story.presses("lin", "批准", channel="admins")
    await story.reads("lin", "Slack", channel="admins")
    await story.works_again()
    assert any("等待审批" in text for text in await story.texts("lin", "admins"))
    await story.presses("lin", "批准", channel="admins")
    await story.reads("lin", "等对方", channel="admins")


@pytest.mark.loud
async def test_without_the_right_to_read_groups_everybody_is_served(tmp_path: Path) -> None:
    """An app that was installed before the scope was asked for: admins by name still decide, members still ask."""
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    manifest["oauth_config"]["scopes"]["bot"].remove("usergroups:read")
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings={"ADMIN_USERS": "U0LIN"}, manifest=manifest) as story:
            await story.asks_and_waits()
            await story.presses("lin", "批准", channel="admins")
            await story.reads("lin", "已批准", channel="admins")


async def test_a_card_whose_blocks_slack_refuses_comes_as_plain_text(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With the same buttons, which act; the log tells of the mistake."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url) as story:
            await story.goes_wrong("slack", "invalid_blocks", method="chat.postMessage", times=1)
            await story.asks_to_join("mei")
            await story.reads("lin", "mei", channel="admins")
            await story.presses("lin", "批准", channel="admins")
            await story.reads("lin", "等对方", channel="admins")
            await story.reads("mei", "去扣子接受 ShargeAI 的邀请")
    refused = [record for record in caplog.records if "refuses a card" in record.getMessage()]
    assert len(refused) == 1
    caplog.clear()


@pytest.fixture
def refused(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The log tells of refused cards, and of where Slack found fault, and of nothing else."""
    yield
    loud = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    told = [record.getMessage() for record in loud]
    assert told
    assert all("Slack refuses a card in" in each for each in told), told
    assert all("json-pointer:/" in each for each in told if "an answer" not in each), told


@pytest.mark.usefixtures("refused")
@pytest.mark.loud
async def test_a_form_whose_blocks_slack_refuses_opens_plainer(story: Story) -> None:
    """With all its fields, and what is sent counts."""
    await story.goes_wrong("slack", "invalid_blocks", method="views.open", times=1)
    await story.asks_and_waits()
    await story.goes_wrong("slack", "invalid_blocks", method="views.open", times=2)
    await story.types("tom", "/sharge join")
    await story.sees_form("tom", "nickname")


@pytest.mark.usefixtures("refused")
@pytest.mark.loud
async def test_a_home_whose_blocks_slack_refuses_is_drawn_plainer(story: Story) -> None:
    """With its buttons, and in words alone where these are refused too."""
    await story.goes_wrong("slack", "invalid_blocks", method="views.publish", times=1)
    await story.tries("home", who="mei")
    await story.looks_home("mei", "选一条路", "还没申请")
    await story.presses("mei", "申请加入", channel="home")
    await story.sees_form("mei", "申请加入团队")
    await story.goes_wrong("slack", "invalid_blocks", method="views.publish", times=2)
    await story.tries("home", who="tom")
    assert (await story.looks_home("tom", "Pick a route"))["buttons"] == []


@pytest.mark.usefixtures("refused")
@pytest.mark.loud
async def test_an_answer_whose_blocks_slack_refuses_comes_as_plain_text(story: Story) -> None:
    """To a press and to a command whose answer comes later."""
    await story.asks_and_waits()
    await story.goes_wrong("slack", "invalid_blocks", method="response_url", times=1)
    await story.types("lin", "/sharge status")
    await story.reads("lin", "把智能体接到眼镜 · 一步步来")


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize("method", ["chat.postMessage", "views.publish"])
@pytest.mark.loud
async def test_what_slack_shows_in_no_form_is_tried_again(story: Story, method: str) -> None:
    """Nothing is given up: a later version of the bot may draw what is shown."""
    await story.goes_wrong("slack", "invalid_blocks", method=method)
    await story.tries("home", who="lin")
    await story.asks_to_join("mei")

    async def refused() -> bool:
        return len(await story.calls(method)) >= 3

    await story.waits(refused, "all forms were refused")
    await story.works_again()
    await story.passes(advance=3700)
    await story.reads("lin", "等待审批", channel="admins")
    await story.looks_home("lin", "等你处理")


@pytest.mark.parametrize("kind", ["edit_window_closed", "block_mismatch"])
async def test_a_card_that_can_be_changed_no_more_is_posted_anew_while_its_matter_is_open(
    story: Story, kind: str
) -> None:
    """Once, with what is true now; the old one stays as it was."""
    await story.asks_and_waits()
    await story.goes_wrong("slack", kind, method="chat.update", times=2)
    await story.presses("lin", "批准", channel="admins")
    await story.reads("lin", "等对方", channel="admins")
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")
    assert len([text for text in await story.texts("lin", "admins") if "等对方" in text]) == 1
