"""PostgreSQL behind PgBouncer, which hands out another connection for each transaction: everything works as ever."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine.url import make_url

from bot.store.database import Database
from tests.databases import fresh
from tests.processes import free_port
from tests.stories.story import told

POOL = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
MANY = 200  # commands; a statement is prepared by its sixth
INI = """
[databases]
* = host={host} port={port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
auth_type = any
pool_mode = transaction
default_pool_size = 4
max_client_conn = 100
unix_socket_dir =
"""


@pytest.fixture
def behind() -> str:
    """Skips where there is no PgBouncer."""
    if POOL is None:
        pytest.skip("no PgBouncer (Debian: apt install pgbouncer)")
    return POOL


@asynccontextmanager
async def pooled(url: str, program: str) -> AsyncIterator[str]:
    """The same database, reached through a pool of its own."""
    there, listen = make_url(url), free_port()
    with tempfile.TemporaryDirectory() as folder:
        ini = Path(folder) / "pool.ini"
        where = {"host": there.host or "127.0.0.1", "port": there.port or 5432, "user": there.username or "postgres"}
        ini.write_text(INI.format(listen=listen, **where))
        as_whom = ["-u", "nobody"] if os.geteuid() == 0 else []
        process = await asyncio.create_subprocess_exec(
            program, *as_whom, str(ini), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        address = there.set(host="127.0.0.1", port=listen, drivername="postgresql")
        try:
            async with asyncio.timeout(20):
                while not await answers(address.render_as_string(hide_password=False)):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            yield address.render_as_string(hide_password=False)
        finally:
            process.terminate()
            await process.wait()


async def answers(url: str) -> bool:
    """Whether the pool is there."""
    try:
        conn = await psycopg.AsyncConnection.connect(url, connect_timeout=2)
    except psycopg.OperationalError:
        return False
    await conn.close()
    return True


async def test_joining_goes_its_way_behind_a_pool(behind: str, tmp_path: Path) -> None:
    """From the request to the arrival, and two hundred commands, each answered."""
    with fresh("postgresql", tmp_path) as url:
        async with pooled(url, behind) as address, told(address) as story:
            await story.joins()
            for number in range(MANY):
                await story.types("tom", ("/sharge status", "/sharge remind")[number % 2])
            assert len(await story.texts("tom")) == MANY


async def test_the_limits_hold_without_options(tmp_path: Path) -> None:
    """How long a statement may take, and how long it may wait for a lock, on each connection."""
    with fresh("postgresql", tmp_path) as url:
        db = Database(url)
        async with db.read() as conn:
            assert await conn.scalar(text("SHOW statement_timeout")) == "10s"
        async with db.write() as tx:
            assert await tx.conn.scalar(text("SHOW lock_timeout")) == "3s"
        await db.close()
