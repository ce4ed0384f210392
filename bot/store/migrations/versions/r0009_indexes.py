"""Indexes for what is asked all day, so that no cost grows with the tables

A subject begins with its matter's key: on PostgreSQL it is compared byte by byte, as SQLite does, so that one range
holds all of a matter.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

WHOLE = [
    ("ix_person_standing", "person", ["team_id", "standing"]),
    ("ix_person_admin", "person", ["team_id", "admin"]),
    ("ix_credential_ending", "credential", ["team_id", "state", "ends_at"]),
    ("ix_message_recipient", "message", ["team_id", "recipient", "id"]),
    ("ix_audit_actor", "audit", ["team_id", "actor", "action"]),
]
SOME = [
    ("ix_job_next", "state = 'due'", ["priority", "due_at", "id"]),
    ("ix_job_leased", "state = 'leased'", ["lease_until"]),
    ("ix_job_held", "state = 'due' AND last_error IS NOT NULL", ["team_id", "last_error"]),
    ("ix_job_dead", "state = 'dead'", ["team_id"]),
    ("ix_job_over", "state IN ('cancelled', 'done')", ["due_at"]),
]


def upgrade() -> None:
    """Step forward."""
    _compare_subjects("C")
    for name, table, columns in WHOLE:
        op.create_index(name, table, columns)
    for name, condition, columns in SOME:
        where = sa.text(condition)
        op.create_index(name, "job", columns, sqlite_where=where, postgresql_where=where)
    op.drop_index("ix_job_due", "job")


def downgrade() -> None:
    """Step back."""
    op.create_index("ix_job_due", "job", ["state", "due_at"])
    for name, _, _ in SOME:
        op.drop_index(name, "job")
    for name, table, _ in WHOLE:
        op.drop_index(name, table)
    _compare_subjects("default")


def _compare_subjects(collation: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f'ALTER TABLE job ALTER COLUMN subject TYPE varchar(60) COLLATE "{collation}"')
