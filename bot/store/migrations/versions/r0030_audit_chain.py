"""The chain of the audit: links of its lines, their ends, and tombstones of those that have lost their person"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
oldest_code = "0030"  # code before it would delete a person from a sealed line without a tombstone

SEALED, UNSEALED = sa.text("seq IS NOT NULL"), sa.text("seq IS NULL")


def upgrade() -> None:
    """Step forward. Whoever writes a line is waited for: what is there now is older than the chain, all of it."""
    op.add_column("audit", sa.Column("seq", sa.BigInteger()))
    op.add_column("audit", sa.Column("salt", sa.String(length=32)))
    op.add_column("audit", sa.Column("hash", sa.String(length=64)))
    op.create_index("ix_audit_seq", "audit", ["seq"], unique=True, sqlite_where=SEALED, postgresql_where=SEALED)
    op.create_index("ix_audit_unsealed", "audit", ["id"], sqlite_where=UNSEALED, postgresql_where=UNSEALED)
    op.create_table(
        "audit_chain",
        sa.Column("name", sa.String(length=10), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_audit_chain"),
    )
    op.create_table(
        "audit_tombstone",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("erase_id", sa.BigInteger(), nullable=False),
        sa.Column("audit_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("was", sa.String(length=64), nullable=False),
        sa.Column("now", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_tombstone"),
    )
    op.create_index("ix_audit_tombstone_seq", "audit_tombstone", ["seq"])
    op.create_index("ix_audit_tombstone_erase", "audit_tombstone", ["erase_id"])
    places = sa.table("audit_chain", sa.column("name"), sa.column("seq"), sa.column("hash"))
    op.bulk_insert(places, [{"name": name, "seq": 0, "hash": "0" * 64} for name in ("head", "cut")])
    op.execute("INSERT INTO audit_chain (name, seq, hash) SELECT 'older', count(*), '' FROM audit")
    op.add_column("refusal", sa.Column("noted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_refusal_unnoted",
        "refusal",
        ["hour"],
        sqlite_where=sa.text("noted = false"),
        postgresql_where=sa.text("noted = false"),
    )


def downgrade() -> None:
    """Step back."""
    op.drop_index("ix_refusal_unnoted", "refusal")
    op.drop_column("refusal", "noted")
    op.drop_table("audit_tombstone")
    op.drop_table("audit_chain")
    op.drop_index("ix_audit_unsealed", "audit")
    op.drop_index("ix_audit_seq", "audit")
    for column in ("hash", "salt", "seq"):
        op.drop_column("audit", column)
