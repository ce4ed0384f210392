"""An hour in six steps; `python -m tests.drills.outage` takes it minute by minute."""

from pathlib import Path

import pytest

from tests.drills.outage import drill

SEED = 7
WHATS = ("slack",)  # the others by hand: each takes as long again


@pytest.mark.parametrize("what", WHATS)
async def test_an_outage_is_calm_and_loses_nothing(what: str, tmp_path: Path) -> None:
    tally = await drill(what, "sqlite", tmp_path, SEED, stride=10)
    assert tally.is_fine, f"{tally.lines} {tally.loud} {tally.lost} {tally.doubled}"
    assert tally.acts["taken"] > 0
