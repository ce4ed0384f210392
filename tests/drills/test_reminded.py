"""Some reminders and some kills; `python -m tests.drills.reminded` plays as many as one likes."""

from pathlib import Path

import pytest

from tests.databases import KINDS
from tests.drills.reminded import drill

REMINDERS, KILLS, SEED = 150, 20, 7


@pytest.mark.parametrize("kind", KINDS)
async def test_each_reminder_is_told_once_whatever_dies(kind: str, tmp_path: Path) -> None:
    """SIGKILL of workers while Slack cuts off answers, answers 5xx and asks to wait."""
    tally = await drill(kind, tmp_path, REMINDERS, KILLS, SEED)
    assert tally.kills == KILLS
    assert tally.lost == []
    assert tally.doubled == []
