"""A few rounds of the kill drill; `python -m tests.drills.kill` plays as many as one likes."""

from pathlib import Path

import pytest

from tests.drills.kill import drill

ROUNDS = {"sqlite": 2, "postgresql": 2}
SEED = 7


@pytest.mark.parametrize("kind", ROUNDS)
async def test_nothing_is_lost_or_doubled_when_the_bot_is_killed(kind: str, tmp_path: Path) -> None:
    """SIGKILL between the approval and all that follows from it, with Coze slow and Slack dropping connections."""
    tally = await drill(kind, tmp_path, ROUNDS[kind], SEED)
    assert tally.kills >= ROUNDS[kind]
    assert tally.lost == []
    assert tally.doubled == []
