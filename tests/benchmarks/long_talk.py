"""Thousands of commands in a row, typed into the demo with its page open: the last are no slower than the first.

What would grow is the playground's memory of the talk: the journal, the page, the calls. Each round is a thousand
commands of the bot through `human/command`; the page is a client that asks for what has changed whenever it is told
to, as the browser does.
"""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.benchmarks.box import posted
from tests.benchmarks.numbers import Bound, Options, median, milliseconds, report, run
from tests.benchmarks.startup import appears, memory
from tests.processes import Json, end, spawn

BATCH = 1000  # commands in a round
COMMAND = {"who": "mei", "text": "/sharge status"}
LIMIT = 1.5
SHOWN = re.compile(r'id="([^"]+)" data-v="(\w+)"')
GONE = re.compile(r'<li id="([^"]+)" hx-swap-oob="delete">')


class OpenPage:
    """A browser without a screen: it knows which parts it shows, and asks for those that differ."""

    def __init__(self, http: aiohttp.ClientSession, page: str) -> None:
        self._http, self._page = http, page
        self._known: dict[str, str] = {}
        self.updates: list[float] = []  # seconds that each took

    async def follow(self) -> None:
        """Show the page, and keep it up to date until cancelled."""
        async with self._http.get(f"{self._page}?lang=en&left=mei:dm") as answer:
            self._show(await answer.text())
        async with self._http.get(f"{self._page}page/events", timeout=aiohttp.ClientTimeout(total=None)) as stream:
            async for line in stream.content:
                if line.startswith(b"event: changed"):
                    await self._update()

    async def _update(self) -> None:
        known = ";".join(f"{name}={digest}" for name, digest in self._known.items())
        headers = {"HX-Request": "true", "HX-Current-URL": f"{self._page}?lang=en&left=mei:dm", "X-Parts": known}
        begun = time.perf_counter()
        async with self._http.get(f"{self._page}page/parts", headers=headers) as answer:
            self._show(await answer.text())
        self.updates.append(time.perf_counter() - begun)

    def _show(self, html: str) -> None:
        for name in GONE.findall(html):
            self._known.pop(name, None)
        for desk in (1, 2):
            if f'id="body-{desk}" data-v=' in html:  # the room was drawn whole
                self._known = {n: d for n, d in self._known.items() if not n.startswith(f"list-{desk}-")}
        self._known |= dict(SHOWN.findall(html))


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[tuple[Json, int]]:
    """The demo in a process of its own: its ready file, and the process's id."""
    ready = folder / "demo.json"
    process = await spawn(folder, "demo.log", "-m", "bot", "demo", "--no-browser", "--ready", str(ready))
    try:
        yield json.loads((await appears(ready)).read_text()), process.pid
    finally:
        await end(process)


async def benchmark(options: Options) -> bool:
    """Type, and hold the last round against the first."""
    async with demo(options.folder) as (ready, pid), aiohttp.ClientSession(read_bufsize=1 << 24) as http:
        page = OpenPage(http, ready["page"])
        following = asyncio.create_task(page.follow())
        await posted(http, f"{ready['human']}command", COMMAND)  # the bot asks about somebody new
        before = memory(pid)[0]
        rounds = [[await typed(http, ready["human"]) for _ in range(BATCH)] for _ in range(options.rounds)]
        updates, after = page.updates, memory(pid)[0]
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
    figures = {f"commands {number}000": milliseconds(each) for number, each in enumerate(rounds, 1)}
    tenth = max(1, len(updates) // 10)
    figures["page, first tenth of updates"] = milliseconds(updates[:tenth])
    figures["page, last tenth of updates"] = milliseconds(updates[-tenth:])
    figures["the demo's memory, RSS"] = f"{before:.0f} MiB, at the end {after:.0f} MiB"
    bounds = [
        Bound("last thousand, ratio of medians", median(rounds[-1]) / median(rounds[0]), LIMIT),
        Bound("last thousand, ratio of sums", sum(rounds[-1]) / sum(rounds[0]), LIMIT),
    ]
    return report(options, f"N {BATCH * len(rounds)}", figures, bounds)


async def typed(http: aiohttp.ClientSession, human: str) -> float:
    """Seconds that one command takes, its answer included."""
    begun = time.perf_counter()
    await posted(http, f"{human}command", COMMAND)
    return time.perf_counter() - begun


if __name__ == "__main__":
    run("long_talk", 10, benchmark)
