"""`/sharge status` at one connection, against what any such answer needs: a signature check and one inserted row.

Real signed HTTP to the real door; the durable key of the delivery is in the database when the answer arrives.
"""

import random

from tests.benchmarks.line import Answer, Line, Typist, met
from tests.benchmarks.numbers import Bound, Options, kinds, median, milliseconds, report, run
from tests.benchmarks.side_by_side import INSERT, VERIFY
from tests.databases import fresh
from tests.processes import Bot, free_port, playground

BATCH = 25  # requests of each kind in one round
WARM = 8  # rounds that don't count
WHO = "mei"


async def benchmark(options: Options) -> bool:
    """Measure on each database there is."""
    return all([await on(kind, options) for kind in kinds()])


async def on(kind: str, options: Options) -> bool:
    """Measure on one database."""
    folder = options.folder / kind
    folder.mkdir()
    with fresh(kind, folder) as url:
        async with playground(folder, "--transport", "http") as ready:
            floor_port = free_port()
            env = {**ready["env"], "DATABASE_URL": url, "FLOOR_PORT": str(floor_port)}
            del env["CLOCK_URL"]  # as in production: simulated time is real time
            bot = Bot(folder, env, arguments=("-m", "tests.benchmarks.side_by_side"))
            async with bot.running():
                secret = ready["slack"]["signing_secret"]
                line, floor = await Line.open(bot.port, secret), await Line.open(floor_port, secret)
                seconds = await measure(line, floor, Typist(ready), options)
                await line.close()
                await floor.close()
    return judged(kind, seconds, options)


async def measure(line: Line, floor: Line, typist: Typist, options: Options) -> dict[str, list[float]]:
    """Seconds of every answer, by kind; the order within a round is drawn anew each time."""
    dice = random.Random(options.seed)  # noqa: S311 (a benchmark)
    await met(line, typist, WHO)
    seconds: dict[str, list[float]] = {"status": [], "insert": [], "verify": []}
    for number in range(-WARM, options.rounds):
        for what in dice.sample(sorted(seconds), len(seconds)):
            batch = [await one(what, line if what == "status" else floor, typist) for _ in range(BATCH)]
            if number >= 0:
                seconds[what] += batch
    return seconds


async def one(what: str, line: Line, typist: Typist) -> float:
    """One request, its answer read and compared."""
    body = typist.command(WHO, "status")
    if what == "status":
        answer = await line.post(body)
        is_right = '"response_type":"ephemeral"' in answer.body and "下一步" in answer.body
    else:
        answer = await line.post(body, INSERT if what == "insert" else VERIFY)
        is_right = answer.body == ("inserted" if what == "insert" else "verified")
    expect(answer, is_right=is_right)
    return answer.seconds


def expect(answer: Answer, *, is_right: bool) -> None:
    """A wrong answer may be fast: it does not count. Raises AssertionError."""
    assert answer.status == 200, answer
    assert is_right, answer


def judged(kind: str, seconds: dict[str, list[float]], options: Options) -> bool:
    """Print it."""
    status, insert, verify = (median(seconds[what]) for what in ("status", "insert", "verify"))
    figures = {
        "floor: signature": milliseconds(seconds["verify"]),
        "floor: signature and one row": milliseconds(seconds["insert"]),
        "/sharge status": milliseconds(seconds["status"]),
        "p50 ratio to the signature alone": f"{status / verify:.2f} x",
    }
    bound = Bound("p50 ratio to signature and row", status / insert, 2.0)
    return report(options, f"acknowledged with its durable key, {kind}", figures, [bound])


if __name__ == "__main__":
    run("status_ack", 40, benchmark)
