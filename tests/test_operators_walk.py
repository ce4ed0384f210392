"""The commands of docs/operating.md, as they stand there, lead an operator from a clone to a bot that is ready.

`python -m tests.benchmarks.operators_walk` times it with everything installed anew.
"""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.operators_walk import Walk, cloned
from tests.processes import free_port, playground


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl (Debian: apt install curl)")
async def test_the_document_leads_from_a_clone_to_a_ready_bot_a_backup_and_back(tmp_path: Path) -> None:
    """With the packages of this environment; the answers to `init` are those of a playground."""
    async with playground(tmp_path) as ready:
        clone = await asyncio.to_thread(cloned, tmp_path)
        env = {"BOT_NO_BOOTSTRAP": "1", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        walk = Walk(clone, ready["env"], env, free_port())
        await walk.does("install")
        assert (clone / ".env").stat().st_mode & 0o777 == 0o600
        async with walk.running():
            assert '"slack":true' in (await walk.does("ready")).replace(" ", "")
            assert "❌" not in await walk.does("doctor")
            await walk.does("backup")
        await walk.does("restore")
        async with walk.running():
            await walk.does("ready")
