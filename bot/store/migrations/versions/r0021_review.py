"""What Coze tells the channel's owner, and the reviews that come of it"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
oldest_code = "0021"  # code before it would give up on jobs and cards of reviews


def upgrade() -> None:
    """Step forward."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "channel_event",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("event_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("agent_id", sa.String(length=24), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_channel_event"),
        sa.UniqueConstraint("team_id", "event_id", name="uq_channel_event_team_id_event_id"),
    )
    op.create_index("ix_channel_event_agent", "channel_event", ["team_id", "agent_id"])
    op.create_table(
        "review",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("event_id", sa.String(length=100), nullable=False),
        sa.Column("agent_id", sa.String(length=24), nullable=False),
        sa.Column("agent_name", sa.Text(), nullable=False),
        sa.Column("connector_id", sa.String(length=24), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("author_uid", sa.String(length=24), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("published_at", moment, nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.String(length=20)),
        sa.Column("assignee", sa.String(length=20)),
        sa.Column("question", sa.Text()),
        sa.Column("asked_by", sa.String(length=20)),
        sa.Column("asked_at", moment),
        sa.Column("answer", sa.Text()),
        sa.Column("answered_at", moment),
        sa.Column("decided_by", sa.String(length=20)),
        sa.Column("decided_at", moment),
        sa.Column("reason", sa.Text()),
        sa.Column("told_at", moment),
        sa.Column("error", sa.String(length=8)),
        sa.Column("log_id", sa.String(length=80)),
        sa.Column("tools", sa.String(length=64)),
        sa.Column("note", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
        sa.UniqueConstraint("team_id", "event_id", name="uq_review_team_id_event_id"),
    )
    op.create_index("ix_review_agent", "review", ["team_id", "agent_id"])
    op.create_index("ix_review_user", "review", ["team_id", "user_id"])
    op.create_index("ix_review_state", "review", ["team_id", "state"])
    op.add_column("publication", sa.Column("reviewed_at", moment))
    op.add_column("publication", sa.Column("reviewed_by", sa.String(length=20)))


def downgrade() -> None:
    """Step back."""
    with op.batch_alter_table("publication") as table:
        table.drop_column("reviewed_by")
        table.drop_column("reviewed_at")
    op.drop_table("review")
    op.drop_table("channel_event")
