"""The tables of the audit: who did what, and the chain that shows whether somebody has changed it since."""

from sqlalchemy import JSON, BigInteger, Column, Index, String, Table, text

from .columns import id_column
from .database import UtcDateTime, metadata

audit = Table(
    "audit",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(20)),
    Column("action", String(40), nullable=False),
    Column("subject", String(60), nullable=False),
    Column("detail", JSON(none_as_null=True)),
    Column("seq", BigInteger),
    Column("salt", String(32)),
    Column("hash", String(64)),
    Index("ix_audit_subject", "team_id", "subject"),
    Index("ix_audit_actor", "team_id", "actor", "action"),
    Index("ix_audit_at", "team_id", "at", "id"),
    Index("ix_audit_actor_at", "team_id", "actor", "at", "id"),
    Index(
        "ix_audit_seq",
        "seq",
        unique=True,
        sqlite_where=text("seq IS NOT NULL"),
        postgresql_where=text("seq IS NOT NULL"),
    ),
    Index("ix_audit_unsealed", "id", sqlite_where=text("seq IS NULL"), postgresql_where=text("seq IS NULL")),
)
"""`seq`, `salt` and `hash` are its link in the chain, NULL until a worker has sealed it (core/audit_chain.py)."""

audit_chain = Table(
    "audit_chain",
    metadata,
    Column("name", String(10), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""Places of the chain: `head`, its newest link, whose row is held while links are added; `cut`, the last one that is
gone; `older`, the last one of the first block, whose lines are older than the chain (no hash until it is sealed).
"""

audit_tombstone = Table(
    "audit_tombstone",
    metadata,
    id_column(),
    Column("erase_id", BigInteger, nullable=False),
    Column("audit_id", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("was", String(64), nullable=False),
    Column("now", String(64), nullable=False),
    Index("ix_audit_tombstone_seq", "seq"),
    Index("ix_audit_tombstone_erase", "erase_id"),
)
"""Sealed lines that have lost their person. `erase_id` is the line that tells of the deletion, `seq` the link."""
