"""PostgreSQL behind PgBouncer, which hands out another connection for each transaction: everything works as ever."""

import asyncio
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine.url import make_url

from bot.store.database import Database
from bot.store.schema import migrate
from tests.databases import fresh
from tests.pool import IGNORED, PGBOUNCER, pooled
from tests.stories.story import told

MANY = 200  # commands; a statement is prepared by its sixth


@pytest.fixture
def behind() -> str:
    """Skips where there is no PgBouncer."""
    if PGBOUNCER is None:
        pytest.skip("no PgBouncer (Debian: apt install pgbouncer)")
    return PGBOUNCER


@pytest.mark.parametrize("ignored", ["", IGNORED])
async def test_joining_goes_its_way_behind_a_pool(behind: str, ignored: str, tmp_path: Path) -> None:
    """From the request to the arrival, and two hundred commands, each answered."""
    with fresh("postgresql", tmp_path) as url:
        async with pooled(url, behind, ignored) as address, told(address) as story:
            await story.joins()
            for number in range(MANY):
                await story.types("tom", ("/sharge status", "/sharge remind")[number % 2])
            assert len(await story.texts("tom")) == MANY


async def test_the_limits_hold_in_each_transaction(behind: str, tmp_path: Path) -> None:
    """How long a statement may take, and how long it may wait for a lock, also on a connection that the pool has just
    made; and none of it stays there for whoever is given that connection next.
    """
    with fresh("postgresql", tmp_path) as url:
        async with pooled(url, behind) as address:
            db = Database(address)
            async with db.write() as one, db.write() as another:
                for tx in (one, another):
                    assert await tx.conn.scalar(text("SHOW statement_timeout")) == "10s"
                    assert await tx.conn.scalar(text("SHOW lock_timeout")) == "2s"
            await db.close()
            plain = make_url(address).render_as_string(hide_password=False)
            async with await psycopg.AsyncConnection.connect(plain, prepare_threshold=None) as conn:
                cursor = await conn.execute("SHOW lock_timeout")
                assert await cursor.fetchone() == ("0",)


async def test_a_migration_waits_whatever_limits_its_connection_has(behind: str, tmp_path: Path) -> None:
    """A pool hands out connections on which somebody else has set them; and again and again the same ones."""
    with fresh("postgresql", tmp_path, make=None) as url:
        async with pooled(url, behind) as address:
            plain = make_url(address).render_as_string(hide_password=False)
            async with await psycopg.AsyncConnection.connect(plain, autocommit=True, prepare_threshold=None) as conn:
                await conn.execute("SET lock_timeout = '1ms'; SET statement_timeout = '1s'")
            for revision in ("head", "base", "head"):
                await asyncio.to_thread(migrate, address, revision)
