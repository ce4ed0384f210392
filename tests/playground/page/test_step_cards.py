"""A step's card stands on a phone with its buttons: its height is measured as the page draws it."""

import pytest
from playwright.async_api import Browser

from bot.playground.page.blocks import draw_blocks
from bot.playground.page.reader import Place
from bot.playground.server import Playground
from bot.texts.locale import Locale
from tests.slack.views.guide_samples import ROUTES, TEXTS
from tests.slack.views.samples import MEI, ORDINARY, TOM, samples

from .conftest import IN_ITS_LOOP
from .drawing import html, reader

pytestmark = IN_ITS_LOOP

HIGHEST = 420  # CSS pixels at a width of 390
LISTED = [route for route in ROUTES if TEXTS.routes[route].listed]
NAMED = {f"guide {route} {step.id}" for route in LISTED for step in ROUTES[route].counted} | {"guide hello False"}
LONG_VALUES = {"guide jwt s3"}  # a fingerprint and an address to copy, whole, are three lines each


@pytest.mark.parametrize(("who", "locale"), [("mei", MEI), ("tom", TOM)])
async def test_each_step_fits_a_phone(browser: Browser, desk: Playground, who: str, locale: Locale) -> None:
    """In the page's own log, in place of what stands there."""
    wanted = NAMED - LONG_VALUES
    drawn = {
        name: payload["blocks"]
        for name, _, payload in samples(locale, ORDINARY)
        if name in wanted or " carries " in name
    }
    assert drawn.keys() > wanted
    cards = {
        name: html(draw_blocks(blocks, reader(who), Place("1.2", "C0GENERAL"))) for name, blocks in drawn.items()
    }
    page = await browser.new_page(viewport={"width": 390, "height": 844}, locale="zh-CN" if who == "mei" else "en-US")
    await page.goto(f"{desk.ready()['page']}?left={who}:general")
    heights = await page.evaluate(MEASURE, cards)
    await page.close()
    assert {name: height for name, height in heights.items() if height > HIGHEST} == {}


MEASURE = """cards => Object.fromEntries(Object.entries(cards).map(([name, html]) => {
    const item = document.createElement('li');
    item.className = 'msg';
    item.innerHTML = `<span class="face app"></span><article><div class="card">${html}</div></article>`;
    document.querySelector('.log').append(item);
    const height = item.querySelector('.card').getBoundingClientRect().height;
    item.remove();
    return [name, Math.round(height)];
}))"""
