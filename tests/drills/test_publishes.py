"""A few dozen confirmations that are sent twice; `python -m tests.drills.publishes` sends as many as one likes."""

from pathlib import Path

import pytest

from bot.playground.coze.platform import CozePlatform
from tests.databases import KINDS
from tests.drills.publishes import RACES, drill

ROUNDS, SEED = 25, 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("race", RACES)
async def test_coze_is_called_once(kind: str, race: str, tmp_path: Path, platform: CozePlatform) -> None:
    """Whoever is faster; the other is told."""
    tally = await drill(kind, tmp_path, race, ROUNDS, SEED, platform)
    assert tally.wrong == []
    assert tally.outcomes.total() == ROUNDS
