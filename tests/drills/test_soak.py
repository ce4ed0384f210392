"""A short soak; `SOAK_MINUTES=5` makes it longer, and `python -m tests.drills.soak` says more about it."""

import asyncio
import os
from pathlib import Path

from tests.drills.soak import RESTARTS, drill

MINUTES = float(os.environ.get("SOAK_MINUTES") or 0.5)
SEED = 3


def test_nothing_is_lost_doubled_or_untrue_while_everything_fails_and_dies(tmp_path: Path) -> None:
    """No coroutine, as it may take longer than one test may."""
    soak = asyncio.run(drill(tmp_path, MINUTES, SEED))
    assert soak.restarts == len(RESTARTS)
    assert soak.tally.kills
    assert soak.faults
    assert soak.tally.ends["messages of rows"]
    assert soak.tally.lost == []
    assert soak.tally.doubled == []
