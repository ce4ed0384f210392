"""`bot run` until /readyz answers, against the bare import of the libraries that it has loaded by then.

The schema is at head. What Slack takes to answer is subtracted and printed by itself.
"""

import asyncio
import json
import random
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.numbers import Bound, Options, kinds, median, report, run
from tests.databases import fresh
from tests.processes import Bot, Json, end, playground, spawn

POLL = 0.002
MIB = 1024  # kilobytes
NOT_AT_HEAD = ("alembic", "bot.playground")  # what a start with the schema at head has no use for


@dataclass(frozen=True)
class Start:
    """One start. `slack` are the seconds in which the bot waited for Slack; memory in MiB."""

    seconds: float
    rss: float
    pss: float
    slack: float = 0.0


async def benchmark(options: Options) -> bool:
    """Measure on each database there is."""
    return all([await on(kind, options) for kind in kinds()])


async def on(kind: str, options: Options) -> bool:
    """Measure on one database."""
    folder = options.folder / kind
    folder.mkdir()
    with fresh(kind, folder) as url:
        async with playground(folder, "--transport", "http") as ready:
            env = {**ready["env"], "DATABASE_URL": url}
            del env["CLOCK_URL"]  # as in production: simulated time is real time
            starts = await measure(folder, env, options)
    return judged(kind, starts, options)


async def measure(folder: Path, env: dict[str, str], options: Options) -> dict[str, list[Start]]:
    """All starts, by what was started; the first of each warms the caches and does not count."""
    dice = random.Random(options.seed)  # noqa: S311 (a benchmark)
    async with started(folder, env) as (_, seen):
        names = folder / "libraries.json"
        names.write_text(json.dumps(seen["libraries"]))
        unwanted = [name for name in seen["modules"] if name.startswith(NOT_AT_HEAD)]
        assert not unwanted, unwanted
    await bare(folder, names)
    starts: dict[str, list[Start]] = {"bot": [], "bare": []}
    for _ in range(options.rounds):
        for what in dice.sample(sorted(starts), 2):
            if what == "bare":
                starts["bare"].append(await bare(folder, names))
                continue
            async with started(folder, env) as (start, _):
                starts["bot"].append(start)
    return starts


@asynccontextmanager
async def started(folder: Path, env: dict[str, str]) -> AsyncIterator[tuple[Start, Json]]:
    """The bot, from nothing to ready, and what it says about itself then."""
    seen = folder / "seen.json"
    seen.unlink(missing_ok=True)
    bot = Bot(folder, env, arguments=("-m", "tests.benchmarks.observed_start", str(seen)))
    begun = time.perf_counter()
    async with bot.running():
        seconds = time.perf_counter() - begun
        rss, pss = memory(bot.process.pid)
        bot.process.send_signal(signal.SIGUSR1)
        told: Json = json.loads((await appears(seen)).read_text())
        yield Start(seconds - told["slack"], rss, pss, told["slack"]), told


async def bare(folder: Path, names: Path) -> Start:
    """A process that imports the libraries and nothing else."""
    done = folder / "done"
    done.unlink(missing_ok=True)
    begun = time.perf_counter()
    process = await spawn(folder, "bare.log", "-m", "tests.benchmarks.bare_imports", str(names), str(done))
    try:
        await appears(done)
        seconds = time.perf_counter() - begun
        return Start(seconds, *memory(process.pid))
    finally:
        await end(process)


async def appears(file: Path) -> Path:
    """Wait for a file that another process makes."""
    async with asyncio.timeout(30):
        while not file.exists():  # noqa: ASYNC110, ASYNC240 (another process makes it; a look is quick)
            await asyncio.sleep(POLL)
    return file


def memory(pid: int) -> tuple[float, float]:
    """Resident and proportional memory of a process, in MiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {name: int(rest.split()[0]) / MIB for name, _, rest in (line.partition(":") for line in lines)}
    return sizes["Rss"], sizes["Pss"]


def judged(kind: str, starts: dict[str, list[Start]], options: Options) -> bool:
    """Print it."""
    bot, floor = starts["bot"], starts["bare"]
    seconds = median([start.seconds for start in bot]), median([start.seconds for start in floor])
    rss = median([start.rss for start in bot]), median([start.rss for start in floor])
    pss = median([start.pss for start in bot]), median([start.pss for start in floor])
    figures = {
        "floor: bare import": f"{seconds[1]:.3f} s   RSS {rss[1]:.1f} MiB   PSS {pss[1]:.1f} MiB",
        "bot run until ready": f"{seconds[0]:.3f} s   RSS {rss[0]:.1f} MiB   PSS {pss[0]:.1f} MiB",
        "Slack handshake, apart": f"{median([start.slack for start in bot]):.3f} s",
    }
    bounds = [
        Bound("median time, ratio", seconds[0] / seconds[1], 1.25),
        Bound("median memory above, RSS", rss[0] - rss[1], 25, "MiB"),
        Bound("median memory above, PSS", pss[0] - pss[1], 25, "MiB"),
    ]
    return report(options, f"{kind}, N {len(bot)} each", figures, bounds)


if __name__ == "__main__":
    run("startup", 11, benchmark)
