"""How long /readyz takes while all is well, while somebody else has the database, and while Slack hangs.

`python -m tests.benchmarks.readyz --rounds N`. The floor is /healthz of the same process, asked in turn: what differs
is reading what the look in the background has found.
"""

import contextlib
import time
from pathlib import Path

import httpx

from tests.benchmarks.numbers import Bound, Options, kinds, milliseconds, percentile, report, run
from tests.databases import fresh, locked
from tests.drills.kill import chat
from tests.processes import Bot, free_port

EACH = 25  # questions of a kind in a round
LONGEST = 0.020  # seconds, of a hundred the slowest but one
SITUATIONS = ("well", "locked", "Slack hangs")


async def benchmark(options: Options) -> bool:
    """On each database there is."""
    return all([await on(kind, options) for kind in kinds()])


async def on(kind: str, options: Options) -> bool:
    """One database, in every situation."""
    folder = Path(options.folder) / kind
    folder.mkdir()
    port = free_port()
    with fresh(kind, folder) as url:
        async with chat(folder, "http", port) as story:
            bot = Bot(folder, {**story.ready["env"], "DATABASE_URL": url, "LOG_LEVEL": "ERROR"}, port)
            async with bot.running(), httpx.AsyncClient(trust_env=False, timeout=30) as http:
                well = True
                for situation in SITUATIONS:
                    with contextlib.ExitStack() as stack:
                        if situation == "locked":
                            stack.enter_context(locked(url, "heartbeat"))
                        if situation == "Slack hangs":
                            await story.goes_wrong("slack", "slow", delay=10)
                        seconds = await asked(http, f"http://127.0.0.1:{port}", options.rounds)
                    well = judged(f"{kind}, {situation}", seconds, options) and well
                await story.works_again()
    return well


async def asked(http: httpx.AsyncClient, address: str, rounds: int) -> dict[str, list[float]]:
    """What each answer took, in seconds."""
    found: dict[str, list[float]] = {"/healthz": [], "/readyz": []}
    for _ in range(rounds):
        for path, seconds in found.items():
            for _ in range(EACH):
                began = time.perf_counter()
                answer = await http.get(address + path)
                seconds.append(time.perf_counter() - began)
                assert answer.status_code in (200, 503), answer.text
    return found


def judged(where: str, seconds: dict[str, list[float]], options: Options) -> bool:
    """Print it; whether the bound is met."""
    slowest = percentile(seconds["/readyz"], 0.99)
    figures = {path: milliseconds(each) for path, each in seconds.items()}
    return report(options, where, figures, [Bound("/readyz p99", slowest * 1000, LONGEST * 1000, " ms")])


if __name__ == "__main__":
    run("readyz", 20, benchmark)
