"""What people asked to be kept, encrypted, and the one-time pages on which it is entered"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Step forward."""
    op.create_table(
        "secret",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("coze_uid", sa.String(length=24), nullable=False),
        sa.Column("app_id", sa.String(length=24), nullable=True),
        sa.Column("fingerprint", sa.String(length=128), nullable=True),
        sa.Column("credential_id", sa.BigInteger(), nullable=True),
        sa.Column("key_id", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_secret"),
        sa.UniqueConstraint("team_id", "user_id", "purpose", name="uq_secret_team_id_user_id_purpose"),
    )
    op.create_index("ix_secret_key", "secret", ["key_id"], unique=False)

    op.create_table(
        "secret_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("credential_id", sa.BigInteger(), nullable=True),
        sa.Column("app_id", sa.String(length=24), nullable=True),
        sa.Column("fingerprint", sa.String(length=128), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("key_id", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_secret_link"),
        sa.UniqueConstraint("hash", name="uq_secret_link_hash"),
    )
    op.create_index("ix_secret_link_user", "secret_link", ["team_id", "user_id"], unique=False)


def downgrade() -> None:
    """Step back."""
    for table in ("secret_link", "secret"):
        op.drop_table(table)
