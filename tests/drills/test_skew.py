"""Some posts between two clocks; `python -m tests.drills.skew` sends as many as one likes."""

from pathlib import Path

import pytest

from tests.databases import KINDS, fresh
from tests.drills.skew import drill

COUNT, SEED = 15, 1


@pytest.mark.parametrize("kind", KINDS)
async def test_every_post_arrives_once_whatever_the_clocks_say(kind: str, tmp_path: Path) -> None:
    with fresh(kind, tmp_path) as url:
        tally = await drill(url, COUNT, SEED)
    assert tally.cut > 0
    assert not tally.doubled + tally.lost + tally.late
