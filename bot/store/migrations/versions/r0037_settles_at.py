"""Until when Slack may still make a post that it gave no answer to"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
oldest_code = "0036"  # code before it leaves this empty, and waits for nothing


def upgrade() -> None:
    """Step forward."""
    op.add_column("message", sa.Column("settles_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Step back."""
    op.drop_column("message", "settles_at")
