"""What an author says of a version, and what was found before it was published"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
oldest_code = "0017"


def upgrade() -> None:
    """Step forward."""
    op.add_column("publication", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("publication", sa.Column("checks", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Step back."""
    op.drop_column("publication", "checks")
    op.drop_column("publication", "note")
