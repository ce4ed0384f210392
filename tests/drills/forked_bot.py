"""A bot that is killed and started again hundreds of times: its processes are forked from one that has imported it.

Each is a process of its own, killed with SIGKILL like any other; what is saved is a second of imports at each start.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.processes import PATIENCE, POLL, ROOT, Bot, is_ready

FORKS = ("-m", "tests.drills.forked_bot")


class ForkedBot(Bot):
    """As `Bot` is used."""

    def __init__(
        self,
        folder: Path,
        env: Mapping[str, str],
        port: int | None = None,
        part: str = "run",
        *,
        hastes: bool = False,
    ) -> None:
        """`part` is what it does; `hastes`: it keeps to none of Slack's limits."""
        self._part = part
        super().__init__(folder, env, port, (*FORKS, part, *(["hastes"] if hastes else [])))
        self._pid = 0

    async def start(self) -> None:
        """Fork it, and wait until it says that it is ready; a worker listens on no port, so nobody waits for it."""
        if self._process is None:
            await self._begin()
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(b"\n")
        self._pid = int(await self.process.stdout.readline())
        if self._part == "worker":
            return
        async with asyncio.timeout(PATIENCE):
            while not await is_ready(self.port):
                assert _lives(self._pid), self.log
                await asyncio.sleep(POLL)

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return _lives(self._pid)

    async def _begin(self) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        with (self._folder / "bot.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._arguments,
                cwd=self._folder,
                env={**kept, "PYTHONPATH": str(ROOT), "BOT_NO_BOOTSTRAP": "1", **self.env},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )

    async def kill(self) -> None:
        """SIGKILL: it gets no chance to tidy up."""
        await self._ends(signal.SIGKILL)

    async def leave(self) -> None:
        """SIGTERM, and wait for its end; it may be started again."""
        await self._ends(signal.SIGTERM)

    async def stop(self) -> None:
        """SIGTERM, and wait for its end; then the process that it was forked from."""
        await self.leave()
        await super().stop()

    async def _ends(self, how: signal.Signals) -> None:
        if _lives(self._pid):
            os.kill(self._pid, how)
        async with asyncio.timeout(PATIENCE):
            while _lives(self._pid):  # noqa: ASYNC110 (it is no child of ours)
                await asyncio.sleep(POLL)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def forks(part: str, *hastes: str) -> None:
    """For each line that comes, one more bot; its number is answered. Nobody else waits for their ends."""
    import bot.app
    import bot.cli.serve
    import bot.front  # noqa: F401 (all that a bot imports)
    from bot.__main__ import main
    from bot.slack import send

    if hastes:
        send.PER_TEAM.clear()

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while os.read(0, 1):
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(2, 1)
            os._exit(main([part]))
        os.write(1, b"%d\n" % pid)


if __name__ == "__main__":
    forks(*sys.argv[1:])
