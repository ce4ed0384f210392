"""The table of backup persons: whom the owner of a token has named for it, and what they said. Times are simulated,
UTC.
"""

from sqlalchemy import BigInteger, Column, Index, String, Table, text

from bot.core.backup import OPEN, BackupState

from .columns import id_column, one_of
from .database import UtcDateTime, metadata

_OPEN = text("state IN ({})".format(", ".join(f"'{state}'" for state in sorted(OPEN))))

backup = Table(
    "backup",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("credential_id", BigInteger, nullable=False),
    Column("user_id", String(20), nullable=False),
    Column("named", String(20), nullable=False),
    Column("state", one_of(BackupState), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Index("ix_backup_credential", "team_id", "credential_id"),
    Index("ix_backup_user", "team_id", "user_id"),
    Index("ix_backup_named", "team_id", "named"),
    Index("uq_backup_open", "team_id", "credential_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
)
