"""A few hundred callbacks; `python -m tests.drills.callbacks` sends as many as one likes."""

from pathlib import Path

import pytest

from tests.databases import KINDS
from tests.drills.callbacks import drill

COUNT, SEED = 600, 3


@pytest.mark.parametrize("kind", KINDS)
async def test_every_review_ends_where_coze_says(kind: str, tmp_path: Path) -> None:
    """However its events come, and whoever forges some."""
    tally = await drill(kind, tmp_path, COUNT, SEED)
    assert tally.wrong == []
    assert tally.sent.total() == COUNT
    assert tally.verdicts["counted"] > 0
