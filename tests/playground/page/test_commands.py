"""The commands that the page offers to who types a slash."""

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from bot.playground.server import Playground
from bot.playground.world.chat import CommandHint

from .conftest import IN_ITS_LOOP

pytestmark = IN_ITS_LOOP
HINTS = (
    CommandHint("/desk", {"zh": "下一步", "en": "your next step"}),
    CommandHint("/desk join", {"zh": "申请加入团队", "en": "ask to join"}, ("申请", "request"), "[who]"),
    CommandHint("/desk link", {"zh": "打开链接", "en": "open a link"}),
    CommandHint("/desk queue", {"zh": "待办", "en": "what waits"}, ("待办",), admin=True),
)


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def offered(page: Page, desk: Playground) -> None:
    """The page of a playground that was told what its app's commands do: tom beside lin, in their own languages."""
    desk.main_app.hints = HINTS
    await page.goto(f"{page.url.split('?')[0]}?left=tom:dm&right=lin:dm&lang=en")


async def test_each_is_shown_with_what_it_does_in_the_persons_language(page: Page) -> None:
    await page.locator("#say-1").press_sequentially("/")
    lines = page.locator("#commands-1 [role=option]:visible")
    await expect(lines).to_have_text(
        ["/desk your next step", "/desk join [who]ask to join", "/desk link open a link"], use_inner_text=False
    )
    await page.locator("#say-2").press_sequentially("/")
    lines = page.locator("#commands-2 [role=option]:visible")
    await expect(lines).to_have_text(
        ["/desk 下一步", "/desk queue 待办", "/desk join [who]申请加入团队", "/desk link 打开链接"]
    )
    await expect(page.locator("#commands-2")).to_have_attribute("lang", "zh-CN")
    await expect(page.locator("#composer-2 .hint")).to_contain_text("/desk queue待办")
    assert "queue" not in await page.locator("#desk-1").inner_html(), "it is for admins alone"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("/", ["/desk", "/desk join", "/desk link", "/desk queue"]),
        ("\uff0f", ["/desk", "/desk join", "/desk link", "/desk queue"]),
        ("/desk J", ["/desk join"]),
        ("\uff0fdesk\u3000申", ["/desk join"]),
        ("/desk req", ["/desk join"]),
        ("/desk 待办", ["/desk queue"]),
        ("/desk join me", []),
        ("hello /", []),
    ],
)
async def test_they_are_found_by_typing_in_either_width(page: Page, typed: str, found: list[str]) -> None:
    await page.locator("#say-2").press_sequentially(typed)
    shown = page.locator("#commands-2 [role=option]:visible code b")
    await expect(shown).to_have_count(len(found))
    assert sorted(await shown.all_inner_texts()) == sorted(found)


async def test_keys_choose_and_complete(page: Page) -> None:
    field = page.locator("#say-1")
    await field.press_sequentially("\uff0f")
    await field.press("ArrowDown")
    await field.press("ArrowDown")
    await expect(field).to_have_attribute("aria-activedescendant", "command-1-1")
    await field.press("Enter")
    await expect(field).to_have_value("/desk join ")
    await expect(page.locator("#composer-1 .pop")).to_be_hidden()
    await field.fill("")
    await field.press_sequentially("/")
    await field.press("Escape")
    await expect(page.locator("#composer-1 .pop")).to_be_hidden()


async def test_the_mouse_chooses_too(page: Page) -> None:
    field = page.locator("#say-2")
    await field.press_sequentially("/")
    await page.locator("#commands-2").get_by_text("待办", exact=True).click()
    await expect(field).to_have_value("/desk queue ")
    await expect(field).to_be_focused()


async def test_whoever_becomes_an_admin_is_offered_theirs(page: Page, desk: Playground) -> None:
    desk.workspace.people["tom"].role = "admin"
    desk.workspace.changed()
    await expect(page.locator("#composer-1")).to_contain_text("/desk queue")


@pytest.mark.parametrize("width", [390, 1440])
async def test_nothing_of_it_lies_outside_the_window(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 700})
    await page.locator("#say-1").press_sequentially("/")
    box = await page.locator("#composer-1 .pop").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= width
