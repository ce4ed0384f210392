"""Socket Mode at its edges: a delivery under way when the bot stops, or when its connection ends."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.databases import fresh
from tests.stories.story import Story, told
from tests.waiting import eventually


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A database in a file of its own."""
    with fresh("sqlite", tmp_path) as url:
        yield url


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    """What is to be closed by the test itself, or at its end."""
    async with AsyncExitStack() as stack:
        yield stack


@asynccontextmanager
async def held(url: str) -> AsyncIterator[None]:
    """Nobody else writes into the database for as long as the block lasts."""
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=0)
    try:
        for _ in range(200):  # the bot has things to do when it starts
            with suppress(sqlite3.OperationalError):
                other.execute("BEGIN IMMEDIATE")
                break
            await asyncio.sleep(0.02)
        assert other.in_transaction
        yield
    finally:
        other.close()


async def asked(story: Story) -> "asyncio.Task[httpx.Response]":
    """A command that is under way; the answer is what the person's client sees."""

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(base_url=story.ready["human"], timeout=30, trust_env=False) as http:
            return await http.post("command", json={"who": "mei", "text": "/sharge join"})

    asking = asyncio.create_task(ask())
    await eventually(lambda: [each for each in story.world.workspace.deliveries if each.kind == "slash_commands"])
    await asyncio.sleep(0.5)  # until it has come through the socket, which tells nobody; there it is held up
    return asking


async def test_what_is_under_way_is_acknowledged_before_the_end(url: str, stack: AsyncExitStack) -> None:
    """Who has just pressed something while the bot is restarted sees no failure."""
    story = await stack.enter_async_context(told(url))
    async with held(url):
        asking = await asked(story)
        closing = asyncio.create_task(stack.aclose())
        await asyncio.sleep(0.3)  # nothing happens: this can only be too short to show anything, never wrong
        assert not closing.done()
    answer = (await asking).json()
    await closing
    assert answer["ok"]
    assert answer["status"] == 200


async def test_it_is_acknowledged_where_no_quiet_moment_is_found_too(
    url: str, stack: AsyncExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time to look for one is over while something is under way."""
    monkeypatch.setattr("bot.slack.socket.CALM", 0.0)
    await test_what_is_under_way_is_acknowledged_before_the_end(url, stack)


async def test_what_lost_its_connection_is_done_all_the_same(url: str, stack: AsyncExitStack) -> None:
    """The ack finds no connection, and for a while there is no new one; what follows the ack still does."""
    story = await stack.enter_async_context(told(url))
    async with held(url):
        asking = await asked(story)
        await story.goes_wrong("slack", "server_error", method="apps.connections.open")
        await story.goes_wrong("slack", "disconnect", method="refresh_requested")
    await story.sees_form("mei", "申请加入团队")
    await story.works_again()
    asking.cancel()
