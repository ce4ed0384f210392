"""What has no result is looked up, not read through"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
oldest_code = "0024"  # code before it does not ask


def upgrade() -> None:
    """Step forward."""
    where = sa.text("state IN ('unknown')")
    columns = ["team_id", "id"]
    op.create_index("ix_publication_stuck", "publication", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Step back."""
    op.drop_index("ix_publication_stuck", "publication")
