"""The tables of a freeze: since when nobody publishes, and whose agents may pass. Times are simulated, UTC."""

from sqlalchemy import BigInteger, Column, Index, String, Table, Text, UniqueConstraint

from .columns import id_column
from .database import UtcDateTime, metadata

freeze = Table(
    "freeze",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("begun_by", String(20), nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("lifted_by", String(20)),
    Column("lifted_at", UtcDateTime),
    Column("lift_reason", Text),
    Index("ix_freeze_ends", "team_id", "ends_at"),
)

freeze_pass = Table(
    "freeze_pass",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("freeze_id", BigInteger, nullable=False),
    Column("agent_id", String(24), nullable=False),
    Column("agent_name", Text, nullable=False),
    Column("user_id", String(20), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("passed_by", String(20)),
    Column("passed_at", UtcDateTime),
    Column("reason", Text),
    UniqueConstraint("team_id", "freeze_id", "agent_id", "user_id"),
    Index("ix_freeze_pass_user", "team_id", "user_id"),
)
