"""An index for what stands where, since replies below a card name its place alone"""

from alembic import op

revision = "0015"
down_revision = "0014"
oldest_code = "0013"


def upgrade() -> None:
    """Step forward."""
    op.create_index("ix_message_place", "message", ["team_id", "channel", "ts"])


def downgrade() -> None:
    """Step back."""
    op.drop_index("ix_message_place", "message")
