"""A real browser in front of a real playground, with a small Bolt app connected."""

import os
import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from bot.playground.server import Playground

from ..conftest import Connect, Start
from . import deskapp

Json = dict[str, Any]


def chromium() -> str:
    """Where the browser is. Skips the test without one, but fails it in CI: there it has to run."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        reason = "no chromium found; on Debian: apt-get install chromium fonts-noto-cjk"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A headless browser."""
    path = chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        await browser.close()


@pytest.fixture
def sent() -> list[Json]:
    """What the app was told."""
    return []


@pytest.fixture
async def desk(start: Start, connect: Connect, sent: list[Json]) -> Playground:
    """A playground with the app connected by Socket Mode."""
    playground = await start(manifest=deskapp.MANIFEST)
    await connect(playground, "socket", deskapp.listeners(sent))
    return playground


@pytest.fixture
async def page(browser: Browser, desk: Playground) -> AsyncIterator[Page]:
    """The page at 1440 × 900 in English. Whatever the browser complains about fails the test."""
    complaints: list[str] = []
    page = await browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request", lambda request: complaints.append(request.url) if not request.url.startswith(desk.url) else None
    )
    page.set_default_timeout(8000)
    await page.goto(desk.url)
    yield page
    await page.close()
    assert complaints == []
