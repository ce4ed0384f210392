"""From a clone to a green doctor by docs/operating.md alone, everything installed anew, against the playground.

`python -m tests.benchmarks.operators_walk`; ≤ 5 minutes are wanted. Downloads count, and what pip has kept does too:
`PIP_NO_CACHE_DIR=1` has all of it fetched. Nobody's typing is in it: the answers to `init` are piped in.
"""

import asyncio
import itertools
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.operators_walk import Walk, cloned
from tests.processes import free_port, playground

BOUND = 300.0  # seconds
PYTHON = Path(sys.base_prefix) / "bin"


async def walk(folder: Path) -> list[tuple[str, float]]:
    """What each part took, in seconds."""
    async with playground(folder) as ready:
        marks = [("", time.monotonic())]
        clone = await asyncio.to_thread(cloned, folder)
        marks.append(("clone", time.monotonic()))
        pip = {name: each for name, each in os.environ.items() if name.startswith("PIP_")}
        there = Walk(clone, ready["env"], {**pip, "PATH": f"{PYTHON}:{os.environ['PATH']}"}, free_port())
        await there.does("install")
        marks.append(("install", time.monotonic()))
        async with there.running():
            await there.does("ready")
            marks.append(("ready", time.monotonic()))
            await there.does("doctor")
            marks.append(("doctor", time.monotonic()))
    return [(name, at - before) for (_, before), (name, at) in itertools.pairwise(marks)]


def main() -> int:
    """0 where the bound is met."""
    with tempfile.TemporaryDirectory(prefix="sharge-walk-") as folder:
        parts = asyncio.run(walk(Path(folder)))
    total = sum(seconds for _, seconds in parts)
    print("operators_walk: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in parts) + f"; {total:.0f} s")
    return 0 if total <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
