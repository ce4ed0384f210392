"""That the only admin has asked to join, and who may stand in for them"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
oldest_code = "0017"


def upgrade() -> None:
    """Step forward."""
    op.add_column("join_request", sa.Column("alone_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("person", sa.Column("deputy", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Step back."""
    op.drop_column("person", "deputy")
    op.drop_column("join_request", "alone_at")
