"""A hundred races of each kind; `python -m tests.drills.races` runs as many as one likes."""

from pathlib import Path

import pytest

from bot.playground.coze.platform import CozePlatform
from tests.databases import KINDS
from tests.drills.races import RIVALS, drill

ROUNDS, SEED = 100, 7


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rival", RIVALS)
async def test_one_of_two_wins(kind: str, rival: str, tmp_path: Path, platform: CozePlatform) -> None:
    """One outcome, one line in the books, one open invitation if any, and the loser is told."""
    tally = await drill(kind, tmp_path, rival, ROUNDS, SEED, platform)
    assert tally.faults == []
    assert sum(tally.outcomes.values()) == ROUNDS
