"""The tables of the stored list of agents: what Coze has listed in a workspace, and when. Times are simulated, UTC.

`lister` is whose credential has asked: "" is the operator's, else the Slack user who has a token kept.
"""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from .database import UtcDateTime, metadata

agent_list = Table(
    "agent_list",
    metadata,
    Column("team_id", String(20), primary_key=True),
    Column("workspace_id", String(24), primary_key=True),
    Column("lister", String(20), primary_key=True),
    Column("agents", Integer, nullable=False),
    Column("listed_at", UtcDateTime),
    Column("begun_at", UtcDateTime),
    Column("error", String(8)),
)

listed_agent = Table(
    "listed_agent",
    metadata,
    Column("team_id", String(20), primary_key=True),
    Column("workspace_id", String(24), primary_key=True),
    Column("lister", String(20), primary_key=True),
    Column("agent_id", String(24), primary_key=True),
    Column("name", Text, nullable=False),
    Column("plain", Text, nullable=False),
    Column("owner_uid", String(24), nullable=False),
    Column("updated_at", UtcDateTime),
    Column("published_at", UtcDateTime),
    Column("listed_at", UtcDateTime, nullable=False),
    Index("ix_listed_agent_owner", "team_id", "workspace_id", "lister", "owner_uid"),
)
