"""A kept secret that does not open any more: said at once where it is needed, and stored anew by a press."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.store.database import normal
from bot.store.schema import _blocking
from tests.databases import fresh
from tests.stories.story import told
from tests.stories.test_secrets import Alone

DAMAGED = "v1|playground|AAAAAAAAAAAAAAAA|AAAA"
WHAT = "我替你存的令牌或密钥打不开了"


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Alone]:
    """Mei is in the team, and has a token kept; the bot has no credential of its own."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings={"COZE_OWNER_TOKEN": ""}) as story:
            one = Alone(story._http, story.ready)
            one.database = url
            await one.on_coze("agent", name="owner", title="讲解员")
            await one.asks_to_join("mei", **{"用户 ID": one.coze["users"]["owner"]})
            await one.presses_soon("lin", "批准", channel="admins")
            await one.presses_soon("lin", "我已邀请", channel="admins")
            await one.presses_soon("mei", "我已接受")
            await one.types("mei", "/sharge remind add")
            await one.sends("mei", 名字="试用")
            await one.reads("mei", "「试用」已登记")
            await one.types("mei", "/sharge remind")
            await one.presses("mei", "保存令牌")
            await stores(one)
            yield one


async def stores(story: Alone) -> None:
    """Agrees, and enters the token on the page."""
    await story.sees_form("mei", "保存什么")
    await story.sends("mei", 同意="yes")
    await story.reads("mei", "在一次性页面里填令牌")
    await story.enters(await story.page("mei"), story.coze["pats"]["owner"])

    async def kept() -> bool:
        return "v1|playground|" in story.dump() and DAMAGED not in story.dump()

    await story.waits(kept, "it is kept")


async def damaged(story: Alone) -> None:
    """The row in which it is kept was changed."""
    await does(story, f"UPDATE secret SET value = '{DAMAGED}'")  # noqa: S608 (our own words)


async def does(story: Alone, statement: str) -> None:
    """SQL straight on the database. In a thread: the bot beside us may hold the lock."""
    await asyncio.to_thread(_does, story.database, statement)


def _does(url: str, statement: str) -> None:
    engine = create_engine(_blocking(normal(url)))
    with engine.begin() as conn:
        conn.execute(text(statement))
    engine.dispose()


@pytest.mark.loud
async def test_publish_says_so_and_stores_it_anew(alone: Alone) -> None:
    """The form that was looking shows what is wrong, with the button that mends it; then it publishes."""
    await damaged(alone)
    await alone.types("mei", "/sharge publish 讲解员")
    await alone.presses_soon("mei", "更新名单")
    form = await alone.sees_form("mei", WHAT)
    assert "正在查" not in form["plain"]
    assert "secret.refused" in alone.dump()
    assert "secret.use" not in alone.dump()
    await alone.presses("mei", "重新存")
    await stores(alone)
    await alone.tries("close", who="mei")
    await alone.types("mei", "/sharge publish 讲解员")
    await alone.presses_soon("mei", "更新名单")
    await alone.sees_form("mei", "讲解员", "确认")
    await alone.sends("mei")
    await alone.reads("mei", "讲解员", "审核")


@pytest.mark.loud
async def test_what_was_confirmed_ends_and_says_why(alone: Alone) -> None:
    """Between the confirmation form and the call: the card fails at once, and does not wait for an hour of tries."""
    await alone.types("mei", "/sharge publish 讲解员")
    await alone.presses_soon("mei", "更新名单")
    await alone.sees_form("mei", "讲解员", "确认")
    await damaged(alone)
    await alone.sends("mei")
    await alone.reads("mei", WHAT, "讲解员")
    await alone.presses("mei", "重新存")
    await alone.sees_form("mei", "保存什么")


@pytest.mark.loud
async def test_a_review_that_nobody_can_follow_is_said(alone: Alone) -> None:
    """Published and in review: the card tells that it can't be looked up, and looks again once it is stored anew."""
    await alone.types("mei", "/sharge publish 讲解员")
    await alone.presses_soon("mei", "更新名单")
    await alone.sees_form("mei", "讲解员", "确认")
    await alone.sends("mei")
    await alone.reads("mei", "讲解员", "审核中")
    await damaged(alone)
    await alone.passes(advance=600)
    await alone.reads("mei", WHAT)
    await alone.presses("mei", "重新存")
    await stores(alone)
    await alone.presses("mei", "现在看一次")


@pytest.mark.loud
async def test_whatever_fails_after_a_form_has_opened_is_said(alone: Alone) -> None:
    """The database fails while the form is looking: a number stands there, and in the log."""
    await does(alone, "ALTER TABLE audit RENAME TO away")
    await alone.types("mei", "/sharge publish")
    await alone.sees_form("mei", "出错了", "编号")
    await does(alone, "ALTER TABLE away RENAME TO audit")
