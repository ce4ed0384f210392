"""Answers that overtake each other on their way to the page: each is asked for what was shown when it was sent."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
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


async def nothing() -> None:
    """Nothing happens in between."""


@asynccontextmanager
async def held(
    page: Page, address: str = "**/page/parts", first: Callable[[], Awaitable[object]] = nothing
) -> AsyncIterator[asyncio.Event]:
    """Within the block the next answer from there, by itself about changes, is on its way; the event is set when it
    has left the server. `first` happens when it has been asked for."""
    left, arrive = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        await first()
        answer = await route.fetch()
        left.set()
        await arrive.wait()
        await route.fulfill(response=answer)

    await page.route(address, hold, times=1)
    yield left
    async with page.expect_response(address):
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


async def test_a_press_is_answered_when_its_message_has_gone(page: Page, web: AsyncWebClient) -> None:
    """As where a card is posted anew: the press tells of that, and so did what came by itself."""
    press = {"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "Tell me"}, "value": "1"}
    blocks = [{"type": "actions", "elements": [press]}]
    card = await web.chat_postMessage(channel="U0MEI", text="a card", blocks=blocks)

    async def move() -> None:
        await web.chat_postMessage(channel="U0MEI", text="the card anew")
        await web.chat_delete(channel=card["channel"], ts=card["ts"])

    button = page.locator("#list-1").get_by_role("button", name="Tell me")
    await button.click(trial=True)
    async with held(page, "**/page/1/click", move) as left:
        await button.click()
        await left.wait()
        await expect(button).to_have_count(0)
    await web.chat_postMessage(channel="U0MEI", text="it goes on")
    await expect(page.locator("#list-1 > li .text")).to_have_text(["the card anew", "it goes on"])


async def test_a_press_counts_though_an_earlier_one_is_answered_meanwhile(page: Page) -> None:
    """The answer waits while the mouse is down: the element pressed would be another one on release."""
    await page.locator("#panel-coze").click()
    fold = page.locator("#coze-new-token summary")
    await fold.hover()
    async with held(page, "**/?*site=mei*") as left:
        await page.locator("#coze-as-mei").click()
        await left.wait()
        await fold.hover()
        await page.mouse.down()
    await page.wait_for_timeout(100)  # nothing happens: this can only be too short to show anything, never wrong
    await page.mouse.up()
    await expect(page.locator("#coze-token-form")).to_be_visible()
    await expect(page).to_have_url(re.compile("site=mei"))
    await expect(page.locator("#coze-token-form")).to_be_visible()


async def test_what_coze_says_stays_though_an_earlier_click_is_answered_later(page: Page) -> None:
    """Somebody opens Coze's website as Mei and makes a token before the first click is answered."""
    await page.locator("#panel-coze").click()
    await page.locator("#coze-as-mei").click()
    await page.locator("#coze-new-token summary").click()
    form, token = page.locator("#coze-token-form"), page.locator("#coze-note code")
    await form.get_by_label("名称 · Name").fill("for the glasses")
    async with held(page, "**/?*site=mei*") as left:
        await page.locator("#coze-as-mei").click()
        await left.wait()
        await form.get_by_role("button", name="创建 Create").click()
        await expect(token).to_be_visible()
    await page.wait_for_timeout(100)  # nothing happens: this can only be too short to show anything, never wrong
    await expect(token).to_be_visible()


async def test_what_coze_says_is_shown_though_one_went_on_meanwhile(page: Page) -> None:
    """A token is shown this once, wherever its owner stands by then."""
    await page.locator("#panel-coze").click()
    await page.locator("#coze-as-mei").click()
    await expect(page).to_have_url(re.compile("site=mei"))
    await page.locator("#coze-new-token summary").click()
    form = page.locator("#coze-token-form")
    await form.get_by_label("名称 · Name").fill("for the glasses")
    async with held(page, "**/page/coze") as left:
        await form.get_by_role("button", name="创建 Create").click()
        await left.wait()
        await page.locator("#coze-as-lin").click()
        await expect(page).to_have_url(re.compile("site=lin"))
    await expect(page.locator("#coze-note code")).to_have_text(re.compile(r"pat_\w+"))
    await expect(page.locator("#coze-as-lin")).to_have_attribute("aria-pressed", "true")
