"""A freeze of publishing, and the agents that may pass"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
oldest_code = "0022"  # code before it would publish in spite of a freeze


def upgrade() -> None:
    """Step forward."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "freeze",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("begun_by", sa.String(length=20), nullable=False),
        sa.Column("begun_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("lifted_by", sa.String(length=20)),
        sa.Column("lifted_at", moment),
        sa.Column("lift_reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_freeze"),
    )
    op.create_index("ix_freeze_ends", "freeze", ["team_id", "ends_at"])
    op.create_table(
        "freeze_pass",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("freeze_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.String(length=24), nullable=False),
        sa.Column("agent_name", sa.Text(), nullable=False),
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("passed_by", sa.String(length=20)),
        sa.Column("passed_at", moment),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_freeze_pass"),
        sa.UniqueConstraint(
            "team_id", "freeze_id", "agent_id", "user_id", name="uq_freeze_pass_team_id_freeze_id_agent_id_user_id"
        ),
    )
    op.create_index("ix_freeze_pass_user", "freeze_pass", ["team_id", "user_id"])


def downgrade() -> None:
    """Step back."""
    op.drop_table("freeze_pass")
    op.drop_table("freeze")
