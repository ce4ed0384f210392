"""Keys of deliveries that write nothing else: those that arrive together are committed together, in one statement.

It goes straight to the driver, as it stands before every ack.
"""

import asyncio
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import utc_now
from bot.core.errors import Duplicate

MOST = 200  # rows in one statement

Key = tuple[str, str]


class Remembered:
    """`engine` begins no transaction of its own: one statement is one commit."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._waiting: list[tuple[Key, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, key: Key) -> None:
        """Remember a team and an idempotency key, durably. Raises Duplicate for one that is known."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await done

    async def close(self) -> None:
        """Nothing is on its way to the database any more: who asked may have gone meanwhile."""
        while self._writing and not self._writing.done():
            await asyncio.wait([self._writing])

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                new = await self._insert([key for key, _ in batch])
            except Exception as error:
                for _, done in batch:
                    if not done.done():
                        done.set_exception(error)
                continue
            for key, done in batch:
                if done.done():  # whoever asked has gone; the key stays
                    continue
                if key in new:
                    new.remove(key)  # the same one twice in a batch: the first has it
                    done.set_result(None)
                else:
                    done.set_exception(Duplicate())

    async def _insert(self, keys: list[Key]) -> set[Key]:
        """Those that were not there. Raises DBAPIError, as whatever else goes to the database does."""
        base: Any = getattr(self._engine.dialect.dbapi, "Error", Exception)
        async with self._engine.connect() as conn:
            try:
                return {(team_id, key) for team_id, key in await self._rows(conn, keys)}
            except base as error:
                raise DBAPIError.instance(None, None, error, base, dialect=self._engine.dialect) from error

    async def _rows(self, conn: AsyncConnection, keys: list[Key]) -> Any:
        driver: Any = (await conn.get_raw_connection()).driver_connection
        if self._engine.dialect.name == "sqlite":
            return await driver.execute_fetchall(_statement(len(keys), "?"), _values(keys, _text(utc_now())))
        cursor = await driver.execute(_statement(len(keys), "%s"), _values(keys, utc_now()))
        return await cursor.fetchall()


def _statement(count: int, mark: str) -> str:
    rows = ", ".join([f"({mark}, {mark}, {mark})"] * count)
    return (
        f"INSERT INTO processed_delivery (team_id, idempotency_key, at) VALUES {rows} "  # noqa: S608 (marks alone)
        "ON CONFLICT DO NOTHING RETURNING team_id, idempotency_key"
    )


def _values(keys: list[Key], at: object) -> list[object]:
    return [each for key in keys for each in (*key, at)]


def _text(at: datetime) -> str:
    """As SQLAlchemy keeps times in SQLite."""
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")
