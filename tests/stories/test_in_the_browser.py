"""The whole story in a real browser, by typing and clicking alone, with the real bot behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.demo import demo
from bot.playground.server import Options, Playground
from tests.databases import fresh
from tests.playground.page.conftest import browser

__all__ = ["browser"]  # the fixture

PATIENCE = 15_000  # milliseconds


class Visit:
    """Somebody in front of the page: mei or tom at the left, lin in the admins' channel at the right."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.site = page.locator("#coze")
        self.left, self.right = page.locator("#body-1"), page.locator("#body-2")

    async def types(self, text: str) -> None:
        """Types a command and sends it."""
        await self.page.locator("#say-1").fill(text)
        await self.page.locator("#send-1").click()

    async def fills(self, title: str, **fields: str) -> Locator:
        """Fills in the open form; fields by the beginning of their labels, blanks written as _."""
        dialog = self.page.locator("#over-1").get_by_role("dialog", name=title)
        await expect(dialog).to_be_visible()
        for label, value in fields.items():
            await dialog.get_by_label(label.replace("_", " ")).first.fill(value)
        return dialog

    async def sends(self, dialog: Locator) -> None:
        """Sends the form; it is taken."""
        await dialog.locator("footer .primary").click()
        await expect(dialog).to_have_count(0)

    async def goes_to_coze_as(self, who: str) -> None:
        """Opens Coze's website as somebody."""
        if not await self.site.is_visible():
            await self.page.locator("#panel-coze").click()
        await self.page.locator(f"#coze-as-{who}").click()
        await expect(self.page.locator(f"#coze-as-{who}")).to_have_attribute("aria-pressed", "true")

    async def reads(self, where: Locator, *words: str) -> Locator:
        """Waits for a message with all the words; the newest such."""
        message = where.locator(".msg")
        for word in words:
            message = message.filter(has_text=word)
        await expect(message.last).to_be_visible()
        return message.last

    async def waits_for(self, where: Locator, *words: str) -> Locator:
        """Moves to what is due next until the message is there."""
        for _ in range(12):
            try:
                return await self.reads_soon(where, *words)
            except AssertionError:
                await self.page.locator("#clock-next").click()
        return await self.reads(where, *words)

    async def reads_soon(self, where: Locator, *words: str) -> Locator:
        """Looks for a message for a moment."""
        message = where.locator(".msg")
        for word in words:
            message = message.filter(has_text=word)
        await expect(message.last).to_be_visible(timeout=1500)
        return message.last


@asynccontextmanager
async def visit(browser: Browser, folder: Path, query: str) -> AsyncIterator[tuple[Visit, Playground]]:
    """A demo with the page open at an address; whatever the browser complains about fails the test."""
    complaints: list[str] = []
    with fresh("sqlite", folder) as url:
        async with demo(Options(), url) as playground:
            context = await browser.new_context(viewport={"width": 1440, "height": 900})
            page = await context.new_page()
            page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("request", lambda r: None if r.url.startswith(playground.url) else complaints.append(r.url))
            page.set_default_timeout(PATIENCE)
            await page.goto(f"{playground.url}{query}")
            yield Visit(page), playground
            await page.set_viewport_size({"width": 390, "height": 844})
            assert await page.evaluate("document.documentElement.scrollWidth") <= 390
            await context.close()
    assert complaints == []


@pytest.fixture(autouse=True)
def patient() -> None:
    """Two cores may be busy."""
    expect.set_options(timeout=PATIENCE)


async def test_mei_goes_all_the_way_in_chinese(browser: Browser, tmp_path: Path) -> None:
    async with visit(browser, tmp_path, "?lang=zh") as (mei, playground):
        page = mei.page
        await mei.types("/sharge join")
        form = await mei.fills(
            "申请",
            扣子用户_ID=playground.coze.ready()["users"]["mei"],
            扣子昵称="小梅",
            想做什么="念天气 <100 & *粗*",
        )
        await mei.sends(form)
        await mei.reads(mei.left, "等管理员审批")
        card = await mei.reads(mei.right, "等待审批", "念天气 <100 & *粗*")
        await card.get_by_role("button", name="批准并邀请").click()
        print(await page.locator("#ask-2").inner_text())
        await page.locator("#ask-2-yes").click()
        await mei.reads(mei.right, "已批准")
