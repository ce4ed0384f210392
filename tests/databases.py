"""Databases for tests: a file of SQLite, and on PostgreSQL a database of its own that is dropped after."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.store.database import normal
from bot.store.schema import migrate

KINDS = ("sqlite", "postgresql")


@contextmanager
def fresh(kind: str, folder: Path, *, migrated: bool = True) -> Iterator[str]:
    """The URL of an empty database of this kind. Skips where there is no PostgreSQL; fails there in CI."""
    url = f"sqlite:///{folder / f'{uuid.uuid4().hex}.db'}"
    if kind == "postgresql":
        with _on_server() as url:
            if migrated:
                migrate(url)
            yield url
        return
    if migrated:
        migrate(url)
    yield url


@contextmanager
def _on_server() -> Iterator[str]:
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        if os.environ.get("CI"):
            pytest.fail("TEST_DATABASE_URL is not set: PostgreSQL is needed in CI")
        pytest.skip("no PostgreSQL: set TEST_DATABASE_URL to a server's address")
    name = f"concierge_test_{uuid.uuid4().hex[:12]}"
    engine = create_engine(normal(server), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as conn:
            conn.execute(text(f'CREATE DATABASE "{name}"'))
        yield normal(server).set(database=name).render_as_string(hide_password=False)
        with engine.connect() as conn:
            conn.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    finally:
        engine.dispose()
