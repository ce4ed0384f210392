"""PgBouncer, which hands out another connection for each transaction."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine.url import make_url

from tests.processes import free_port

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
IGNORED = "ignore_startup_parameters = options,extra_float_digits"  # as hosts set it
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
{ignored}
"""


@asynccontextmanager
async def pooled(url: str, program: str, ignored: str = "") -> AsyncIterator[str]:
    """The same database behind a pool of its own, in transaction mode; `ignored` is a line of its settings."""
    there, listen = make_url(url), free_port()
    with tempfile.TemporaryDirectory() as folder:
        ini = Path(folder) / "pool.ini"
        where = {"host": there.host or "127.0.0.1", "port": there.port or 5432, "user": there.username or "postgres"}
        ini.write_text(INI.format(listen=listen, ignored=ignored, **where))
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
