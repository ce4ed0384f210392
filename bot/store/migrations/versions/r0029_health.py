"""When workers last looked for jobs, that the database takes writes, and what operators were alerted to"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
oldest_code = "0028"  # code before it uses none of this


def upgrade() -> None:
    """Step forward."""
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeat"),
    )
    op.create_table(
        "alert",
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("until", sa.Float()),
        sa.Column("claimed_until", sa.Float()),
        sa.PrimaryKeyConstraint("team_id", "name", name="pk_alert"),
    )


def downgrade() -> None:
    """Step back."""
    op.drop_table("alert")
    op.drop_table("heartbeat")
