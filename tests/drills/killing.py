"""Drills of kills by hand: so many of them, from a seed, on one kind of database."""

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.databases import KINDS
from tests.drills.kill import Tally

Drill = Callable[[str, Path, int, int], Awaitable[Tally]]
"""On this kind of database, in a folder, so many kills, from a seed."""


def by_hand(name: str, about: str | None, drill: Drill) -> int:
    """Read the command line, run and print; 0 when nothing was lost or doubled."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.drills.{name}", description=about)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=KINDS, default=KINDS[0], help="PostgreSQL needs TEST_DATABASE_URL")
    given = parser.parse_args()

    async def run() -> Tally:
        with tempfile.TemporaryDirectory(prefix="sharge-drill-") as folder:
            return await drill(given.database, Path(folder), given.kills, given.seed)

    tally = asyncio.run(run())
    found = f"kills {tally.kills}, seed {given.seed}, lost {len(tally.lost)}, doubled {len(tally.doubled)}"
    print(f"{name}: {given.database}, {found}")
    for end, times in tally.ends.items():
        print(f"  {times} times: {end}")
    for line in tally.lost + tally.doubled:
        print(f"  {line}")
    return 1 if tally.lost or tally.doubled else 0
