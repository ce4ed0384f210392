"""Signing in on Coze, and one renewal at a time of what is kept of it"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

OPEN = sa.text("state IN ('looking', 'seen', 'starting', 'waiting')")


def upgrade() -> None:
    """Step forward."""
    op.add_column("secret", sa.Column("lease_until", sa.Float(), nullable=True))
    op.add_column("secret", sa.Column("fence", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "sign_in",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("typed", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_modal", sa.Boolean(), nullable=False),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("user_code", sa.String(length=40), nullable=True),
        sa.Column("interval", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("coze_uid", sa.String(length=24), nullable=True),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("may_keep", sa.Boolean(), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(length=12), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in"),
    )
    op.create_index("ix_sign_in_user", "sign_in", ["team_id", "user_id", "created_at"], unique=False)
    op.create_index(
        "uq_sign_in_open",
        "sign_in",
        ["team_id", "user_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    """Step back."""
    op.drop_table("sign_in")
    op.drop_column("secret", "fence")
    op.drop_column("secret", "lease_until")
