"""What each connection asks of PostgreSQL before anything else."""

from pathlib import Path

from sqlalchemy import text

from bot.store.database import Database
from tests.databases import fresh


async def test_no_read_starts_parallel_workers(tmp_path: Path) -> None:
    """They take longer to start than the few rows of a read take to find."""
    with fresh("postgresql", tmp_path) as url:
        db = Database(url)
        async with db.read() as conn:
            assert await conn.scalar(text("SHOW max_parallel_workers_per_gather")) == "0"
            assert await conn.scalar(text("SHOW statement_timeout")) == "10s"
        await db.close()
