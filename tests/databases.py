"""Databases for tests: a file of SQLite, and on PostgreSQL a database of its own that is dropped after.

The migrations run once a process; every other database is a copy of what they made.
"""

import atexit
import functools
import os
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.store.database import normal
from bot.store.schema import migrate

KINDS = ("sqlite", "postgresql")


@contextmanager
def fresh(kind: str, folder: Path, *, migrated: bool = True) -> Iterator[str]:
    """The URL of an empty database of this kind. Skips where there is no PostgreSQL; fails there in CI."""
    if kind == "postgresql":
        with _on_server(_migrated_database() if migrated else "template1") as url:
            yield url
        return
    path = folder / f"{uuid.uuid4().hex}.db"
    if migrated:
        path.write_bytes(_migrated_file())
    yield f"sqlite:///{path}"


@contextmanager
def locked(url: str, table: str) -> Iterator[None]:
    """Somebody else has the database: all of it on SQLite, this table on PostgreSQL."""
    with ExitStack() as stack:
        if url.startswith("sqlite"):
            other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            stack.callback(other.close)
            other.execute("BEGIN EXCLUSIVE")
        else:
            engine = create_engine(normal(url))
            stack.callback(engine.dispose)
            stack.enter_context(engine.begin()).execute(text(f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE'))
        yield


@functools.cache
def _migrated_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "migrated.db"
        migrate(f"sqlite:///{path}")
        return path.read_bytes()


@functools.cache
def _migrated_database() -> str:
    """The name of one that others are copied from, kept to the end of the process."""
    kept = ExitStack()
    url = kept.enter_context(_on_server("template1"))
    atexit.register(kept.close)
    migrate(url)
    return url.rpartition("/")[2]


@contextmanager
def _on_server(template: str) -> Iterator[str]:
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        if os.environ.get("CI"):
            pytest.fail("TEST_DATABASE_URL is not set: PostgreSQL is needed in CI")
        pytest.skip("no PostgreSQL: set TEST_DATABASE_URL to a server's address")
    name = f"concierge_test_{uuid.uuid4().hex[:12]}"
    engine = create_engine(normal(server), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as conn:
            conn.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
            # What is committed outlives every process that tests end; only the server's machine could lose it.
            conn.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
        yield normal(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as conn:
            conn.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        engine.dispose()
