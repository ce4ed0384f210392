"""What all benchmarks share: their command line, percentiles, and how a result is printed."""

import argparse
import asyncio
import math
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line. `rounds` counts the interleaved rounds."""

    name: str
    seed: int
    rounds: int
    folder: Path


@dataclass(frozen=True)
class Bound:
    """A figure that must not exceed its limit."""

    what: str
    value: float
    limit: float
    unit: str = "x"

    @property
    def met(self) -> bool:
        """Whether it does not."""
        return self.value <= self.limit


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile; `share` between 0 and 1."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return percentile(values, 0.5)


def milliseconds(values: Sequence[float]) -> str:
    """How a series of seconds is printed."""
    p50, p99 = percentile(values, 0.5) * 1000, percentile(values, 0.99) * 1000
    return f"p50 {p50:8.3f} ms   p99 {p99:8.3f} ms   N {len(values)}"


def report(options: Options, what: str, figures: dict[str, str], bounds: Sequence[Bound]) -> bool:
    """Print one result; whether every bound was met."""
    command = f"python -m tests.benchmarks.{options.name} --seed {options.seed} --rounds {options.rounds}"
    print(f"\n{options.name}: {what}   {datetime.now(UTC):%Y-%m-%d}\n  {command}")
    for name, figure in figures.items():
        print(f"  {name:<34} {figure}")
    for bound in bounds:
        verdict = "met" if bound.met else "MISSED"
        print(f"  {bound.what:<34} {bound.value:.2f} {bound.unit}   limit {bound.limit:g} {bound.unit}   {verdict}")
    sys.stdout.flush()
    return all(bound.met for bound in bounds)


def run(name: str, rounds: int, benchmark: Callable[[Options], Awaitable[bool]]) -> None:
    """Read the command line, run the benchmark in a folder of its own, end with 1 if a bound was missed."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.benchmarks.{name}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=rounds, help=f"interleaved rounds; default {rounds}")
    given = parser.parse_args()

    async def whole() -> bool:
        with tempfile.TemporaryDirectory(prefix="sharge-benchmark-") as folder:
            return await benchmark(Options(name, given.seed, given.rounds, Path(folder)))

    sys.exit(0 if asyncio.run(whole()) else 1)


def kinds() -> list[str]:
    """The databases to measure on: PostgreSQL only where TEST_DATABASE_URL names a server."""
    return ["sqlite", "postgresql"] if os.environ.get("TEST_DATABASE_URL") else ["sqlite"]
