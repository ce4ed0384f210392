"""Bring the schema to head, and tell whether it is there. Alembic is only imported when there is something to do."""

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine.url import URL
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.core.errors import StartError

from .database import Database, normal

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)

HEAD = "0010"
"""The newest revision under migrations/versions; a test compares."""

LOCK = 815_001
"""Key of the advisory lock under which PostgreSQL lets one process migrate at a time."""


LOOKS = 10  # for a database that is not there yet, one a second


class NoDatabase(StartError):
    """It can't be reached, or there is none of this name; `reason` is the driver's, which holds no password."""

    def __init__(self, reason: str = "") -> None:
        why = f" ({reason})" if reason else ""
        super().__init__(
            f"DATABASE_URL: the database does not answer{why}. Is it running, and are address and name right?"
        )


async def _why(db: Database) -> str:
    """What the driver says once more."""
    try:
        async with db.read() as conn:
            await conn.execute(text("SELECT 1"))
    except DBAPIError as error:
        return _reason(error, db.url.password)
    return ""


def _reason(error: DBAPIError, password: str | None) -> str:
    """The first line of what the driver says."""
    said = str(error.orig).strip().partition("\n")[0][:200].rstrip(".")
    return said.replace(password, "…") if password else said


class NewerSchema(StartError):
    """A later version has been here: what this one would read and write is not what is there."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"The database has schema {found}, of a later version; this one knows {HEAD} at most. "
            "Start the later version, or put back the copy of the database that was taken before."
        )


async def reach_head(db: Database, url: str, *, migrates: bool) -> None:
    """Wait until the database answers and see that its schema is at head, or bring it there where `migrates` says so.

    Raises StartError.
    """
    for _ in range(LOOKS):
        if await db.answers():
            break
        log.warning("the database does not answer")
        await asyncio.sleep(1)
    else:
        raise NoDatabase(await _why(db))
    found = await _revision(db)
    if found == HEAD:
        return
    if found > HEAD:
        raise NewerSchema(found)
    if not migrates:
        raise StartError("The database schema is not up to date: run `python3 -m bot migrate` first.")
    log.info("bringing the database schema to head")
    await asyncio.to_thread(migrate, url)


async def at_head(db: Database) -> bool:
    """Whether the schema is the one that this code was written for."""
    return await _revision(db) == HEAD


async def _revision(db: Database) -> str:
    """The schema's number; "" where there is none yet, or nobody can tell."""
    try:
        async with db.read() as conn:
            return str(await conn.scalar(text("SELECT version_num FROM alembic_version")) or "")
    except DBAPIError:
        return ""


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to `revision`, or back to it. Blocks; one process at a time. Raises NoDatabase,
    NewerSchema.
    """
    from alembic import command

    engine = create_engine(_blocking(normal(url)), hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _own_transactions)
    try:
        _reach(engine)
        with engine.begin() as conn:
            if engine.dialect.name == "postgresql":
                conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            else:
                conn.exec_driver_sql("BEGIN IMMEDIATE")
            if (found := _current(conn)) > HEAD:
                raise NewerSchema(found)
            step = command.downgrade if _is_back(conn, revision) else command.upgrade
            step(config(conn), revision)
    finally:
        engine.dispose()


def _reach(engine: Engine) -> None:
    try:
        engine.connect().close()
    except OperationalError as error:
        raise NoDatabase(_reason(error, engine.url.password)) from None


def config(connection: Connection | None = None) -> "Config":
    """Alembic's settings, without an ini file."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


def _is_back(conn: Connection, revision: str) -> bool:
    return revision != "head" and (revision == "base" or _current(conn) > revision)


def _current(conn: Connection) -> str:
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(conn).get_current_revision() or ""


def _blocking(url: URL) -> URL:
    return url.set(drivername="sqlite") if url.get_backend_name() == "sqlite" else url


def _own_transactions(dbapi: Any, _record: Any) -> None:
    dbapi.isolation_level = None  # so that a failed migration leaves nothing behind
    for pragma in ("journal_mode=WAL", "busy_timeout=10000"):
        dbapi.execute(f"PRAGMA {pragma}").close()
