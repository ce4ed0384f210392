"""A database as the version before left it (commit cb1541f, schema 0004), and what stood in the chat then.

The rows were written by that version itself, in a playground: mei has joined, recorded a token, begun a guide and
published; lin was asked a question; lin, who was not known to the minute, has approved tom and declined wang, and
nobody has done it yet. Then it was cut off: of what was under way one lease has ended and one has not, and one job is
dead.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Connection, DateTime, MetaData, Table, create_engine, select, text
from sqlalchemy.pool import NullPool

from bot.demo.cast import fill_chat
from bot.playground.world.chat import Message
from bot.playground.world.workspace import Workspace
from bot.store.database import normal
from bot.store.schema import _blocking, migrate

Json = dict[str, Any]

REVISION = "0004"
BEFORE: Json = json.loads((Path(__file__).parent / "version_before.json").read_text())
NOW = datetime.fromisoformat(BEFORE["now"])
MESSAGES: list[Json] = BEFORE["messages"]


def rows_before(table: str) -> list[Json]:
    """The rows of a table, as they were."""
    return list(BEFORE["tables"].get(table, []))


def fill(url: str) -> None:
    """Bring an empty database to the schema before, with all its rows."""
    migrate(url, REVISION)
    with _connected(url) as conn:
        for table in _tables(conn).values():
            for row in rows_before(table.name):
                conn.execute(table.insert().values(_typed(table, row)))
            if conn.dialect.name == "postgresql" and isinstance(table.c.get("id", table.c[0]).type, BigInteger):
                conn.execute(text(_SEQUENCE.format(table=table.name)))
        conn.commit()


def also(url: str, table: str, *rows: Json) -> None:
    """More rows than that version has written, of one of its tables."""
    with _connected(url) as conn:
        into = _tables(conn)[table]
        for row in rows:
            conn.execute(into.insert().values(_typed(into, row)))
        conn.commit()


_SEQUENCE = (
    "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
)


def contents(url: str) -> dict[str, list[Json]]:
    """All rows of all tables in the form of the data file, in their order."""
    with _connected(url) as conn:
        return {name: _rows(conn, table) for name, table in _tables(conn).items()}


def as_it_stood(chat: Workspace) -> None:
    """The people and rooms of the bot's stories, with every message that the version before had posted."""
    fill_chat(chat)
    app = next(iter(chat.apps.values()))
    for person in list(chat.people.values()):
        chat.dm(app, person.id)
    for message in MESSAGES:
        chat.post(Message(**message))


def _connected(url: str) -> Connection:
    return create_engine(_blocking(normal(url)), poolclass=NullPool).connect()


def _tables(conn: Connection) -> dict[str, Table]:
    metadata = MetaData()
    metadata.reflect(conn)
    return {name: table for name, table in metadata.tables.items() if name != "alembic_version"}


def _typed(table: Table, row: Json) -> Json:
    """What is missing stays NULL: None would become JSON's null."""
    times = {name for name, column in table.c.items() if isinstance(column.type, DateTime)}
    kept = {name: value for name, value in row.items() if value is not None}
    return {name: _moment(value) if name in times else value for name, value in kept.items()}


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def _rows(conn: Connection, table: Table) -> list[Json]:
    found = conn.execute(select(table).order_by(*table.primary_key.columns)).mappings()
    return [{name: _plain(value) for name, value in row.items()} for row in found]


def _plain(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    return (value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value).isoformat()
