"""What admins change of the settings while the bot runs, and who may ask to join"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
oldest_code = "0033"  # code before it goes by the environment alone


def upgrade() -> None:
    """Step forward."""
    op.create_table(
        "setting_change",
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text()),
        sa.Column("changed_by", sa.String(length=20), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("team_id", "revision", name="pk_setting_change"),
    )
    op.create_index("ix_setting_change_name", "setting_change", ["team_id", "name", "revision"])
    op.add_column("person", sa.Column("may_ask", sa.String(length=16), nullable=False, server_default=""))


def downgrade() -> None:
    """Step back."""
    op.drop_column("person", "may_ask")
    op.drop_index("ix_setting_change_name", "setting_change")
    op.drop_table("setting_change")
