"""The tables about the operator's own: what was found about the settings, what is known of its credential on Coze and
of the calls that it has made, that the bot is alive, what operators were alerted to, what admins change of the
settings, and the schema's version. Times are simulated, UTC, where nothing else is said.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from .columns import id_column
from .database import UtcDateTime, metadata

preflight = Table(
    "preflight",
    metadata,
    Column("team_id", String(20), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("inputs", String(64), nullable=False),
    Column("findings", JSON, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
)

coze_call = Table(
    "coze_call",
    metadata,
    Column("team_id", String(20), primary_key=True),
    Column("credential", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", Integer, nullable=False),
)

team_space = Table(
    "team_space",
    metadata,
    Column("team_id", String(20), primary_key=True),
    Column("seats", Integer),
    Column("members", Integer),
    Column("counted_at", UtcDateTime),
    Column("reviewed_at", UtcDateTime),
)

coze_credential = Table(
    "coze_credential",
    metadata,
    Column("team_id", String(20), primary_key=True),
    Column("credential", String(64), primary_key=True),
    Column("edition", String(20), nullable=False),
    Column("account", String(24)),
    Column("asked_at", UtcDateTime),
    Column("stopped_at", UtcDateTime),
)

owner_credential = Table(
    "owner_credential",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("known_since", UtcDateTime, nullable=False),
    Column("credential_id", BigInteger),
    Column("is_permanent", Boolean, nullable=False),
    Column("dead_at", UtcDateTime),
    Column("replaced_at", UtcDateTime),
    UniqueConstraint("team_id", "fingerprint"),
)

schema_version = Table(
    "schema_version",
    metadata,
    Column("number", String(32), primary_key=True),
    Column("oldest_code", String(32), nullable=False),
)
"""Each migration that was applied, and the oldest code, by the number of its newest migration, that may run on it."""

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("at", Float, nullable=False),
)
"""What was done last, and when by the database's own clock, in seconds since 1970."""

alert = Table(
    "alert",
    metadata,
    Column("team_id", String(20), primary_key=True),
    Column("name", String(20), primary_key=True),
    Column("phase", String(10), nullable=False),
    Column("since", Float, nullable=False),
    Column("until", Float),
    Column("claimed_until", Float),
)
"""The last trouble of each kind. Times by the database's own clock; one process says it until `claimed_until`."""

setting_change = Table(
    "setting_change",
    metadata,
    Column("team_id", String(20), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("name", String(40), nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("changed_by", String(20), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("reason", Text),
    Index("ix_setting_change_name", "team_id", "name", "revision"),
)
"""What admins change of the settings while the bot runs, one row for each change: what holds is `after` of a
setting's last one, and where that is NULL the environment. `changed_at` is simulated time.

A workspace's revisions have no gap, so of two who change something at once only one finds the next number free.
"""
