"""50 simultaneous commands while Coze hangs, against the same while it does not.

Before each round several people have a token checked; in every other round Coze holds its answers back for 30 s, so
that those checks hang while the commands come. Whether they do is looked at, round by round.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx

from tests.benchmarks.line import Answer, Line, Typist, met
from tests.benchmarks.numbers import Bound, Options, kinds, milliseconds, percentile, report, run
from tests.databases import fresh
from tests.processes import Bot, Json, playground

CROWD = 50  # commands at once, each on a connection of its own
WARM = 2  # rounds of each kind that don't count
PEOPLE = ("mei", "tom", "lin", "wang")
CHECKERS = PEOPLE[:3]  # each result opens a conversation, which Slack allows about 50 times a minute
COMMANDS = ("status", "help", "remind", "")
SLACK_WAITS = 3.0  # seconds until Slack calls an answer late
MANY = 1000  # strokes of the fault; what is missing of them hangs


class World:
    """A playground, and a bot in its own process at `port`."""

    def __init__(self, human: httpx.AsyncClient, ready: Json, port: int) -> None:
        self._human, self._typist, self._port = human, Typist(ready), port
        self._secret = str(ready["slack"]["signing_secret"])
        self._pasted = str(ready["coze"]["pats"]["mei"])

    async def meet(self) -> None:
        """Let the bot know everybody, so that commands are answered in the ack."""
        async with self._lines(1) as lines:
            for who in PEOPLE:
                await met(lines[0], self._typist, who)

    @asynccontextmanager
    async def _lines(self, number: int) -> AsyncIterator[list[Line]]:
        """Fresh connections: the bot hangs up on those that were quiet for five seconds."""
        lines = [await Line.open(self._port, self._secret) for _ in range(number)]
        yield lines
        for line in lines:
            await line.close()

    async def round(self, dice: random.Random, *, hangs: bool) -> list[float]:
        """Seconds of each acknowledgement. Raises AssertionError for a wrong answer."""
        told = await self._told() + len(CHECKERS)
        if hangs:
            fault = {"target": "coze", "kind": "slow", "delay": 30, "times": MANY}
            (await self._human.post("fault", json=fault)).raise_for_status()
        async with self._lines(1) as lines:
            for who in CHECKERS:
                right(await lines[0].post(self._typist.check(who, self._pasted)), "")
        await self._until(self._hanging if hangs else self._told, len(CHECKERS) if hangs else told)
        seconds = await self._crowd(dice)
        if hangs:
            assert await self._told() == told - len(CHECKERS), "nothing hung"
            await self._human.delete("fault")
            await self._until(self._told, told)
        return seconds

    async def _crowd(self, dice: random.Random) -> list[float]:
        texts = [(dice.choice(PEOPLE), dice.choice(COMMANDS)) for _ in range(CROWD)]
        bodies = [self._typist.command(who, text) for who, text in texts]
        async with self._lines(CROWD) as lines:
            answers = await asyncio.gather(*(line.post(body) for line, body in zip(lines, bodies, strict=True)))
        for answer in answers:
            right(answer, '"response_type":"ephemeral"')
        return [answer.seconds for answer in answers]

    async def _told(self) -> int:
        """How many results of checks the chat has received."""
        calls = (await self._human.get("calls")).json()["calls"]
        return sum(call["method"] == "chat.postMessage" for call in calls)

    async def _hanging(self) -> int:
        """How many calls Coze is holding back."""
        faults = (await self._human.get("fault")).json()["coze"]
        return sum(MANY - fault["times"] for fault in faults)

    async def _until(self, count: Callable[[], Awaitable[int]], wanted: int) -> None:
        async with asyncio.timeout(30):
            while await count() < wanted:  # noqa: ASYNC110 (another process does it)
                await asyncio.sleep(0.05)


def right(answer: Answer, words: str) -> None:
    """A wrong answer may be fast: it does not count. Raises AssertionError."""
    assert answer.status == 200, answer
    assert words in answer.body, answer


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
            async with (
                Bot(folder, env).running() as bot,
                httpx.AsyncClient(base_url=ready["human"], trust_env=False, timeout=30) as human,
            ):
                seconds = await measure(World(human, ready, bot.port), options)
    return judged(kind, seconds, options)


async def measure(world: World, options: Options) -> dict[bool, list[float]]:
    """Seconds of all acknowledgements, with Coze hanging (True) and without."""
    dice = random.Random(options.seed)  # noqa: S311 (a benchmark)
    await world.meet()
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for number in range(-WARM, options.rounds):
        for hangs in dice.sample([True, False], 2):
            answered = await world.round(dice, hangs=hangs)
            if number >= 0:
                seconds[hangs] += answered
    return seconds


def judged(kind: str, seconds: dict[bool, list[float]], options: Options) -> bool:
    """Print it."""
    figures = {"Coze answers": milliseconds(seconds[False]), "Coze hangs": milliseconds(seconds[True])}
    ratio = percentile(seconds[True], 0.99) / percentile(seconds[False], 0.99)
    slowest = max(max(each) for each in seconds.values())
    bounds = [Bound("pooled p99, hanging to not", ratio, 2.0), Bound("slowest of all", slowest, SLACK_WAITS, "s")]
    return report(options, f"{CROWD} commands at once, {kind}", figures, bounds)


if __name__ == "__main__":
    run("slow_coze", 20, benchmark)
