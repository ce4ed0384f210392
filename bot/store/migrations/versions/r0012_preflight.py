"""What was found when the settings were compared with Slack and Coze"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
oldest_code = "0012"  # code before it would give up on its jobs


def upgrade() -> None:
    """Step forward."""
    op.create_table(
        "preflight",
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("inputs", sa.String(length=64), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "name", name="pk_preflight"),
    )


def downgrade() -> None:
    """Step back."""
    op.drop_table("preflight")
