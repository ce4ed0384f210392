"""Some of Coze's lies; `python -m tests.drills.lies` tells all of them in each flow."""

from pathlib import Path

import pytest

from tests.drills.lies import drill

COUNT, SEED = {"sqlite": 12, "postgresql": 6}, 7


@pytest.mark.parametrize("kind", COUNT)
async def test_nothing_is_claimed_that_is_not_so(kind: str, tmp_path: Path) -> None:
    tally = await drill(kind, tmp_path, COUNT[kind], SEED)
    assert tally.lies >= COUNT[kind]
    assert not tally.wrong
