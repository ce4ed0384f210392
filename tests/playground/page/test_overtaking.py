"""Answers that overtake each other on their way to the page: each is asked for what was shown when it was sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, Route, expect
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import Playground

from .conftest import IN_ITS_LOOP

pytestmark = IN_ITS_LOOP


@pytest.fixture
def web(desk: Playground) -> AsyncWebClient:
    """Slack, as the app calls it."""
    return AsyncWebClient(desk.main_app.bot_token, base_url=f"{desk.url}api/")


@asynccontextmanager
async def held(page: Page) -> AsyncIterator[asyncio.Event]:
    """Within the block the next answer about changes is on its way; the event is set when it has left the server."""
    left, arrive = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        answer = await route.fetch()
        left.set()
        await arrive.wait()
        await route.fulfill(response=answer)

    await page.route("**/page/parts", hold, times=1)
    yield left
    async with page.expect_response("**/page/parts"):
        arrive.set()


async def say(page: Page, text: str) -> None:
    """What somebody says is answered with all that is new by then."""
    await page.locator("#say-1").fill(text)
    await page.locator("#say-1").press("Enter")
    await expect(page.locator("#list-1 > li").last).to_contain_text(text)


@pytest.mark.parametrize("late", ["chat.update", "chat.delete"])
async def test_it_tells_of_a_message_that_went_meanwhile(late: str, page: Page, web: AsyncWebClient) -> None:
    first, second = [await web.chat_postMessage(channel="U0MEI", text=text) for text in ("the first", "the second")]
    the_second = {"channel": second["channel"], "ts": second["ts"]}
    await expect(page.locator("#list-1")).to_contain_text("the second")
    async with held(page) as left:
        await web.api_call(late, json={**the_second, "text": "changed"})
        await left.wait()
        if late == "chat.update":
            await web.chat_delete(**the_second)
        await say(page, "and now?")
        await expect(page.locator("#list-1")).not_to_contain_text("the second")
    await web.chat_update(channel=first["channel"], ts=first["ts"], text="it goes on")
    await expect(page.locator("#list-1 > li .text")).to_have_text(["it goes on", "and now?"])
