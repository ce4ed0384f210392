"""The playground's page in Chromium: its first paint, how soon a message is seen, a room of 2,000 messages.

Needs Chromium and the test libraries. Playground and static server run in this process, the browser in its own.
"""

import asyncio
import random
import re
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from playwright.async_api import Browser, Page, async_playwright
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.demo.setup import setup
from bot.playground.server import Options as Setup
from bot.playground.server import Playground, serve
from bot.playground.wire import Served
from bot.playground.world.chat import Message
from tests.benchmarks.numbers import Bound, Options, median, milliseconds, report, run

FRAME = 1 / 60
LONG = 2000  # messages in the long room
STRETCHES = 30  # times that the older messages are asked for
UPDATES = 40
Json = dict[str, Any]

FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
# Answers when a new item has been painted: the frame after the one that draws it has begun.
SEEN = """(prefix) => new Promise((seen) => {
  const watch = new MutationObserver(() => {
    if (!document.querySelector('#list-2').textContent.includes(prefix)) return;
    watch.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => seen(performance.timeOrigin + performance.now())));
  });
  watch.observe(document.querySelector('#body-2'), { childList: true, subtree: true });
})"""
# Answers when an event has come and a small request after it was answered.
ROUND_TRIP = """() => new Promise((done) => {
  const source = new EventSource('/floor/events');
  source.addEventListener('ready', () => fetch('/floor/begin', { method: 'POST' }));
  source.addEventListener('changed', async ({ data }) => {
    await (await fetch('/floor/small')).text();
    source.close();
    done(performance.timeOrigin + performance.now() - Number(data));
  });
})"""
FRAMES = """() => {
  window.gaps = []; let last = performance.now();
  const frame = (now) => { window.gaps.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}"""


@dataclass
class Floor:
    """A server with nothing of ours in it: a page of the same size, an event stream, a small answer."""

    html: str = ""
    css: str = ""
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> Starlette:
        """Its routes."""
        return Starlette(
            routes=[
                Route("/", self._page),
                Route("/page.css", self._css),
                Route("/floor/events", self._events),
                Route("/floor/begin", self._begin, methods=["POST"]),
                Route("/floor/small", self._small),
            ]
        )

    async def _page(self, _: Request) -> Response:
        return HTMLResponse(self.html)

    async def _css(self, _: Request) -> Response:
        return Response(self.css, media_type="text/css")

    async def _small(self, _: Request) -> Response:
        return PlainTextResponse("ok")

    async def _begin(self, _: Request) -> Response:
        self.begun.set()
        return PlainTextResponse("ok")

    async def _events(self, _: Request) -> Response:
        async def events() -> AsyncIterator[Json]:
            self.begun.clear()
            yield {"event": "ready", "data": ""}
            await self.begun.wait()
            yield {"event": "changed", "data": str(time.time() * 1000)}

        return EventSourceResponse(events())


async def benchmark(options: Options) -> bool:
    """Measure all three in one browser."""
    async with opened() as (browser, playground, floor):
        paints = await first_paints(browser, playground, floor, options)
        seen = await sightings(browser, playground, floor, options)
        gaps = await long_room(browser, playground, options)
    return judged(paints, seen, gaps, options)


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[Browser, Playground, tuple[Floor, Served]]]:
    """A browser, a playground with some cards in it, and the floor."""
    playground = await serve(Setup(), setup())
    floor = Floor()
    served = Served(floor.app(), 0)
    await served.start()
    for number in range(40):
        post(playground, "admins", number)
    async with httpx.AsyncClient(trust_env=False) as http:
        page = (await http.get(f"{playground.url}?lang=en")).text
        sheets = [
            (await http.get(f"{playground.url}page/static/{name}.css")).text for name in ("page", "blocks", "panels")
        ]
    floor.html, floor.css = static(page), "".join(sheets)
    path = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
            yield browser, playground, (floor, served)
            await browser.close()
    finally:
        await served.stop()
        await playground.stop()


def static(page: str) -> str:
    """A plain page of the same size with the same stylesheets and the words of the real one."""
    words = [line.strip() for line in re.sub(r"<[^>]*>", "\n", page).splitlines() if line.strip()]
    head = "<!doctype html><html lang='en'><meta charset='utf-8'><link rel='stylesheet' href='/page.css'><body>\n"
    html = head + "".join(f"<p class='text'>{line}</p>\n" for line in words)
    filler = "<p class='text'>A line of text as a message has it, neither short nor long, to fill the page.</p>\n"
    return html + filler * ((len(page) - len(html)) // len(filler))


def post(playground: Playground, room: str, number: int) -> Message:
    """The bot's card number so-and-so in a channel."""
    workspace = playground.workspace
    channel = next(one for one in workspace.channels.values() if one.name == room)
    app = workspace.main_app
    message = Message(workspace.new_ts(), channel.id, app.bot_user, f"Request {number}", app.id, card(number))
    return workspace.post(message)


def card(number: int, state: str = "waiting") -> list[Json]:
    """A card as the bot draws it: eight blocks, two buttons."""

    def said(text: str, **style: bool) -> Json:
        return {"type": "text", "text": text, **({"style": style} if style else {})}

    def button(verb: str, text: str) -> Json:
        label = {"type": "plain_text", "text": text}
        return {"type": "button", "action_id": f"join.{verb}", "text": label, "value": str(number)}

    lines = [said(f"Request {number} · ", bold=True), said("a narrator for museum tours & <more>\n" * 3)]
    fields = [
        {"type": "mrkdwn", "text": f"*{name}*\n{number} <!date^1796261400^{{date_short}} {{time}}|then>"}
        for name in "ABCD"
    ]
    return [
        {"type": "context", "elements": [{"type": "mrkdwn", "text": f"join · *{state}*"}]},
        {"type": "header", "text": {"type": "plain_text", "text": f"Request {number} · {state}"}},
        {"type": "section", "fields": fields},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": lines}]},
        {"type": "divider"},
        {"type": "section", "text": {"type": "mrkdwn", "text": "`code` and <https://example.com|a link>"}},
        {"type": "actions", "elements": [button("approve", "Approve"), button("decline", "Decline…")]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "entered by the person, not verified"}]},
    ]  # fmt: skip


