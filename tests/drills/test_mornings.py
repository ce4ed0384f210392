"""One round of outages, journeys and jumps; `python -m tests.drills.mornings` plays as many as one likes."""

from pathlib import Path

import pytest

from tests.databases import KINDS, fresh
from tests.drills.mornings import drill

ROUNDS, SEED = 1, 1


@pytest.mark.parametrize("kind", KINDS)
async def test_everybody_is_told_in_their_morning(kind: str, tmp_path: Path) -> None:
    """Nobody at night, nobody twice, nobody by surprise."""
    with fresh(kind, tmp_path) as url:
        tally = await drill(url, ROUNDS, SEED)
    assert tally.told > tally.people
    assert tally.mornings > 0
    assert tally.faults == []
