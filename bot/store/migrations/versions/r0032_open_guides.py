"""Find the open guides that moved last"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
oldest_code = "0031"  # code before it uses none of this

OPEN = sa.text("state IN ('open')")


def upgrade() -> None:
    """Step forward."""
    columns = ["team_id", "updated_at"]
    op.create_index("ix_guide_open", "guide", columns, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    """Step back."""
    op.drop_index("ix_guide_open", "guide")