async def first_paints(
    browser: Browser, playground: Playground, floor: tuple[Floor, Served], options: Options
) -> dict[str, list[float]]:
    """Seconds to the first paint, interleaved, each in a fresh context; the first of each warms up."""
    dice = random.Random(options.seed)  # noqa: S311 (a benchmark)
    urls = {"page": f"{playground.url}?lang=en", "static": floor[1].url}
    paints: dict[str, list[float]] = {name: [] for name in urls}
    for number in range(options.rounds + 1):
        for name in dice.sample(sorted(urls), len(urls)):
            context = await browser.new_context(viewport={"width": 1440, "height": 900})
            page = await context.new_page()
            await page.goto(urls[name])
            painted = await painted_at(page)
            if number:
                paints[name].append(painted)
            await context.close()
    return paints


async def painted_at(page: Page) -> float:
    """The first paint, in seconds after the navigation began."""
    while not (painted := await page.evaluate(FIRST_PAINT)):  # noqa: ASYNC110 (the browser knows, nobody tells)
        await asyncio.sleep(0.01)
    return float(painted) / 1000


async def sightings(
    browser: Browser, playground: Playground, floor: tuple[Floor, Served], options: Options
) -> dict[str, list[float]]:
    """Seconds from a message's arrival in the workspace to its paint, and of a bare event with a request after it."""
    ours, bare = await opened_page(browser, playground), await browser.new_page()
    await bare.goto(floor[1].url)
    seen: dict[str, list[float]] = {"message": [], "round trip": []}
    for number in range(10_000, 10_001 + options.rounds * 2):
        painting = asyncio.create_task(ours.evaluate(SEEN, f"Request {number}"))
        await asyncio.sleep(0.15)
        begun = time.time()
        post(playground, "admins", number)
        seen["message"].append((await painting) / 1000 - begun)
        seen["round trip"].append(await bare.evaluate(ROUND_TRIP) / 1000)
    await ours.close()
    await bare.close()
    return {name: values[1:] for name, values in seen.items()}


async def opened_page(browser: Browser, playground: Playground) -> Page:
    """The page with the admins' channel at the right, connected."""
    page = await browser.new_page(viewport={"width": 1440, "height": 900})
    await page.goto(f"{playground.url}?lang=en")
    await page.locator("#list-2 .msg").first.wait_for()
    await asyncio.sleep(0.5)
    return page


async def long_room(browser: Browser, playground: Playground, options: Options) -> dict[str, list[float]]:
    """Gaps between frames, in seconds, while 2,000 messages are scrolled through and while messages change."""
    messages = [post(playground, "admins", number) for number in range(LONG)]
    page = await opened_page(browser, playground)
    await page.evaluate(FRAMES)
    await page.locator("#body-2").hover()
    gaps: dict[str, list[float]] = {"still": await frames(page, asyncio.sleep(1))}
    gaps["updates"] = await frames(page, changes(playground, messages, random.Random(options.seed)))  # noqa: S311
    gaps["scrolling"] = await frames(page, scroll(page))
    assert await page.locator("#list-2-to-older").count() == 1, "the room is longer than what was scrolled"
    await page.close()
    return gaps


async def changes(playground: Playground, messages: list[Message], dice: random.Random) -> None:
    """Cards change and messages come, as they would from the bot."""
    for number in range(UPDATES):
        if number % 2:
            dice.choice(messages[-20:]).blocks = card(number, "approved")
            playground.workspace.changed()
        else:
            post(playground, "admins", 20_000 + number)
        await asyncio.sleep(0.05)


async def scroll(page: Page) -> None:
    """Up through the room; what is older comes by itself."""
    for _ in range(STRETCHES):
        top = await page.locator("#list-2 .msg").first.get_attribute("id")
        for _ in range(60):
            await page.mouse.wheel(0, -900)
            await asyncio.sleep(0.03)
            if await page.locator("#list-2 .msg").first.get_attribute("id") != top:
                break
        else:
            raise AssertionError("the older messages did not come")


async def frames(page: Page, deed: Any) -> list[float]:
    """The gaps between frames while something happens, in seconds."""
    await page.evaluate("window.gaps.length = 0")
    await deed
    return [gap / 1000 for gap in await page.evaluate("window.gaps")]


def judged(
    paints: dict[str, list[float]], seen: dict[str, list[float]], gaps: dict[str, list[float]], options: Options
) -> bool:
    """Print it."""
    figures = {f"first paint, {name}": milliseconds(values) for name, values in sorted(paints.items())}
    figures |= {f"seen, {name}": milliseconds(values) for name, values in seen.items()}
    figures |= {
        f"frames, {name}": f"{milliseconds(values)}   longest {max(values) * 1000:.1f} ms"
        for name, values in gaps.items()
    }
    longest = max(max(gaps["updates"]), max(gaps["scrolling"])) * 1000
    above = (median(seen["message"]) - median(seen["round trip"])) / FRAME
    bounds = [
        Bound("first paint, ratio", median(paints["page"]) / median(paints["static"]), 2),
        Bound("seen after a round trip", above, 3, "frames"),
        Bound("longest stall, 2,000 messages", longest, 100, "ms"),
    ]
    return report(options, f"Chromium, N {len(paints['page'])}", figures, bounds)


if __name__ == "__main__":
    run("page", 15, benchmark)
