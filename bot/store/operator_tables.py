"""The tables about the operator's own: what was found about the settings, and what its
credential on Coze was used for. Times are simulated, UTC."""

from sqlalchemy import JSON, Column, Date, Integer, String, Table

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
