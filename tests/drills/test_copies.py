"""One kill of the drill of copying; `python -m tests.drills.copies` plays as many as one likes."""

from pathlib import Path

from tests.drills.copies import drill


async def test_a_bot_killed_in_a_copy_copies_nothing_twice(tmp_path: Path) -> None:
    """SIGKILL after the press."""
    tally = await drill("sqlite", tmp_path, 1, 9)
    assert tally.kills == 1
    assert tally.lost == tally.doubled == []
