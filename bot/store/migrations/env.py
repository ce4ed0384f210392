"""Alembic's entrance: runs the migrations on the connection that `bot.store.schema` hands over."""

from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationInfo
from alembic.script import Script
from sqlalchemy import delete, insert, inspect

from bot.store.tables import metadata, schema_version

connection = context.config.attributes["connection"]


def record(*, step: MigrationInfo, **_: Any) -> None:
    """Keep what this migration says of itself, or let go of it on the way back."""
    number = step.up_revision_id
    if not inspect(connection).has_table(schema_version.name):
        return
    connection.execute(delete(schema_version).where(schema_version.c.number == number))
    if step.is_upgrade and isinstance(step.up_revision, Script):
        oldest = step.up_revision.module.oldest_code
        connection.execute(insert(schema_version).values(number=number, oldest_code=oldest))


context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    on_version_apply=record,  # type: ignore[arg-type]  # Alembic hands all over by name, its types say otherwise
)
with context.begin_transaction():
    context.run_migrations()
