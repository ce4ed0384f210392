"""Databases for tests: a file of SQLite, and on PostgreSQL a database of its own that is dropped after.

What makes one, as the migrations do, runs once a process; every other database is a copy of what it made.
"""

import atexit
import functools
import os
import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.store.database import normal
from bot.store.schema import migrate

KINDS = ("sqlite", "postgresql")


Make = Callable[[str], object]


@contextmanager
def fresh(kind: str, folder: Path, make: Make | None = migrate) -> Iterator[str]:
    """The URL of a database of this kind as `make` leaves the one whose URL it gets; None for one without tables.

    Skips where there is no PostgreSQL; fails there in CI.
    """
    if kind == "postgresql":
        with _on_server(_made_database(make) if make else "template1") as url:
            yield url
        return
    path = folder / f"{uuid.uuid4().hex}.db"
    if make:
        path.write_bytes(_made_file(make))
    yield f"sqlite:///{path}"


@contextmanager
def locked(url: str, table: str) -> Iterator[None]:
    """Somebody else has the database: all of it on SQLite, this table on PostgreSQL."""
    with ExitStack() as stack:
        if url.startswith("sqlite"):
            other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
            stack.callback(other.close)
            other.execute("BEGIN EXCLUSIVE")
        else:
            engine = create_engine(normal(url))
            stack.callback(engine.dispose)
            stack.enter_context(engine.begin()).execute(text(f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE'))
        yield


@functools.cache
def _made_file(make: Make) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.db"
        make(f"sqlite:///{path}")
        with sqlite3.connect(path) as made:  # what is still beside the file goes into it
            made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()


@functools.cache
def _made_database(make: Make) -> str:
    """The name of one that others are copied from, kept to the end of the process."""
    kept = ExitStack()
    url = kept.enter_context(_on_server("template1"))
    atexit.register(kept.close)
    make(url)
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
