"""What an admin writes to the person with an approval"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
oldest_code = "0013"


def upgrade() -> None:
    """Step forward."""
    op.add_column("join_request", sa.Column("note", sa.Text(), nullable=True))


def downgrade() -> None:
    """Step back."""
    op.drop_column("join_request", "note")
