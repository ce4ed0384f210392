"""An hour in six steps; `python -m tests.drills.outage` takes it minute by minute."""

from pathlib import Path

import pytest

from tests.drills.outage import WHATS, drill

SEED = 7


@pytest.mark.parametrize("what", WHATS)
async def test_an_outage_is_calm_and_loses_nothing(what: str, tmp_path: Path) -> None:
    tally = await drill(what, "sqlite", tmp_path, SEED, stride=10)
    assert tally.is_fine, f"{tally.lines} {tally.loud} {tally.lost} {tally.doubled}"
    assert tally.acts["taken"] > 0
    assert tally.told > 0 or what != "database"
