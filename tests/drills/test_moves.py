"""A few kills of the drill of moving cards; `python -m tests.drills.moves` plays as many as one likes."""

from pathlib import Path

import pytest

from tests.databases import KINDS
from tests.drills.moves import drill


@pytest.mark.parametrize("kind", KINDS)
async def test_there_is_always_one_card(kind: str, tmp_path: Path) -> None:
    """SIGKILL between post, row and deletion."""
    tally = await drill(kind, tmp_path, 3, 7)
    assert tally.kills == 3
    assert tally.lost == tally.doubled == []
