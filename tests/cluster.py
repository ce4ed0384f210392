"""A PostgreSQL server that may crash: made by `initdb` in a folder of its own, on a free port of 127.0.0.1.

It keeps what it was told to commit as an operator's does: only names, port and folder differ from its defaults.
"""

import asyncio
import os
import pwd
import shutil
import signal
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.processes import PATIENCE, end, free_port

OWNER = "postgres"  # whom Debian's packages make for it; a server refuses to be root's
PLACES = Path("/usr/lib/postgresql")  # one folder a version
POLL = 0.05
WAYS = ("killed", "at once", "one of its own")
"""How it crashes: SIGKILL, as where memory runs out; told to stop at once; SIGKILL of one that serves a connection,
upon which it ends all others and recovers by itself."""


def programs() -> Path:
    """Where `initdb` and `postgres` are. Skips where they are nowhere; fails there in CI."""
    found = shutil.which("initdb")
    places = [Path(found).resolve()] if found else sorted(PLACES.glob("*/bin/initdb"), key=_version)
    if not places:
        missing = "no initdb (Debian: apt install postgresql)"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return places[-1].parent


def _version(initdb: Path) -> int:
    return int(initdb.parts[-3])


class Cluster:
    """A server and its folder, which may be stopped in any way and started again."""

    def __init__(self, folder: Path) -> None:
        self._programs, self._folder, self._port = programs(), folder, free_port()
        self._process: Process | None = None
        self.url = f"postgresql://{OWNER}@127.0.0.1:{self._port}/postgres"

    @property
    def log(self) -> str:
        """What the server has said."""
        return (self._folder / "log").read_text(encoding="utf-8", errors="replace")

    async def make(self) -> None:
        """Its files."""
        options = ("--username", OWNER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")
        making = await asyncio.create_subprocess_exec(
            self._programs / "initdb", "-D", self._data, *options, stdout=PIPE, stderr=STDOUT, **self._by_its_owner
        )
        said, _ = await making.communicate()
        assert not making.returncode, said.decode()

    async def start(self) -> None:
        """Until it takes connections. What is left of the one before may hold its memory for a moment."""
        async with asyncio.timeout(PATIENCE):
            while not await self.answers():
                if self._process is None or self._process.returncode is not None:
                    await self._begin()
                await asyncio.sleep(POLL)

    async def crash(self, way: str) -> None:
        """One of `WAYS`. The first two end it; after the third it recovers."""
        assert self._process, "it was not started"
        if way == WAYS[2]:
            os.kill(await self._somebody(), signal.SIGKILL)
            return
        self._process.send_signal(signal.SIGKILL if way == WAYS[0] else signal.SIGQUIT)
        await self._process.wait()

    async def stop(self) -> None:
        """Who is connected is ended."""
        if self._process and self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
            with suppress(TimeoutError):
                await end(self._process)

    async def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            conn = await psycopg.AsyncConnection.connect(self.url, connect_timeout=2)
        except psycopg.OperationalError:
            return False
        await conn.close()
        return True

    async def _begin(self) -> None:
        where = ("-D", self._data, "-p", str(self._port), "-k", self._folder, "-c", "listen_addresses=127.0.0.1")
        with (self._folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                self._programs / "postgres", *where, stdin=DEVNULL, stdout=log, stderr=log, **self._by_its_owner
            )

    async def _somebody(self) -> int:
        """The process that serves one of the connections."""
        asked = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' ORDER BY query_start LIMIT 1"
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as conn:
            found = await (await conn.execute(asked)).fetchone()
        assert found, "nobody is connected, and we are"
        return int(found[0])

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _by_its_owner(self) -> Mapping[str, Any]:
        """How its processes are started where this one is root's."""
        about: dict[str, Any] = {"cwd": self._folder}
        if os.geteuid() == 0:
            about |= {"user": OWNER, "group": pwd.getpwnam(OWNER).pw_gid, "extra_groups": []}
        return about


@asynccontextmanager
async def cluster() -> AsyncIterator[Cluster]:
    """A server that runs, with its files gone after. Skips where there is no `initdb`; fails there in CI."""
    programs()
    with tempfile.TemporaryDirectory(prefix="sharge-cluster-") as name:  # its owner can't enter pytest's own folders
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER, OWNER)
        made = Cluster(folder)
        await made.make()
        try:
            await made.start()
            yield made
        finally:
            await made.stop()
