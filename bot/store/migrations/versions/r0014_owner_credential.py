"""What is known of the bot's own credential on Coze: its end, and that it has stopped working"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
oldest_code = "0013"


def upgrade() -> None:
    """Step forward."""
    op.create_table(
        "owner_credential",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("known_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("credential_id", sa.BigInteger(), nullable=True),
        sa.Column("is_permanent", sa.Boolean(), nullable=False),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_owner_credential"),
        sa.UniqueConstraint("team_id", "fingerprint", name="uq_owner_credential_team_id_fingerprint"),
    )


def downgrade() -> None:
    """Step back."""
    op.drop_table("owner_credential")
