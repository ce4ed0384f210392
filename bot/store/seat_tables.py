"""The table of seats in doubt. Times are simulated, UTC."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint

from bot.core import seat_doubt as doubts

from .columns import id_column, one_of
from .database import UtcDateTime, metadata

seat_doubt = Table(
    "seat_doubt",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("coze_uid", String(24), nullable=False),
    Column("nick", Text, nullable=False),
    Column("user_id", String(20)),
    Column("request_id", BigInteger),
    Column("why", one_of(doubts.Why), nullable=False),
    Column("state", one_of(doubts.DoubtState), nullable=False),
    Column("found_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("since", UtcDateTime),
    Column("asked_by", String(20)),
    Column("asked_at", UtcDateTime),
    Column("answer", Boolean),
    Column("answered_at", UtcDateTime),
    Column("decided_by", String(20)),
    Column("decided_at", UtcDateTime),
    Column("kept_until", UtcDateTime),
    Column("reason", Text),
    Column("error", String(8)),
    Column("log_id", String(80)),
    UniqueConstraint("team_id", "coze_uid"),
    Index("ix_seat_doubt_state", "team_id", "state", "id"),
    Index("ix_seat_doubt_user", "team_id", "user_id"),
)
