"""What the schema says of itself: each migration's number, and the oldest code that may run on what it leaves"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
oldest_code = "0011"


def upgrade() -> None:
    """Step forward."""
    op.create_table(
        "schema_version",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("oldest_code", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_schema_version"),
    )


def downgrade() -> None:
    """Step back."""
    op.drop_table("schema_version")
