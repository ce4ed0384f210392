"""A moment of the drill behind a pool; `python -m tests.drills.pool` types as many commands as one likes."""

from pathlib import Path

import pytest

from tests.drills.pool import drill
from tests.pool import IGNORED, PGBOUNCER

COUNT = 40


@pytest.mark.skipif(PGBOUNCER is None, reason="no PgBouncer (Debian: apt install pgbouncer)")
@pytest.mark.parametrize("ignored", ["", IGNORED])
async def test_each_command_is_answered_behind_a_pool(ignored: str, tmp_path: Path) -> None:
    """Four people at once, commands that read and that write."""
    assert await drill(tmp_path, COUNT, ignored) == {"answered": COUNT}
