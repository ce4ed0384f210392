"""A few kills of the drill of publishing; `python -m tests.drills.published` plays as many as one likes."""

from pathlib import Path

import pytest

from tests.databases import KINDS
from tests.drills.published import drill


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_is_published_decided_or_taken_off_twice(kind: str, tmp_path: Path) -> None:
    """SIGKILL between claim, call and record."""
    tally = await drill(kind, tmp_path, 2, 5)
    assert tally.kills == 2
    assert tally.lost == tally.doubled == []
