"""The playground without its page: what it adds to a typed command, and the demo's memory.

A command typed through `human/command` reaches a bare aiohttp app; what is left of the whole when the app's own time
to acknowledge is taken off is held against one request to that same app. The demo is measured after the page was
loaded and a command answered, against the bare import of the libraries that it has loaded by then.
"""

import asyncio
import json
import random
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.benchmarks.numbers import Bound, Options, median, milliseconds, report, run
from tests.benchmarks.startup import Start, appears, bare, memory
from tests.processes import PATIENCE, Json, end, free_port, playground, spawn

BATCH = 20  # commands, and requests to the floor, in a round
COMMAND = {"who": "mei", "text": "/bare hello"}
LIMIT = {"command": 3.0, "memory": 60.0}


async def benchmark(options: Options) -> bool:
    """Both, one after the other."""
    seconds = await commands(options)
    demo, floor = await memories(options.folder)
    return judged(seconds, demo, floor, options)


async def commands(options: Options) -> dict[str, list[float]]:
    """Seconds that the playground adds to each command, and of each bare request; the first round warms up."""
    dice = random.Random(options.seed)  # noqa: S311 (a benchmark)
    seconds: dict[str, list[float]] = {"command": [], "floor": []}
    async with playground(options.folder) as ready, app(options.folder) as url, aiohttp.ClientSession() as http:
        wanted = {"name": "bare", "commands": ["/bare"], "transport": "http", "events_url": url}
        await posted(http, f"{ready['human']}apps", wanted)
        for number in range(options.rounds + 1):
            for name in dice.sample(sorted(seconds), 2):
                for _ in range(BATCH):
                    one = await (typed(http, ready["human"]) if name == "command" else asked(http, url))
                    if number:
                        seconds[name].append(one)
    return seconds


@asynccontextmanager
async def app(folder: Path) -> AsyncIterator[str]:
    """The bare app in a process of its own; its address."""
    port = free_port()
    process = await spawn(folder, "app.log", "-m", "tests.benchmarks.bare_app", str(port))
    try:
        async with asyncio.timeout(PATIENCE):
            while not await is_open(port):  # noqa: ASYNC110 (another process opens it)
                await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}/slack/events"
    finally:
        await end(process)


async def is_open(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def posted(http: aiohttp.ClientSession, url: str, body: Json) -> Json:
    """One request to the human side, which must succeed."""
    async with http.post(url, json=body) as response:
        answer: Json = await response.json()
    assert answer["ok"], answer
    return answer


async def typed(http: aiohttp.ClientSession, human: str) -> float:
    """What one command takes beyond the app's own time to acknowledge it."""
    begun = time.perf_counter()
    answer = await posted(http, f"{human}command", COMMAND)
    return time.perf_counter() - begun - float(answer["ack_ms"]) / 1000


async def asked(http: aiohttp.ClientSession, url: str) -> float:
    """What one bare request takes."""
    begun = time.perf_counter()
    async with http.post(url, json=COMMAND) as response:
        await response.read()
    return time.perf_counter() - begun


async def memories(folder: Path) -> tuple[Start, Start]:
    """A demo that was used a little, and the bare import of its libraries; `seconds` until ready."""
    ready_file, seen, names = folder / "demo.json", folder / "seen.json", folder / "libraries.json"
    begun = time.perf_counter()
    arguments = ("demo", "--no-browser", "--ready", str(ready_file))
    process = await spawn(folder, "demo.log", "-m", "tests.benchmarks.observed_start", str(seen), *arguments)
    try:
        ready = json.loads((await appears(ready_file)).read_text())
        seconds = time.perf_counter() - begun
        async with aiohttp.ClientSession() as http:
            async with http.get(ready["page"]) as page:
                assert b"/page/static/page.js" in await page.read()
            await posted(http, f"{ready['human']}command", {"who": "mei", "text": "/sharge status"})
        demo = Start(seconds, *memory(process.pid))
        process.send_signal(signal.SIGUSR1)
        names.write_text(json.dumps(json.loads((await appears(seen)).read_text())["libraries"]))
    finally:
        await end(process)
    return demo, await bare(folder, names)


def judged(seconds: dict[str, list[float]], demo: Start, floor: Start, options: Options) -> bool:
    """Print it."""
    figures = {
        "floor: a request to the bare app": milliseconds(seconds["floor"]),
        "a command, less its ack": milliseconds(seconds["command"]),
        "floor: bare import": f"RSS {floor.rss:.1f} MiB   PSS {floor.pss:.1f} MiB",
        "demo, used a little": f"RSS {demo.rss:.1f} MiB   PSS {demo.pss:.1f} MiB   ready after {demo.seconds:.2f} s",
    }
    bounds = [
        Bound("median command, ratio", median(seconds["command"]) / median(seconds["floor"]), LIMIT["command"]),
        Bound("demo's memory above, RSS", demo.rss - floor.rss, LIMIT["memory"], "MiB"),
        Bound("demo's memory above, PSS", demo.pss - floor.pss, LIMIT["memory"], "MiB"),
    ]
    return report(options, f"N {len(seconds['floor'])} each", figures, bounds)


if __name__ == "__main__":
    run("box", 20, benchmark)
