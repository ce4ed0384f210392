"""A moment of the drill of rolling restarts; `python -m tests.drills.rolling` plays it as long as one likes."""

from pathlib import Path

import pytest

from bot.playground.world.chat import Transport
from tests.drills.rolling import WEBS, WORKERS, drill

COUNT = 60


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_no_command_and_no_reminder_is_lost_while_all_processes_restart(
    transport: Transport, tmp_path: Path
) -> None:
    """Two webs and three workers, one after the other."""
    tally, rolling = await drill(transport, tmp_path, COUNT)
    assert rolling.restarts >= WEBS + WORKERS
    assert tally.lost == []
    assert tally.doubled == []
    assert rolling.failed <= (0 if transport == "http" else rolling.restarts)
