"""A rolling release: what a migration says of the oldest code that may run on it decides who goes on, who is refused
with both numbers, and who has to wait for `migrate`.
"""

import asyncio
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.clock import SystemClock
from bot.core.errors import StartError
from bot.services.health import Checks, Health
from bot.store import schema
from bot.store.database import Database
from tests.databases import KINDS, fresh
from tests.processes import PATIENCE, spawn

FUTURE = "9998"
MIGRATION = """
import os
from alembic import op
import sqlalchemy as sa
revision, down_revision, oldest_code = "9998", "{head}", "{oldest}"
def upgrade():
    op.create_table("tomorrow", sa.Column("id", sa.Integer(), primary_key=True))
    {more}
def downgrade():
    op.drop_table("tomorrow")
"""
Later = Callable[..., None]


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database at today's schema."""
    with fresh(request.param, tmp_path) as address:
        yield address


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Later:
    """The code of a later version brings a database to its schema; then it is today's code again."""

    def migrate(url: str, oldest: str, more: str = "pass") -> None:
        folder = future(tmp_path, oldest, more)
        ours = schema.config

        def theirs(connection: Connection | None = None) -> Config:
            settings = ours(connection)
            settings.set_main_option("script_location", str(folder))
            return settings

        with monkeypatch.context() as patch:
            patch.setattr(schema, "HEAD", FUTURE)
            patch.setattr(schema, "config", theirs)
            assert FUTURE in str(schema.migrate(url))

    return migrate


def future(folder: Path, oldest: str, more: str) -> Path:
    """Our migrations and one more, which may be run on by code of `oldest`."""
    copy = folder / "migrations"
    shutil.copytree(Path(schema.__file__).parent / "migrations", copy, dirs_exist_ok=True)
    written = MIGRATION.format(head=schema.HEAD, oldest=oldest, more=more)
    (copy / "versions" / "r9998_future.py").write_text(written)
    return copy


async def looked(db: Database) -> Checks:
    """What is told to who watches the process."""
    health = Health(db, SystemClock(), "T1", None, {})
    await health.look()
    return health()


def test_each_migration_says_who_may_run_on_it() -> None:
    """An older number than that of a migration before it would let code run that this one has shut out."""
    revisions = list(ScriptDirectory.from_config(schema.config()).walk_revisions())[::-1]
    said = [(each.revision, each.module.oldest_code) for each in revisions if each.revision >= "0011"]
    assert all(oldest <= number for number, oldest in said)
    assert [oldest for _, oldest in said] == sorted(oldest for _, oldest in said)


async def test_beside_a_compatible_migration_old_processes_go_on(url: str, later: Later) -> None:
    """Those that run stay ready, more of them start, and their `migrate` does nothing."""
    db = Database(url)
    assert set((await looked(db)).values()) == {True}
    await asyncio.to_thread(later, url, schema.HEAD)
    assert set((await looked(db)).values()) == {True}
    for migrates in (True, False):
        await schema.reach_head(db, url, migrates=migrates)
    said = str(await asyncio.to_thread(schema.migrate, url))
    assert FUTURE in said
    assert "nothing to do" in said
    await db.close()


async def test_a_migration_that_shuts_old_code_out_is_told_with_both_numbers(url: str, later: Later) -> None:
    """At start, by `migrate`, and by the answer to who watches a process that runs on."""
    db = Database(url)
    await asyncio.to_thread(later, url, FUTURE)
    both = f"{FUTURE}.*{FUTURE}.*{schema.HEAD}"
    for migrates in (True, False):
        with pytest.raises(StartError, match=both):
            await schema.reach_head(db, url, migrates=migrates)
    with pytest.raises(StartError, match=both):
        await asyncio.to_thread(schema.migrate, url)
    told = await looked(db)
    assert told["database"] is True
    assert FUTURE in str(told["schema"])
    assert schema.HEAD in str(told["schema"])
    await db.close()


async def test_new_code_on_an_older_schema_asks_for_migrate_which_then_works(url: str) -> None:
    """With both numbers; the one process that is all in one does it by itself."""
    db = Database(url)
    await asyncio.to_thread(schema.migrate, url, "0010")
    with pytest.raises(StartError, match=f"0010.*{schema.HEAD}.*bot migrate"):
        await schema.reach_head(db, url, migrates=False)
    told = await looked(db)
    assert "bot migrate" in str(told["schema"])
    assert "was 0010 and is" in str(await asyncio.to_thread(schema.migrate, url))
    assert "nothing to do" in str(await asyncio.to_thread(schema.migrate, url))
    await schema.reach_head(db, url, migrates=False)
    await db.close()


async def test_two_that_migrate_at_once_do_it_once(url: str) -> None:
    await asyncio.to_thread(schema.migrate, url, "0010")
    both = await asyncio.gather(*(asyncio.to_thread(schema.migrate, url) for _ in range(2)))
    assert sorted(each.steps for each in both)[0] == 0
    assert max(each.steps for each in both) > 0


async def test_a_step_that_fails_changes_nothing_and_can_be_done_again(url: str, later: Later) -> None:
    """One sentence with the driver's reason."""
    with pytest.raises(StartError, match=r"was not .*nowhere"):
        await asyncio.to_thread(later, url, FUTURE, 'op.execute("INSERT INTO nowhere VALUES (1)")')
    db = Database(url)
    assert await schema.trouble(db) == ""
    await asyncio.to_thread(later, url, schema.HEAD)
    assert await schema.trouble(db) == ""
    await db.close()


async def test_one_that_is_killed_in_the_middle_can_be_done_again(url: str, later: Later, tmp_path: Path) -> None:
    folder = future(tmp_path, schema.HEAD, "os.kill(os.getpid(), 9)")
    code = f"""
from bot.store import schema
ours = schema.config
def theirs(connection=None):
    settings = ours(connection)
    settings.set_main_option("script_location", {str(folder)!r})
    return settings
schema.HEAD, schema.config = "9998", theirs
schema.migrate({url!r})
"""
    process = await spawn(tmp_path, "migrate.log", "-c", code)
    assert await asyncio.wait_for(process.wait(), PATIENCE) == -signal.SIGKILL
    db = Database(url)
    assert (await schema.look(db)).number == schema.HEAD
    await asyncio.to_thread(later, url, schema.HEAD)
    assert (await schema.look(db)).number == FUTURE
    await db.close()


async def test_an_index_that_is_missing_is_made_anew(url: str) -> None:
    """As somebody's repair by hand may leave it: `migrate` says so."""
    db = Database(url)
    async with db.write() as tx:
        await tx.conn.execute(text("DROP INDEX ix_job_next"))
    assert "Missing indexes made anew: 1." in str(await asyncio.to_thread(schema.migrate, url))
    async with db.write() as tx:
        names = await tx.conn.run_sync(lambda conn: {each["name"] for each in inspect(conn).get_indexes("job")})
    assert "ix_job_next" in names
    await db.close()
