"""Look the audit through by day"""

from alembic import op

revision = "0031"
down_revision = "0030"
oldest_code = "0030"  # code before it uses none of this


def upgrade() -> None:
    """Step forward."""
    op.create_index("ix_audit_at", "audit", ["team_id", "at"])
    op.create_index("ix_audit_actor_at", "audit", ["team_id", "actor", "at"])


def downgrade() -> None:
    """Step back."""
    op.drop_index("ix_audit_actor_at", "audit")
    op.drop_index("ix_audit_at", "audit")
