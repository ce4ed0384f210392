"""The Procfile, started by a runner: the release, then two webs and three workers on one PostgreSQL."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.balancer import balanced
from tests.databases import fresh
from tests.drills.kill import chat
from tests.processes import PATIENCE, POLL, ROOT, end, free_port, spawn

WEBS, WORKERS = 2, 3
WORKS = "works, and takes no deliveries"
PATH = f"{Path(sys.executable).parent}:/usr/bin:/bin"


def neighbours(count: int) -> range:
    """So many ports side by side that nobody uses at the moment."""
    while True:
        first = free_port()
        with contextlib.suppress(OSError, OverflowError), contextlib.ExitStack() as stack:
            for port in range(first, first + count):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return range(first, first + count)


async def honcho(folder: Path, env: Mapping[str, str], *arguments: str) -> asyncio.subprocess.Process:
    """The runner with our Procfile, in a folder without a `.env`."""
    procfile = ("-f", str(ROOT / "Procfile"), "-d", str(folder))
    return await spawn(folder, "honcho.log", "-m", "honcho", *procfile, "start", "--no-colour", *arguments, env=env)


async def test_the_procfile_runs_release_two_webs_and_three_workers(tmp_path: Path) -> None:
    """Somebody is let in: both webs take what people do, workers do the rest, and all end in order when told."""
    ports, log = neighbours(WEBS), tmp_path / "honcho.log"
    with fresh("postgresql", tmp_path, make=None) as url:
        async with balanced(ports) as (balancer, port), chat(tmp_path, "http", port) as story:
            env = {**story.ready["env"], "DATABASE_URL": url, "LEAVE_SECONDS": "0", "PATH": PATH}
            release = await honcho(tmp_path, env, "release")
            assert await asyncio.wait_for(release.wait(), PATIENCE) == 0, log.read_text()
            amount = f"web={WEBS},worker={WORKERS}"
            running = await honcho(tmp_path, env, "-p", str(ports[0]), "-c", amount, "web", "worker")
            try:
                async with asyncio.timeout(PATIENCE):
                    while balancer.ready != set(ports) or log.read_text().count(WORKS) < WORKERS:
                        assert running.returncode is None, log.read_text()
                        await asyncio.sleep(POLL)
                await story.is_let_in("mei")
            finally:
                await end(running)
            assert balancer.taken.keys() == set(ports)
    said = log.read_text()
    assert "Traceback" not in said
    for each in ("web.1", "web.2", "worker.1", "worker.2", "worker.3"):
        assert f"{each} stopped (rc=0)" in said
