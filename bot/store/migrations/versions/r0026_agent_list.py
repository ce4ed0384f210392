"""The stored list of the workspace's agents"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
oldest_code = "0026"  # code before it would publish to the channel what is meant for the API alone


def upgrade() -> None:
    """Step forward."""
    whose = ("team_id", 20), ("workspace_id", 24), ("lister", 20)
    op.create_table(
        "agent_list",
        *(sa.Column(name, sa.String(length), primary_key=True) for name, length in whose),
        sa.Column("agents", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("listed_at", "begun_at")),
        sa.Column("error", sa.String(8)),
    )
    op.create_table(
        "listed_agent",
        *(sa.Column(name, sa.String(length), primary_key=True) for name, length in whose),
        sa.Column("agent_id", sa.String(24), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.Column("owner_uid", sa.String(24), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("updated_at", "published_at")),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_listed_agent_owner", "listed_agent", ["team_id", "workspace_id", "lister", "owner_uid"])
    op.create_index("ix_publication_agent", "publication", ["team_id", "agent_id"])


def downgrade() -> None:
    """Step back."""
    op.drop_index("ix_publication_agent", "publication")
    op.drop_table("listed_agent")
    op.drop_table("agent_list")
