"""Bring the schema to head, and tell whether it is there. Alembic is only imported when there is something to do.

A schema has a number, that of its last migration, and says with it the oldest code that may run on it, by the number
that was that code's newest. So old processes go on beside a migration that leaves alone what they use.
"""

import asyncio
import contextlib
import logging
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine.url import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.core.errors import StartError, Tell, untold

from .database import LOOK, SQLITE_PRAGMAS, Database, is_away, normal, reason

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)

HEAD = "0037"
"""The newest revision under migrations/versions; a test compares."""

LOCK = 815_001
"""Key of the advisory lock under which PostgreSQL lets one process migrate at a time."""


LOOKS = 10  # for a database that is not there yet, one a second


class NoDatabase(StartError):
    """It can't be reached, or there is none of this name; `reason` is the driver's, which holds no password."""

    def __init__(self, url: URL, reason: str) -> None:
        if url.get_backend_name() == "sqlite":
            super().__init__(
                f"DATABASE_URL: its file can't be used ({reason}): see that the folder is there, writable and has "
                "room, and that the file is a database of SQLite."
            )
        else:
            super().__init__(
                f"DATABASE_URL: the database does not answer ({reason}). Is it running, and are address and name "
                "right?"
            )


def went_away(error: Exception, url: str) -> NoDatabase | None:
    """What to say where the database at `url` has answered and then went away; None for any other error."""
    if not (isinstance(error, SQLAlchemyError) and is_away(error)):
        return None
    address = normal(url)
    return NoDatabase(address, reason(error, address))


class NewerSchema(StartError):
    """A later version has been here: what this one would read and write is not what is there."""

    def __init__(self, found: "Found") -> None:
        wants = f" and wants code of {found.oldest_code} at least" if found.oldest_code else ""
        super().__init__(
            f"The database has schema {found.number}, of a later version{wants}; this one knows {HEAD} at most. "
            "Start the later version, or put back the copy of the database that was taken before."
        )


class OlderSchema(StartError):
    """It has to be brought to head first."""

    def __init__(self, found: "Found") -> None:
        super().__init__(
            f"The database has {f'schema {found.number}' if found.number else 'no schema yet'}, and this version "
            f"needs {HEAD}: run `python3 -m bot migrate` first."
        )


@dataclass(frozen=True)
class Found:
    """The schema's number, "" where there is none yet, and the oldest code that may run on it, "" if nobody said."""

    number: str
    oldest_code: str = ""

    @property
    def trouble(self) -> StartError | None:
        """What keeps this code from running on it."""
        if self.number < HEAD:
            return OlderSchema(self)
        return NewerSchema(self) if self.number > HEAD and not "" < self.oldest_code <= HEAD else None


@dataclass(frozen=True)
class Migrated:
    """What a migration has done: the numbers before and after, in how many steps, and indexes that were missing."""

    before: str
    after: str
    steps: int
    mended: int

    def __str__(self) -> str:
        """A sentence."""
        if self.before > HEAD:
            said = (
                f"The schema is {self.before}, of a later version, on which this one ({HEAD}) may run: nothing to do."
            )
        elif self.before == self.after:
            said = f"The schema is {self.after} already: nothing to do."
        else:
            steps = "1 step" if self.steps == 1 else f"{self.steps} steps"
            said = f"The schema was {self.before or 'not there'} and is {self.after or 'gone'} now, in {steps}."
        return f"{said} Missing indexes made anew: {self.mended}." if self.mended else said


async def reach_head(db: Database, url: str, *, migrates: bool, tell: Tell = untold) -> None:
    """Wait until the database answers and see that this code may run on its schema, or bring it to head where
    `migrates` says so. `tell` hears meanwhile what is missing.

    Raises StartError.
    """
    await _answering(db, tell)
    found = await look(db)
    if isinstance(found.trouble, OlderSchema) and migrates:
        tell("schema", "is being brought to head")
        log.info("bringing the database schema to head")
        log.info("%s", await asyncio.to_thread(migrate, url))
    elif found.trouble:
        raise found.trouble
    tell("schema", "")


async def _answering(db: Database, tell: Tell) -> None:
    for number in range(LOOKS):
        await asyncio.sleep(min(number, 1))
        why = await away(db)
        tell("database", why)
        if not why:
            return
        if db.dialect == "sqlite" and not any(each in why for each in ("locked", "no answer")):
            break  # waiting doesn't mend it: the file is not there, or is no database
        if not number:
            log.warning("the database does not answer: %s", why)
    raise NoDatabase(db.url, why)


async def away(db: Database) -> str:
    """Why the database can't be used; "" where it can."""
    if db.dialect == "sqlite":
        # With the plain driver: the asynchronous one leaves a thread behind that fails once the loop is closed.
        try:
            await asyncio.to_thread(_open, str(db.url.database))
        except (sqlite3.Error, ValueError) as error:
            return reason(error, db.url)
    return await db.trouble()


