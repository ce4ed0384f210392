"""Who wants an agent off the channel, and why"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
oldest_code = "0023"  # code before it would give up on the job


def upgrade() -> None:
    """Step forward."""
    op.add_column("publication", sa.Column("off_by", sa.String(length=20)))
    op.add_column("publication", sa.Column("off_at", sa.DateTime(timezone=True)))
    op.add_column("publication", sa.Column("off_reason", sa.Text()))


def downgrade() -> None:
    """Step back."""
    with op.batch_alter_table("publication") as table:
        for name in ("off_reason", "off_at", "off_by"):
            table.drop_column(name)
