"""Backup persons of tokens, and since when Coze refuses one"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
oldest_code = "0027"  # code before it would tell the admins at once, and renew a token without its backup person


def upgrade() -> None:
    """Step forward."""
    op.create_table(
        "backup",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("credential_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.String(length=20), nullable=False),
        sa.Column("named", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_backup"),
    )
    for name in ("credential_id", "user_id", "named"):
        op.create_index(f"ix_backup_{name.removesuffix('_id')}", "backup", ["team_id", name])
    where = sa.text("state IN ('accepted', 'asked')")
    columns = ["team_id", "credential_id"]
    op.create_index("uq_backup_open", "backup", columns, unique=True, sqlite_where=where, postgresql_where=where)
    op.add_column("credential", sa.Column("refused_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Step back."""
    op.drop_column("credential", "refused_at")
    op.drop_table("backup")
