"""The admins' desk in a real browser, by typing and clicking alone, in both languages, and on a phone."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Locator, expect

from bot.playground.server import Playground
from bot.texts.locale import Locale
from tests.playground.page.conftest import IN_ITS_LOOP, browser
from tests.stories.story import Story
from tests.stories.test_in_the_browser import CHINESE, ENGLISH, PHONE, Visit, visit

__all__ = ["browser"]  # the fixture

pytestmark = [IN_ITS_LOOP, pytest.mark.loud]  # that a job is dead stands in the log
WORDS = {"zh": CHINESE, "en": ENGLISH}


class AtTheDesk:
    """Lin in front of the page; `_` is what stands there in lin's language."""

    def __init__(self, lin: Visit, say: Callable[..., str]) -> None:
        self.lin, self.page, self._ = lin, lin.page, say

    def form(self, title: str) -> Locator:
        """The form of this title."""
        return self.page.locator("#over-1").get_by_role("dialog", name=self._(title))

    async def sees(self, title: str, *words: str) -> Locator:
        """The form of this title is open and says this."""
        form = self.form(title)
        for word in words:
            await expect(form).to_contain_text(word)
        return form

    async def presses(self, title: str, label: str) -> None:
        """The first button of this name in the form of this title."""
        await self.form(title).get_by_role("button", name=self._(label), exact=True).first.click()

    async def sends(self, title: str) -> None:
        """Sends the form of this title."""
        await self.form(title).locator("footer .primary").click()

    async def fits_a_phone(self, title: str) -> None:
        """Nothing of it stands outside, and its buttons can be reached."""
        wide = self.page.viewport_size
        assert wide
        await self.page.set_viewport_size(PHONE)
        form = self.form(title)
        assert await form.evaluate("each => each.scrollWidth <= each.clientWidth")
        assert await self.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        await form.get_by_role("button").last.hover(trial=True)  # it may be drawn anew meanwhile
        await self.page.set_viewport_size(wide)


@asynccontextmanager
async def people(visit: Visit) -> AsyncIterator[Story]:
    """What others do meanwhile."""
    async with httpx.AsyncClient(base_url=f"{visit.page.url.partition('?')[0]}human/") as http:
        yield Story(http, {"coze": {}})


async def cannot_be_shown(lin: Visit, playground: Playground) -> None:
    """Mei asks to join, and Slack takes neither card."""
    async with people(lin) as story:
        await story.goes_wrong("slack", "plan_upgrade_required", method="chat.postMessage")
        story.coze["users"] = playground.coze.ready()["users"]
        await story.asks_to_join("mei")
        await story.settles()
        await story.works_again()


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_an_admin_puts_things_right_at_the_desk(browser: Browser, tmp_path: Path, language: str) -> None:
    """What failed is tried again, seats are counted, a setting is changed and undone; all of it stands in the log."""
    say = Locale(language, "Asia/Shanghai")._
    async with visit(browser, tmp_path, f"?lang={language}&left=lin:dm&right=lin:admins", "lin", WORDS[language]) as (
        lin,
        playground,
    ):
        await lin.types(f"/sharge lang {language}")
        await cannot_be_shown(lin, playground)
        at = AtTheDesk(lin, say)
        await retries(at)
        await counts_seats(at)
        await changes_a_setting(at)
        await searches(at)


async def retries(at: AtTheDesk) -> None:
    """What failed is told, and tried again; then the card stands in the channel."""
    await at.lin.types("/sharge admin")
    await at.sees("Admin desk", at._("Failed jobs"), at._("Log"))
    await at.fits_a_phone("Admin desk")
    await at.presses("Admin desk", "See what failed")
    await at.sees("Failed jobs", "@小美")
    await at.fits_a_phone("Failed jobs")
    await at.presses("Failed jobs", "Try all again")
    await at.page.locator("#ask-1-yes").click()
    await at.lin.reads(at.lin.right, "等待审批", "@小美")
    await at.presses("Failed jobs", "Back to the desk")
    await at.sees("Admin desk", at._("✅ Nothing has failed"))


async def counts_seats(at: AtTheDesk) -> None:
    """What is no number is refused at its question, and stays typed."""
    await at.presses("Admin desk", "Enter seats…")
    field = at.form("Seats").get_by_role("textbox").first
    await field.fill("many")
    await at.sends("Seats")
    await at.sees("Seats", at._("A number from 1 on, please."))
    await expect(field).to_have_value("many")
    await field.fill("50")
    await at.sends("Seats")
    await at.sees("Admin desk", "50")


async def changes_a_setting(at: AtTheDesk) -> None:
    """By the form, with a reason; the history takes it back."""
    await at.presses("Admin desk", "Bot settings…")
    await at.sees("Bot settings", at._("Labels on Coze's pages"))
    await at.fits_a_phone("Bot settings")
    await at.presses("Bot settings", "Labels on Coze's pages")
    form = await at.sees("Labels on Coze's pages", "个人访问令牌")
    await at.fits_a_phone("Labels on Coze's pages")
    await form.get_by_role("textbox").first.fill("添加 = 新增")
    await at.sends("Labels on Coze's pages")
    await at.sees("Bot settings", "添加 = 新增")
    await at.presses("Bot settings", "History…")
    await at.sees("History", "添加 = 新增")
    await at.presses("History", "Undo")
    await at.page.locator("#ask-1-yes").click()
    await expect(at.form("History").get_by_text("添加 = 新增")).to_have_count(2)


async def searches(at: AtTheDesk) -> None:
    """Below the settings the desk is still open; everything that was done here stands in the log."""
    await at.page.locator("#modal-1-x").click()
    await at.presses("Admin desk", "Search…")
    await at.sends("Search the log")
    form = await at.sees("Search the log", "@小美")
    changed = at._("{who} changed one of my settings").partition("}")[2]
    await expect(form.locator("li").filter(has_text=changed)).to_have_count(2)
    await at.fits_a_phone("Search the log")
