"""The schema's history leads to the tables, on both databases, forward and back."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from bot.core.errors import StartError
from bot.store import schema
from bot.store.database import Database, normal
from bot.store.tables import metadata
from tests.databases import KINDS, fresh


def test_head_is_the_newest_revision() -> None:
    """The constant that spares the import of Alembic tells the truth."""
    assert ScriptDirectory.from_config(schema.config()).get_current_head() == schema.HEAD


def numbers() -> list[str]:
    """Every migration's, the newest first."""
    return [each.revision for each in ScriptDirectory.from_config(schema.config()).walk_revisions()]


@pytest.mark.parametrize("kind", KINDS)
async def test_forward_and_back(kind: str, tmp_path: Path) -> None:
    """An empty database comes to head, equals the tables, and goes back to empty."""
    with fresh(kind, tmp_path, make=None) as url:
        db = Database(url)
        assert "no schema yet" in await schema.trouble(db)
        assert (
            str(schema.migrate(url))
            == f"The schema was not there and is {schema.HEAD} now, in {len(numbers())} steps."
        )
        assert not await schema.trouble(db)
        engine = create_engine(schema._blocking(normal(url)))
        with engine.connect() as conn:
            assert compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), metadata) == []
        schema.migrate(url, "base")
        with engine.connect() as conn:
            assert inspect(conn).get_table_names() == ["alembic_version"]
        engine.dispose()
        await db.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_schema_of_a_later_version_is_refused_with_both_numbers(kind: str, tmp_path: Path) -> None:
    """By each part and by `migrate`, and nothing is changed."""
    with fresh(kind, tmp_path) as url:
        db = Database(url)
        async with db.write() as tx:
            await tx.conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        for migrates in (True, False):
            with pytest.raises(StartError, match=f"9999.*{schema.HEAD}"):
                await schema.reach_head(db, url, migrates=migrates)
        with pytest.raises(StartError, match=f"9999.*{schema.HEAD}"):
            await asyncio.to_thread(schema.migrate, url)
        async with db.read() as conn:
            assert await conn.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
        await db.close()
