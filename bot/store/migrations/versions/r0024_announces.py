"""Whether an author wants it told in the channel for announcements"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
oldest_code = "0023"  # code before it announces nothing


def upgrade() -> None:
    """Step forward."""
    op.add_column("publication", sa.Column("announces", sa.Boolean()))


def downgrade() -> None:
    """Step back."""
    with op.batch_alter_table("publication") as table:
        table.drop_column("announces")
