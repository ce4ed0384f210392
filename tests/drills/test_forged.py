"""Some forged actions; `python -m tests.drills.forged` tries thousands."""

from pathlib import Path

import pytest

from tests.databases import KINDS, fresh
from tests.drills.forged import ACTORS, drill

COUNT, SEED = 70, 7


@pytest.mark.parametrize("kind", KINDS)
async def test_none_succeeds_and_each_is_counted(kind: str, tmp_path: Path) -> None:
    with fresh(kind, tmp_path) as url:
        tally = await drill(url, COUNT, SEED)
    assert tally.is_fine, f"{tally} {tally.succeeded} {tally.read_out} {tally.unanswered}"
    assert tally.sent == dict.fromkeys(ACTORS, COUNT // len(ACTORS))
