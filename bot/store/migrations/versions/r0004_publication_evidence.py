"""How the end of a publication is known"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Step forward. Until now Coze alone said that something is online."""
    op.add_column("publication", sa.Column("evidence", sa.String(length=20), nullable=True))
    op.execute("UPDATE publication SET evidence = 'verified' WHERE state = 'online'")


def downgrade() -> None:
    """Step back."""
    op.drop_column("publication", "evidence")
