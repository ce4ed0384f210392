"""How many seats the workspace on Coze has, how many members it had last, and who joined when"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
oldest_code = "0032"  # code before it uses none of this


def upgrade() -> None:
    """Step forward."""
    op.create_table(
        "team_space",
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("seats", sa.Integer()),
        sa.Column("members", sa.Integer()),
        sa.Column("counted_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("team_id", name="pk_team_space"),
    )
    op.create_index("ix_join_request_joined", "join_request", ["team_id", "joined_at"])


def downgrade() -> None:
    """Step back."""
    op.drop_index("ix_join_request_joined", "join_request")
    op.drop_table("team_space")
