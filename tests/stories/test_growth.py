"""Cost does not grow with the tables: what a whole story asks of the database is looked up, never read through."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, update
from sqlalchemy.exc import IntegrityError

from bot.store.tables import job
from tests.filling import LATER, asked, fill, plain_engine
from tests.stories.story import Story, told
from tests.stories.test_main_story import all_the_way

ROWS = 100_000
LONG_AGO = datetime(2039, 6, 1, tzinfo=UTC)
MOST_ROWS, MOST_STEPS, EVERY = 2_500, 100_000, 1_000
"""What one statement may read: rows of PostgreSQL's tables, steps of SQLite's machine, counted so roughly."""


async def test_nothing_is_read_through(database: str) -> None:
    """The main story and an admin's day, with a hundred thousand rows in each table."""
    async with told(database) as story:
        story.is_watched = False  # what that asks is not the bot's
        engine = plain_engine(database)
        await asyncio.to_thread(fill, engine, story.ready["slack"]["team_id"], ROWS)
        with asked() as statements:
            await all_the_way(story)
            await administrates(story, "lin")
    with engine.begin() as conn:  # after a long outage all of it is due at once
        conn.execute(update(job).where(job.c.due_at == LATER).values(due_at=LONG_AGO))
    cost = {statement: _cost(engine, statement, values) for statement, values in statements.items()}
    engine.dispose()
    assert len(cost) > 60, "the story asks more than this"
    dear = [f"{much:.1f} times too much: {statement}" for statement, much in cost.items() if much > 1]
    assert not dear, "\n".join(dear)


async def administrates(story: Story, admin: str) -> None:
    """An admin's day: status, queue, forecast, desk, audit, Home, a decision, a week passes."""
    await story.types(admin, "/sharge status")
    await story.types(admin, "/sharge queue")
    await story.types(admin, "/sharge forecast")
    await story.reads(admin, "照现在的数据推算")
    await story.types(admin, "/sharge admin")
    await story.sees_form(admin, "管理台")
    await story.presses(admin, "查看", action_id="stuck.places", channel="modal")
    await story.sees_form(admin, "大家卡在哪里", "没有动静")
    for words in ("@mei 90", "90"):
        await story.types(admin, f"/sharge admin audit {words}")
        await story.sees_form(admin, "查记录", "最新在前")
    await story.tries("home", who=admin)
    await story.looks_home(admin, "等你处理")
    await story.asks_and_waits("tom")
    await story.presses(admin, "拒绝", channel="admins")
    await story.passes(advance=timedelta(days=8).total_seconds())


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
