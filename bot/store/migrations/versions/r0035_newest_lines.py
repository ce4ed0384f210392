"""Read the newest lines of the audit, and who was removed last, without sorting the others"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
oldest_code = "0034"  # the indexes alone change

OUT = sa.text("state IN ('removed')")
AUDIT = (("ix_audit_at", ["team_id", "at"]), ("ix_audit_actor_at", ["team_id", "actor", "at"]))


def upgrade() -> None:
    """Step forward."""
    for name, columns in AUDIT:
        op.drop_index(name, "audit")
        op.create_index(name, "audit", [*columns, "id"])
    columns = ["team_id", "ended_at"]
    op.create_index("ix_join_request_removed", "join_request", columns, sqlite_where=OUT, postgresql_where=OUT)


def downgrade() -> None:
    """Step back."""
    op.drop_index("ix_join_request_removed", "join_request")
    for name, columns in AUDIT:
        op.drop_index(name, "audit")
        op.create_index(name, "audit", columns)
