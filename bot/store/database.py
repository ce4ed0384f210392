"""The engine: one writer and many readers on SQLite, a pool on PostgreSQL, the same code above.

A transaction knows the delivery that it belongs to, so the table of their keys stands here.
"""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Float,
    MetaData,
    String,
    Table,
    delete,
    event,
    insert,
    select,
    text,
    tuple_,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.url import URL, make_url
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

from bot.clock import utc_now
from bot.core.errors import Duplicate
from bot.logs import Outages

from .remembered import Remembered

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC. SQLite forgets zones, so naive values are refused and UTC is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """To the database. Raises ValueError for a time without a zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """From the database, always aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


processed_delivery = Table(
    "processed_delivery",
    metadata,
    Column("team_id", String(20), primary_key=True),
    Column("idempotency_key", String(120), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)
"""Keys of deliveries that were handled: the first transaction of each claims its own."""


class WroteWhileReading(RuntimeError):
    """A handler that is declared to read only has opened a transaction: a mistake of ours."""


@dataclass
class Delivery:
    """One delivery. `claimed` says that its key is committed; `reads_only` that its handler must not write."""

    team_id: str
    idempotency_key: str
    claimed: bool = False
    reads_only: bool = False


_current: ContextVar[Delivery | None] = ContextVar("delivery", default=None)


@contextmanager
def handling(delivery: Delivery) -> Iterator[None]:
    """Within the block every transaction belongs to this delivery, and the first of them claims its key."""
    token = _current.set(delivery)
    try:
        yield
    finally:
        _current.reset(token)


def unclaimed() -> Delivery | None:
    """The delivery whose key the next transaction has to claim. Raises WroteWhileReading."""
    delivery = _current.get()
    if delivery is not None and delivery.reads_only:
        raise WroteWhileReading(delivery.idempotency_key)
    return None if delivery is None or delivery.claimed else delivery


PG_READ = "SET statement_timeout = '10s'; SET max_parallel_workers_per_gather = 0"
PG_BEGIN = (
    "BEGIN; SET LOCAL statement_timeout = '10s'; SET LOCAL lock_timeout = '2s'; "
    "SET LOCAL idle_in_transaction_session_timeout = '30s'"
)
"""One way to the database and back, and true behind a pool that hands out another connection for each transaction.

Who waits for a lock hears that nothing was saved while Slack still takes the answer. Reads find their few rows by an
index: to start PostgreSQL's parallel workers for one takes longer than all of it.
"""
KEEPALIVE = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
"""A connection whose other end is silently gone fails after half a minute: the first in seconds, the last in ms."""
LOOK = 1.0
"""Seconds that a look whether the database is there may take."""
FORGOTTEN_AT_ONCE = 1_000  # rows; nobody waits behind so few
_REMEMBER = insert(processed_delivery)
SQLITE_PRAGMAS = ("journal_mode=WAL", "busy_timeout=1000", "foreign_keys=ON", "synchronous=FULL")
"""Somebody else may write for a second: two who wait one after the other for the one connection are told in time."""


Reading = AsyncConnection
"""A connection to read with, for those who pass one on and import nothing of the engine."""


class Epoch(FunctionElement[float]):
    """The database's own clock, seconds since 1970: leases compare with one clock, whatever the machines say."""

    type = Float()
    inherit_cache = True


@compiles(Epoch, "postgresql")
def _epoch_postgresql(_element: Epoch, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "extract(epoch from clock_timestamp())::float"


@compiles(Epoch, "sqlite")
def _epoch_sqlite(_element: Epoch, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


def normal(url: str) -> URL:
    """A database URL as people and hosts write it, as the asynchronous drivers need it."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            url = "postgresql+psycopg://" + url[len(prefix) :]
    return make_url(url.replace("sqlite://", "sqlite+aiosqlite://", 1) if url.startswith("sqlite://") else url)


def is_away(error: BaseException) -> bool:
    """Whether the database is away, full or locked, and nothing was saved; else it is a mistake of ours."""
    if isinstance(error, OperationalError):  # SQLite also calls a table so that is not there
        return getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR
    return isinstance(error, InterfaceError | PoolTimeout | OSError)


def reason(error: BaseException, url: URL) -> str:
    """The first line of what the driver says, without the password."""
    if isinstance(error, TimeoutError | asyncio.CancelledError):
        return f"no answer within {LOOK:.0f} s"
    said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0][:200].rstrip(".")
    secrets = [url.password, *(str(each) for key, each in url.query.items() if "password" in key)]
    for secret in secrets:
        said = said.replace(secret, "…") if secret else said
    return said or type(error).__name__


def upsert(dialect: str, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """An INSERT that knows ON CONFLICT, of this dialect. The other one's code is not loaded, which costs time."""
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as into_sqlite

        return into_sqlite(table)
    from sqlalchemy.dialects.postgresql import insert as into_postgresql

    return into_postgresql(table)


@dataclass
class Tx:
    """A transaction under way. `wake` is set when it writes a job that somebody waits for.

    `invalidated` holds (team, user) of those whose Home shows something else now, `now` the simulated time of it,
    `erased` of those of whom something that was kept is deleted.
    """

    conn: AsyncConnection
    dialect: str
    wake: bool = False
    invalidated: set[tuple[str, str]] = field(default_factory=set)
    now: datetime | None = None
    erased: set[tuple[str, str]] = field(default_factory=set)

    def invalidate(self, team_id: str, user_id: str, now: datetime) -> None:
        """What this person is shown has changed."""
        self.invalidated.add((team_id, user_id))
        self.now = now

    def upsert(self, table: Table) -> "postgresql.Insert | sqlite.Insert":
        """An INSERT that knows ON CONFLICT, of this database's dialect."""
        return upsert(self.dialect, table)


class Database:
    """Opens transactions. Never hold one across a call to Slack or Coze."""

    def __init__(self, url: str, on_work: Callable[[], None] = lambda: None) -> None:
        self.url = normal(url)
        self.on_invalidated: Callable[[Tx], Awaitable[None]] | None = None
        self.on_erased: Callable[[str, str], None] = lambda _team_id, _user_id: None
        self.dialect = self.url.get_backend_name()
        self.on_work = on_work
        self._outages = Outages()
        if self.dialect == "sqlite":
            self.writer = _sqlite(self.url, writes=True)
            self.reader = _sqlite(self.url, writes=False)
            self._remembered = Remembered(self.writer)
        else:
            self.writer = _postgresql(self.url, writes=True)
            self.reader = _postgresql(self.url, writes=False)
            self._remembered = Remembered(self.reader)

    @asynccontextmanager
    async def write(self, *, apart: bool = False) -> AsyncIterator[Tx]:
        """A transaction that commits at the end of the block, then wakes the job runner if it left a job.

        While a delivery is handled, the first transaction claims its idempotency key; raises Duplicate if that is
        known already. One that is `apart` is not caused by the delivery: it leaves the key alone.
        """
        delivery = None if apart else unclaimed()
        async with self.writer.begin() as conn:
            tx = Tx(conn, self.dialect)
            if delivery:
                await _claim(conn, delivery)
            yield tx
            if tx.invalidated and self.on_invalidated:
                await self.on_invalidated(tx)
        if delivery:
            delivery.claimed = True
        for owner in tx.erased:
            self.on_erased(*owner)
        if tx.wake:
            self.on_work()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with; each statement sees its own moment."""
        async with self.reader.connect() as conn:
            yield conn

    async def claim(self, delivery: Delivery) -> None:
        """Remember a delivery that writes nothing else. Raises Duplicate if it is known already."""
        await self._remembered.add((delivery.team_id, delivery.idempotency_key))
        delivery.claimed = True

    async def forget(self, before: datetime) -> bool:
        """Let go of the keys of some deliveries that came before `before` (real time); whether there may be more."""
        table = processed_delivery
        keys = table.c.team_id, table.c.idempotency_key
        some = select(*keys).where(table.c.at < before).order_by(table.c.at).limit(FORGOTTEN_AT_ONCE)
        async with self.write() as tx:
            gone = await tx.conn.execute(delete(table).where(tuple_(*keys).in_(some)))
        return gone.rowcount == FORGOTTEN_AT_ONCE

    async def trouble(self) -> str:
        """Why the database does not answer within a second, in its driver's words; "" where it does."""
        try:
            async with asyncio.timeout(LOOK), self.read() as conn:
                await conn.execute(text("SELECT 1"))
        except Exception as error:  # whatever it is, the database does not answer
            return reason(error, self.url)
        return ""

    def log_failure(self, log: logging.Logger, what: str, error: Exception) -> None:
        """Log that `what` failed: a line now and then while the database is away, else its traceback."""
        if is_away(error):
            why = reason(error, self.url)
            self._outages.tell(log, (log.name, what, type(error)), "%s: the database is away: %s", what, why)
        else:
            log.error(what, exc_info=error)

    async def close(self) -> None:
        """Close all connections."""
        await self._remembered.close()
        await self.reader.dispose()
        await self.writer.dispose()


async def _claim(conn: AsyncConnection, delivery: Delivery) -> None:
    key = {"team_id": delivery.team_id, "idempotency_key": delivery.idempotency_key}
    try:
        await conn.execute(_REMEMBER, {**key, "at": utc_now()})
    except IntegrityError as error:
        raise Duplicate from error


# A read is one statement: it needs no BEGIN and leaves nothing to roll back, which saves round trips.
_READS: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}


def _postgresql(url: URL, *, writes: bool) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=3,
        max_overflow=5,
        pool_recycle=1800,
        pool_pre_ping=True,
        hide_parameters=True,  # an exception's text must not show what people typed
        # Behind a pool that hands out another connection for each transaction nothing is prepared for the next one.
        connect_args={"connect_timeout": 5, "prepare_threshold": None, "autocommit": writes, **KEEPALIVE},
        **({} if writes else _READS),
    )
    # What is said here and not as options of the connection, such a pool takes.
    if writes:

        @event.listens_for(engine.sync_engine, "begin")
        def begin(conn: Connection) -> None:
            conn.exec_driver_sql(PG_BEGIN)  # the driver itself, in autocommit, begins none
    else:

        @event.listens_for(engine.sync_engine, "connect")
        def connect(dbapi: Any, _record: Any) -> None:
            dbapi.execute(PG_READ)
            dbapi.commit()

    return engine


def _sqlite(url: URL, *, writes: bool) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=1 if writes else 4,
        max_overflow=0,
        pool_timeout=15,
        hide_parameters=True,
        **({} if writes else _READS),
    )

    @event.listens_for(engine.sync_engine, "connect")
    def connect(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None  # SQLAlchemy, not the driver, begins transactions
        for pragma in SQLITE_PRAGMAS:
            dbapi.execute(f"PRAGMA {pragma}").close()
        if not writes:
            dbapi.execute("PRAGMA query_only=ON").close()

    if writes:

        @event.listens_for(engine.sync_engine, "begin")
        def begin(conn: Connection) -> None:
            conn.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
