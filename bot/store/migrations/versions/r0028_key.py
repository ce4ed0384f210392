"""Keys of OAuth apps, with the day on which to change them"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
oldest_code = "0028"  # code before it would say of a key that it expires


def upgrade() -> None:
    """Step forward."""
    op.add_column("credential", sa.Column("kind", sa.String(20), nullable=False, server_default="token"))
    op.drop_index("ix_credential_ending", "credential")
    op.create_index("ix_credential_ending", "credential", ["team_id", "state", "ends_at", "kind"])


def downgrade() -> None:
    """Step back."""
    op.drop_index("ix_credential_ending", "credential")
    op.create_index("ix_credential_ending", "credential", ["team_id", "state", "ends_at"])
    op.drop_column("credential", "kind")