def _open(path: str) -> None:
    with contextlib.closing(sqlite3.connect(path, timeout=LOOK, isolation_level=None)) as conn:
        for pragma in SQLITE_PRAGMAS:
            conn.execute(f"PRAGMA {pragma}")
        conn.execute(f"PRAGMA busy_timeout={LOOK * 1000:.0f}")
        conn.execute("BEGIN IMMEDIATE")
        conn.execute("ROLLBACK")


async def trouble(db: Database) -> str:
    """What keeps this code from running on the schema as it is now; "" where nothing does."""
    try:
        async with asyncio.timeout(LOOK):
            return str((await look(db)).trouble or "")
    except TimeoutError as error:
        return reason(error, db.url)


async def look(db: Database) -> Found:
    """The schema as it is now."""
    number = await _scalar(db, "SELECT version_num FROM alembic_version")
    if number <= HEAD:
        return Found(number)
    asked = "SELECT oldest_code FROM schema_version WHERE number = :number"
    return Found(number, await _scalar(db, asked, number=number))


async def _scalar(db: Database, statement: str, **values: str) -> str:
    """Each in a transaction of its own: on PostgreSQL nothing can be asked after what failed."""
    try:
        async with db.read() as conn:
            return str(await conn.scalar(text(statement), values) or "")
    except SQLAlchemyError:
        return ""


def migrate(url: str, revision: str = "head") -> Migrated:
    """Bring the database at `url` to `revision`, or back to it. Blocks; one process at a time. Raises NoDatabase,
    NewerSchema, StartError where a step fails: then nothing is changed.
    """
    engine = _engine(url)
    try:
        _reach(engine)
        with engine.begin() as conn:
            if engine.dialect.name == "postgresql":
                # Behind a pool the connection may be one on which somebody else has set limits.
                conn.exec_driver_sql("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
                conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            else:
                conn.exec_driver_sql("BEGIN IMMEDIATE")
            return _migrate(conn, revision)
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StartError(
            f"DATABASE_URL: the schema can't be changed, and was not ({reason(error, engine.url)}): is the database "
            "this bot's own, with room on its disk and the right to make tables?"
        ) from None
    finally:
        engine.dispose()


def _migrate(conn: Connection, revision: str) -> Migrated:
    from alembic import command
    from alembic.script import ScriptDirectory

    before = _found(conn)
    if isinstance(before.trouble, NewerSchema):
        raise before.trouble
    if before.number > HEAD:
        return Migrated(before.number, before.number, 0, 0)
    is_back = revision != "head" and (revision == "base" or before.number > revision)
    (command.downgrade if is_back else command.upgrade)(config(conn), revision)
    after = _found(conn).number
    numbers = [each.revision for each in ScriptDirectory.from_config(config()).walk_revisions()]
    low, high = sorted((before.number, after))
    steps = sum(low < number <= high for number in numbers)
    return Migrated(before.number, after, steps, _mend(conn) if after == HEAD else 0)


def _mend(conn: Connection) -> int:
    """Make the indexes that are missing, as after somebody's repair by hand; how many."""
    from .tables import metadata

    there = inspect(conn)
    made = 0
    for table in metadata.sorted_tables:
        names = {index["name"] for index in there.get_indexes(table.name)}
        for index in (index for index in table.indexes if index.name not in names):
            index.create(conn)
            made += 1
    return made


def _found(conn: Connection) -> Found:
    there = inspect(conn)
    if not there.has_table("alembic_version"):
        return Found("")
    numbers = sorted(conn.scalars(text("SELECT version_num FROM alembic_version")))
    if len(numbers) > 1:
        raise StartError(f"The database has {len(numbers)} schema numbers at once: put back the copy taken before.")
    if not numbers or not there.has_table("schema_version"):
        return Found(*numbers[:1] or [""])
    asked = text("SELECT oldest_code FROM schema_version WHERE number = :number")
    return Found(numbers[0], conn.scalar(asked, {"number": numbers[0]}) or "")


def _engine(url: str) -> Engine:
    where = _blocking(normal(url))
    if where.get_backend_name() == "sqlite":
        engine = create_engine(where, hide_parameters=True)
        event.listen(engine, "connect", _own_transactions)
        return engine
    return create_engine(where, hide_parameters=True, connect_args={"connect_timeout": 5, "prepare_threshold": None})


def _reach(engine: Engine) -> None:
    try:
        engine.connect().close()
    except (DBAPIError, ValueError) as error:
        raise NoDatabase(engine.url, reason(error, engine.url)) from None


def config(connection: Connection | None = None) -> "Config":
    """Alembic's settings, without an ini file."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


def _blocking(url: URL) -> URL:
    return url.set(drivername="sqlite") if url.get_backend_name() == "sqlite" else url


def _own_transactions(dbapi: Any, _record: Any) -> None:
    dbapi.isolation_level = None  # so that a failed migration leaves nothing behind
    for pragma in ("journal_mode=WAL", "busy_timeout=10000"):
        dbapi.execute(f"PRAGMA {pragma}").close()
