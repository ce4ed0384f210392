"""Calls with the operator's credential, what its account pays for, when an invitation was looked at"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
oldest_code = "0013"  # code before it would give up on its jobs


def upgrade() -> None:
    """Step forward."""
    whose = [sa.Column("team_id", sa.String(length=20)), sa.Column("credential", sa.String(length=64))]
    op.create_table(
        "coze_call",
        *whose,
        sa.Column("day", sa.Date()),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "credential", "day", name="pk_coze_call"),
    )
    whose = [sa.Column("team_id", sa.String(length=20)), sa.Column("credential", sa.String(length=64))]
    op.create_table(
        "coze_credential",
        *whose,
        sa.Column("edition", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=24)),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("stopped_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("team_id", "credential", name="pk_coze_credential"),
    )
    op.add_column("join_request", sa.Column("checked_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Step back."""
    op.drop_column("join_request", "checked_at")
    op.drop_table("coze_credential")
    op.drop_table("coze_call")
