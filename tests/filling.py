"""Tables as full as a company has them that has used the bot for years."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Engine,
    Enum,
    Integer,
    String,
    Table,
    case,
    cast,
    create_engine,
    event,
    false,
    insert,
    literal,
    select,
    text,
)

from bot.store.database import UtcDateTime, normal, processed_delivery
from bot.store.job import SOON
from bot.store.tables import audit, credential_, guide_, job, message, person, publication, request, seat_doubt

LATER = datetime(2060, 6, 1, tzinfo=UTC)
"""No job of the filling is due before."""
FILLED = (person, request, credential_, publication, guide_, message, job, audit, processed_delivery, seat_doubt)
FIRST_ID = 10_000_000
"""The filling's numbers lie above what a story makes."""
PLAIN = {"standing": "member"}
"""What most rows say where the last word of an enumeration is not the usual one."""


def plain_engine(url: str) -> Engine:
    """An engine of a database that waits for each statement."""
    driver = "sqlite" if url.startswith("sqlite") else "postgresql+psycopg"
    return create_engine(normal(url).set(drivername=driver))


def fill(engine: Engine, team_id: str, rows: int) -> None:
    """So many rows in each table."""
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < rows))
    with engine.begin() as conn:
        for table in FILLED:
            values = {column.name: _value(table, column, numbers.c.n, team_id) for column in table.c}
            filled = {name: value for name, value in values.items() if value is not None}
            conn.execute(insert(table).from_select(list(filled), select(*filled.values()).select_from(numbers)))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("ANALYZE"))  # what its autovacuum does


def _value(table: Table, column: Column[Any], n: ColumnElement[int], team_id: str) -> ColumnElement[Any] | None:
    """What stands in this column in row `n`; None: nothing."""
    name, number = column.name, cast(n, String)
    if table is job and name in ("state", "priority", "kind", "due_at"):
        state = case((n % 4 == 0, "due"), else_="done")
        known = {"state": state, "priority": literal(SOON), "kind": literal("remind")}
        return known.get(name, literal(LATER, UtcDateTime))
    if name == "id":
        return n + FIRST_ID
    if name == "team_id":
        return literal(team_id)
    if column.nullable and name not in ("actor", "coze_uid"):
        return None
    if isinstance(column.type, Enum):
        return literal(PLAIN.get(name, column.type.enums[-1]), String)
    if isinstance(column.type, Boolean):
        return false()
    if isinstance(column.type, Integer) or "INT" in str(column.type):
        return literal(1)
    if isinstance(column.type, UtcDateTime):
        return literal(LATER, UtcDateTime)
    if isinstance(column.type, String):
        return literal("U" if name in ("user_id", "recipient", "actor") else f"{name[:3]}:") + number
    return literal({}, column.type)


@contextmanager
def asked() -> Iterator[dict[str, Any]]:
    """Every statement that runs within the block, with the values of its last time."""
    statements: dict[str, Any] = {}

    def note(_conn: Any, _cursor: Any, statement: str, values: Any, _context: Any, executemany: bool) -> None:  # noqa: FBT001
        if statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH", "INSERT")) and not executemany:
            statements[statement] = values

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)
