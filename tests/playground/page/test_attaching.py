"""Pictures and files that people attach to a message."""

import base64
from typing import Any

import httpx
from playwright.async_api import Page, expect

from bot.playground.server import Playground

from .conftest import IN_ITS_LOOP

pytestmark = IN_ITS_LOOP
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def picked(name: str, kind: str, content: bytes) -> Any:
    """A file as Playwright gives it to an input."""
    return {"name": name, "mimeType": kind, "buffer": content}


async def test_a_screenshot_is_sent_shown_and_reaches_the_app(page: Page, desk: Playground) -> None:
    await page.locator("#file-1").set_input_files(
        [picked("屏幕 1.png", "image/png", PIXEL), picked("log.txt", "text/plain", b"hello")]
    )
    waiting = page.locator("#composer-1 .attached li")
    await expect(waiting).to_have_text(["屏幕 1.png×", "log.txt×"])
    await waiting.nth(1).get_by_role("button").click()
    await expect(waiting).to_have_count(1)
    await expect(page.locator("#say-1")).to_be_focused()
    await page.locator("#say-1").fill("my screen looks different")
    await page.keyboard.press("Enter")
    message = page.locator("#list-1 .msg").last
    await expect(message).to_contain_text("my screen looks different")
    await expect(message.get_by_role("img", name="屏幕 1.png")).to_be_visible()
    assert await message.get_by_role("img").evaluate("(img) => img.decode().then(() => img.naturalWidth)") == 1
    await expect(waiting).to_have_count(0)
    (file,) = desk.workspace.files.values()
    assert file.content == PIXEL
    event = next(each for each in reversed(desk.workspace.deliveries) if each.label == "message.im").payload["event"]
    assert (event["subtype"], event["text"]) == ("file_share", "my screen looks different")
    assert [(each["name"], each["mimetype"]) for each in event["files"]] == [("屏幕 1.png", "image/png")]
    headers = {"Authorization": f"Bearer {desk.main_app.bot_token}"}
    async with httpx.AsyncClient(trust_env=False) as http:
        fetched = await http.get(event["files"][0]["url_private_download"], headers=headers)
    assert fetched.content == PIXEL


async def test_a_picture_alone_is_pasted_and_waits_in_its_room(page: Page) -> None:
    paste = """(field) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array([1, 2, 3])], 'pasted.png', { type: 'image/png' }));
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    }"""
    await page.locator("#say-1").evaluate(paste)
    waiting = page.locator("#composer-1 .attached li")
    await expect(waiting).to_have_text(["pasted.png×"])
    await page.locator("#go-1-general").click()
    await expect(waiting).to_have_count(0)
    await page.locator("#go-1-dm").click()
    await expect(waiting).to_have_text(["pasted.png×"])
    await page.locator("#send-1").click()
    await expect(page.locator("#list-1 .msg").last).to_contain_text("pasted.png")


async def test_what_is_no_picture_is_never_shown_as_one(page: Page, desk: Playground) -> None:
    """A drawing may hold a program."""
    for name in ("a.svg", "a.html"):
        await desk.human.say("mei", files=[{"name": name, "content": "<svg onload='alert(1)'/>"}])
    await expect(page.locator("#list-1 .files")).to_have_count(2)
    await expect(page.locator("#list-1 .files img")).to_have_count(0)
    async with httpx.AsyncClient(base_url=desk.url, trust_env=False) as http:
        for file in [*desk.workspace.files, "F0"]:
            assert (await http.get(f"page/picture/{file}")).status_code == 404
