"""Where a room opens, and how somebody who reads further up hears of what is new."""

import pytest
from playwright.async_api import Page, expect

from bot.playground.server import Playground
from bot.playground.world.chat import Message

from .conftest import IN_ITS_LOOP
from .test_browser import type_command

pytestmark = IN_ITS_LOOP


def letters(desk: Playground, who: str, count: int = 60) -> None:
    """So many messages of the app in somebody's DM and in #general."""
    workspace, app = desk.workspace, desk.main_app
    general = next(one for one in workspace.channels.values() if one.name == "general")
    for number in range(count):
        for room in (workspace.dm(app, workspace.person(who).id), general):
            said = f"{who} {room.kind} {number}"
            workspace.post(Message(workspace.new_ts(), room.id, app.bot_user, said, app.id))


async def is_at_end(page: Page, text: str) -> None:
    """The message is in view, and nothing offers a way further down."""
    await expect(page.get_by_text(text, exact=True)).to_be_in_viewport()
    await expect(page.locator("#below-1")).to_be_hidden()


@pytest.mark.parametrize("width", [1440, 390])
async def test_a_room_opens_at_its_newest_wherever_one_comes_from(page: Page, desk: Playground, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 844})
    letters(desk, "mei")
    letters(desk, "tom")
    address = page.url.split("?")[0]
    await page.goto(f"{address}?left=mei:dm&lang=en")
    await is_at_end(page, "mei im 59")
    await page.locator("#body-1").evaluate("(log) => { log.scrollTop = 0; }")
    await page.locator("#go-1-general").click()
    await is_at_end(page, "tom channel 59")
    await page.locator("#body-1").evaluate("(log) => { log.scrollTop = 0; }")
    await page.locator("#go-1-home").click()
    await expect(page.locator("#body-1.home")).to_be_visible()
    await expect(page.locator("#below-1")).to_be_hidden()
    await page.locator("#tab-1-dm").click()
    await is_at_end(page, "mei im 59")
    if width > 640:
        await page.locator("#person-1").select_option("tom")
        await is_at_end(page, "tom im 59")
        await page.go_back()
        await is_at_end(page, "mei im 59")
    await page.reload()
    await is_at_end(page, "mei im 59")
    await page.goto(f"{address}?left=lin:admins&right=mei:dm&desk=1")
    await page.set_viewport_size({"width": 800, "height": 800})
    await page.locator("#desk-tab-2").click()
    await expect(page.get_by_text("mei im 59", exact=True)).to_be_in_viewport()


async def test_who_reads_further_up_is_told_of_what_is_new_and_gets_there(page: Page, desk: Playground) -> None:
    letters(desk, "mei")
    await page.locator("#go-1-general").click()
    log, pill, said = page.locator("#body-1"), page.locator("#below-1"), page.locator("#said-1")
    await is_at_end(page, "mei channel 59")
    await log.evaluate("(log) => { log.scrollTop = 0; }")
    await expect(pill).to_have_text("Jump to the newest")
    await expect(said).to_have_text("")
    await desk.human.say("lin", "news for all", "general")
    await expect(pill).to_have_text("New messages below")
    await expect(said).to_have_text("New messages below")
    await expect(said).to_have_attribute("role", "status")
    box, line = await pill.bounding_box(), await page.locator("#composer-1").bounding_box()
    assert box
    assert line
    assert box["y"] + box["height"] <= line["y"], "it does not lie over the line to write in"
    await pill.focus()
    await page.keyboard.press("Enter")
    await is_at_end(page, "news for all")
    await expect(said).to_have_text("")
    await expect(log).to_be_focused()


async def test_the_way_to_the_newest_is_one_press_from_far_up(page: Page, desk: Playground) -> None:
    """The newest message is not among those on the page then: the server brings it first."""
    letters(desk, "mei", 200)
    await page.locator("#go-1-general").click()
    await is_at_end(page, "mei channel 199")
    for _ in range(8):
        await page.locator("#list-1-to-older").click()
        await expect(page.locator(".htmx-request")).to_have_count(0)
    await expect(page.get_by_text("mei channel 199", exact=True)).to_have_count(0)
    await desk.human.say("lin", "news for all", "general")
    await expect(page.locator("#below-1")).to_have_text("New messages below")
    await page.locator("#below-1").click()
    await is_at_end(page, "news for all")


async def test_ones_own_words_are_seen_at_once(page: Page, desk: Playground) -> None:
    letters(desk, "mei")
    await page.locator("#go-1-dm").click()
    await is_at_end(page, "mei im 59")
    await page.locator("#body-1").evaluate("(log) => { log.scrollTop = 0; }")
    await type_command(page, "hello there")
    await is_at_end(page, "hello there")
