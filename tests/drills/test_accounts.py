"""A few dozen races about accounts of each kind; `python -m tests.drills.accounts` runs as many as one likes."""

from pathlib import Path

import pytest

from bot.playground.coze.platform import CozePlatform
from tests.databases import KINDS
from tests.drills.accounts import KINDS_OF_RACES, drill

ROUNDS, SEED = 40, 7


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("race", KINDS_OF_RACES)
async def test_an_account_has_one_owner_and_one_approval(
    kind: str, race: str, tmp_path: Path, platform: CozePlatform
) -> None:
    """Whoever is faster, there is one truth, and the other is told."""
    tally = await drill(kind, tmp_path, race, ROUNDS, SEED, platform)
    assert tally.faults == []
    assert sum(tally.outcomes.values()) == ROUNDS
