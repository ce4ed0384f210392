"""An approval that was taken back. Code of before knows no request in that state"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
oldest_code = "0017"


def upgrade() -> None:
    """Step forward."""
    op.add_column("join_request", sa.Column("revoked_by", sa.String(length=20), nullable=True))


def downgrade() -> None:
    """Step back: to whom it was taken back it was not approved in the end."""
    op.execute("UPDATE join_request SET state = 'declined' WHERE state = 'revoked'")
    op.drop_column("join_request", "revoked_by")
