"""A real browser in front of a real playground, with a small Bolt app connected.

The browser is started once. It lives in the loop of the session, and so does everything that is used beside it: the
fixtures here, and the tests that say so with `IN_ITS_LOOP`.
"""

import os
import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.playground.server import Playground

from ..conftest import connecting, starting
from . import deskapp

Json = dict[str, Any]
PATIENCE = 15_000  # milliseconds: two cores may be busy
IN_ITS_LOOP = pytest.mark.asyncio(loop_scope="session")


def chromium() -> str:
    """Where the browser is. Skips the test without one, but fails it in CI: there it has to run."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        reason = "no chromium found; on Debian: apt-get install chromium fonts-noto-cjk"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A headless browser, the same for all tests."""
    path = chromium()
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        await browser.close()


@pytest.fixture
def sent() -> list[Json]:
    """What the app was told."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def desk(sent: list[Json]) -> AsyncIterator[Playground]:
    """A playground with the app connected by Socket Mode."""
    async with starting() as start, connecting() as connect:
        playground = await start(manifest=deskapp.MANIFEST)
        await connect(playground, "socket", deskapp.listeners(sent))
        yield playground


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, desk: Playground) -> AsyncIterator[Page]:
    """The page at 1440 × 900 in English. Whatever the browser complains about fails the test."""
    complaints: list[str] = []
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = await context.new_page()
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request", lambda request: complaints.append(request.url) if not request.url.startswith(desk.url) else None
    )
    page.set_default_timeout(PATIENCE)
    await page.goto(desk.url)
    yield page
    await context.close()
    assert complaints == []
