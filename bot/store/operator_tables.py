"""The tables about the operator's own: what was found about the settings. Times are simulated, UTC."""

from sqlalchemy import JSON, Column, String, Table

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
