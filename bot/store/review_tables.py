"""The tables of the review desk: what Coze has told about the channel, and the reviews that came of it."""

from sqlalchemy import Column, Index, String, Table, Text, UniqueConstraint

from bot.core.review import EventKind, ReviewState

from .columns import id_column, one_of
from .database import UtcDateTime, metadata

channel_event = Table(
    "channel_event",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("event_id", String(100), nullable=False),
    Column("kind", one_of(EventKind), nullable=False),
    Column("agent_id", String(24), nullable=False),
    Column("version", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("team_id", "event_id"),
    Index("ix_channel_event_agent", "team_id", "agent_id"),
)

review = Table(
    "review",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("event_id", String(100), nullable=False),
    Column("agent_id", String(24), nullable=False),
    Column("agent_name", Text, nullable=False),
    Column("connector_id", String(24), nullable=False),
    Column("version", String(40), nullable=False),
    Column("author_uid", String(24), nullable=False),
    Column("author_name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("state", one_of(ReviewState), nullable=False),
    Column("user_id", String(20)),
    Column("assignee", String(20)),
    Column("question", Text),
    Column("asked_by", String(20)),
    Column("asked_at", UtcDateTime),
    Column("answer", Text),
    Column("answered_at", UtcDateTime),
    Column("decided_by", String(20)),
    Column("decided_at", UtcDateTime),
    Column("reason", Text),
    Column("told_at", UtcDateTime),
    Column("error", String(8)),
    Column("log_id", String(80)),
    Column("tools", String(64)),
    Column("note", Text),
    UniqueConstraint("team_id", "event_id"),
    Index("ix_review_agent", "team_id", "agent_id"),
    Index("ix_review_user", "team_id", "user_id"),
    Index("ix_review_state", "team_id", "state"),
)
