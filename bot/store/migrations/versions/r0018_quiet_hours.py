"""The hours in which somebody wants no reminders"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
oldest_code = "0017"


def upgrade() -> None:
    """Step forward."""
    op.add_column("person", sa.Column("quiet", sa.String(length=11)))


def downgrade() -> None:
    """Step back."""
    with op.batch_alter_table("person") as table:
        table.drop_column("quiet")
