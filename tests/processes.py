"""The playground and the bot as real processes, for drills that kill them and benchmarks that time them."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30.0  # seconds until a process must answer, or must have ended
POLL = 0.005

Json = dict[str, Any]


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def spawn(folder: Path, log: str, *arguments: str, env: Mapping[str, str] | None = None) -> Process:
    """Start Python with these arguments in `folder`, where no `.env` lies about; its output goes to `log` there."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    with (folder / log).open("ab") as output:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=folder,
            env={**kept, "PYTHONPATH": str(ROOT), "BOT_NO_BOOTSTRAP": "1", **(env or {})},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )


async def end(process: Process) -> None:
    """Ask it to end, and end it if it does not listen."""
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(PATIENCE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise


@asynccontextmanager
async def playground(folder: Path, *options: str) -> AsyncIterator[Json]:
    """A playground in a process of its own; the content of its ready file."""
    ready = folder / "ready.json"
    process = await spawn(folder, "playground.log", "-m", "bot", "playground", "--ready", str(ready), *options)
    try:
        async with asyncio.timeout(PATIENCE):
            while not ready.exists():
                assert process.returncode is None, (folder / "playground.log").read_text()
                await asyncio.sleep(POLL)
        yield json.loads(ready.read_text(encoding="utf-8"))
    finally:
        await end(process)


class Bot:
    """A bot process that can be started, killed and started again. `arguments` say how Python starts it."""

    def __init__(
        self,
        folder: Path,
        env: Mapping[str, str],
        port: int | None = None,
        arguments: tuple[str, ...] = ("-m", "bot", "run"),
    ) -> None:
        self._folder, self._arguments = folder, arguments
        self.port = port or free_port()
        self.env = {"LEAVE_SECONDS": "0", **env, "PORT": str(self.port)}  # no balancer has to notice
        self._process: Process | None = None

    @property
    def process(self) -> Process:
        """The process as last started."""
        assert self._process is not None, "the bot was not started"
        return self._process

    @property
    def log(self) -> str:
        """Everything that it has said, over all its lives."""
        return (self._folder / "bot.log").read_text(encoding="utf-8")

    async def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        self._process = await spawn(self._folder, "bot.log", *self._arguments, env=self.env)
        async with asyncio.timeout(PATIENCE):
            while not await is_ready(self.port):
                assert self.process.returncode is None, self.log
                await asyncio.sleep(POLL)

    async def kill(self) -> None:
        """SIGKILL: it gets no chance to tidy up."""
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        """SIGTERM, and wait for its end."""
        await end(self.process)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Bot"]:
        """Started for as long as the block lasts, whatever happens to it meanwhile."""
        try:
            await self.start()
            yield self
        finally:
            if self._process and self._process.returncode is None:
                await self.stop()


async def is_ready(port: int) -> bool:
    """Whether /readyz answers 200 now. One cheap request, so that asking often costs next to nothing."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"GET /readyz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        return b" 200 " in await reader.readline()
    except OSError:
        return False
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
