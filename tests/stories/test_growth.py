"""Cost does not grow with the tables: what a whole story asks of the database is looked up, never read through."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
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
    update,
)
from sqlalchemy.exc import IntegrityError

from bot.store.database import UtcDateTime, normal, processed_delivery
from bot.store.job import SOON
from bot.store.tables import audit, credential_, guide_, job, message, person, publication, request
from tests.stories.story import Story, told
from tests.stories.test_main_story import all_the_way

ROWS = 100_000
LATER = datetime(2060, 6, 1, tzinfo=UTC)
"""No job of the filling is due while the story runs."""
LONG_AGO = datetime(2039, 6, 1, tzinfo=UTC)
FILLED = (person, request, credential_, publication, guide_, message, job, audit, processed_delivery)
PLAIN = {"standing": "member"}
"""What most rows say where the last word of an enumeration is not the usual one."""
MOST_ROWS, MOST_STEPS, EVERY = 2_500, 100_000, 1_000
"""What one statement may read: rows of PostgreSQL's tables, steps of SQLite's machine, counted so roughly."""


async def test_nothing_is_read_through(database: str) -> None:
    """The main story and an admin's day, with a hundred thousand rows in each table."""
    async with told(database) as story:
        engine = create_engine(normal(database).set(drivername=_driver(database)))
        await asyncio.to_thread(_fill, engine, story.ready["slack"]["team_id"])
        with _asked() as statements:
            await all_the_way(story)
            await _administrates(story, "lin")
    with engine.begin() as conn:  # after a long outage all of it is due at once
        conn.execute(update(job).where(job.c.due_at == LATER).values(due_at=LONG_AGO))
    cost = {statement: _cost(engine, statement, values) for statement, values in statements.items()}
    engine.dispose()
    assert len(cost) > 60, "the story asks more than this"
    dear = [f"{much:.1f} times too much: {statement}" for statement, much in cost.items() if much > 1]
    assert not dear, "\n".join(dear)


async def _administrates(story: Story, admin: str) -> None:
    await story.types(admin, "/sharge status")
    await story.types(admin, "/sharge queue")
    await story.tries("home", who=admin)
    await story.looks_home(admin, "等你处理")
    await story.asks_and_waits("tom")
    await story.presses(admin, "拒绝", channel="admins")
    await story.passes(advance=timedelta(days=8).total_seconds())


def _driver(url: str) -> str:
    return "sqlite" if url.startswith("sqlite") else "postgresql+psycopg"


def _fill(engine: Engine, team_id: str) -> None:
    """Each table as a company has it that has used the bot for years."""
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < ROWS))
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
        return n + ROWS * 10
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
def _asked() -> Iterator[dict[str, Any]]:
    """Every statement that runs within the block, with the values of its last time."""
    statements: dict[str, Any] = {}

    def note(_conn: Any, _cursor: Any, statement: str, values: Any, _context: Any, executemany: bool) -> None:  # noqa: FBT001
        if statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH", "INSERT")) and not executemany:
            statements[statement] = values

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


def _cost(engine: Engine, statement: str, values: Any) -> float:
    """How much the database reads for it, as a part of what it may read; the statement is run and taken back."""
    with engine.connect() as conn:
        try:
            explained = engine.dialect.name == "postgresql"
            return _rows(conn, statement, values) if explained else _steps(conn, statement, values)
        except IntegrityError:  # it adds what is there by now: no more than a look-up of its key
            return 0.0


def _steps(conn: Connection, statement: str, values: Any) -> float:
    """SQLite counts the steps of its machine; some five to fifty of them are a row."""
    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    raw: Any = conn.connection.driver_connection
    raw.set_progress_handler(count, EVERY)
    conn.exec_driver_sql(statement, values)
    raw.set_progress_handler(None, EVERY)
    return counted[0] * EVERY / MOST_STEPS


def _rows(conn: Connection, statement: str, values: Any) -> float:
    [plan] = conn.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values).one()
    return sum(_read(plan[0]["Plan"])) / MOST_ROWS


def _read(node: dict[str, Any]) -> Iterator[float]:
    """Rows that each part of the plan has read of a table, those that it left out included."""
    if "Relation Name" in node and "Scan" in node["Node Type"]:
        left_out = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        yield (node["Actual Rows"] + left_out) * node["Actual Loops"]
    for child in node.get("Plans", ()):
        yield from _read(child)
