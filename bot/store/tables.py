"""The tables. Every key begins with the Slack workspace, so that they can be partitioned by it."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    bindparam,
    false,
    text,
)

from bot.core import account, credential, guide, join, people, publish, report, secret_store
from bot.core import refusal as refusals
from bot.core import sign_in as sign_ins

from .agent_tables import agent_list as agent_list
from .agent_tables import listed_agent as listed_agent
from .audit_tables import audit as audit
from .audit_tables import audit_chain as audit_chain
from .audit_tables import audit_tombstone as audit_tombstone
from .backup_tables import backup as backup
from .columns import id_column, one_of
from .database import UtcDateTime
from .database import metadata as metadata  # with every table, for those who need them all
from .freeze_tables import freeze as freeze
from .freeze_tables import freeze_pass as freeze_pass
from .operator_tables import coze_call as coze_call
from .operator_tables import coze_credential as coze_credential
from .operator_tables import owner_credential as owner_credential
from .operator_tables import preflight as preflight
from .operator_tables import schema_version as schema_version
from .operator_tables import team_space as team_space
from .review_tables import channel_event as channel_event
from .review_tables import review as review
from .seat_tables import seat_doubt as seat_doubt


def literally(states: Iterable[str]) -> TextClause:
    """That a row is in one of these states, literally as indexes say it: no database can tell it of a parameter."""
    return text("state IN ({})".format(", ".join(f"'{state}'" for state in sorted(states))))


def _where(name: str, condition: str, *keys: str) -> Index:
    """An index of those rows alone: as small as what it is asked for."""
    return Index(name, *keys, sqlite_where=text(condition), postgresql_where=text(condition))


def _one_open(name: str, table: Table, keys: tuple[str, ...], states: Iterable[StrEnum], *also: str) -> Index:
    where = text(" AND ".join((literally(states).text, *also)))
    return Index(name, *(table.c[key] for key in keys), unique=True, sqlite_where=where, postgresql_where=where)


OF_PERSON: dict[str, BindParameter[str]] = {"team_id": bindparam("team_id"), "user_id": bindparam("user_id")}
"""Whose rows. What is asked on the way to an ack is a statement made once: making one costs as much as running it."""

person = Table(
    "person",
    metadata,
    Column("team_id", String(20), primary_key=True),
    Column("user_id", String(20), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("locale", String(20), nullable=False),
    Column("tz", String(60), nullable=False),
    Column("standing", one_of(people.Standing), nullable=False),
    Column("admin", Boolean, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("chosen", String(5)),
    Column("coze_uid", String(24)),
    Column("quiet", String(11)),
    Column("deputy", Boolean, nullable=False, server_default=false()),
    Column("may_ask", String(16), nullable=False, server_default=""),
    Index("uq_person_account", "team_id", "coze_uid", unique=True),
    Index("ix_person_standing", "team_id", "standing"),
    Index("ix_person_admin", "team_id", "admin"),
)

request = Table(
    "join_request",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("user_id", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("coze_uid", String(24), nullable=False),
    Column("nick", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("email", Text),
    Column("state", one_of(join.JoinState), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("grade", one_of(account.Grade), nullable=False),
    Column("is_member", Boolean),
    Column("earlier", Integer, nullable=False),
    Column("assignee", String(20)),
    Column("question", Text),
    Column("asked_by", String(20)),
    Column("asked_at", UtcDateTime),
    Column("answer", Text),
    Column("nudged_at", UtcDateTime),
    Column("decided_by", String(20)),
    Column("decided_at", UtcDateTime),
    Column("reason", Text),
    Column("by_hand", Boolean, nullable=False),
    Column("error", String(8)),
    Column("log_id", String(80)),
    Column("invited_at", UtcDateTime),
    Column("invited_evidence", one_of(people.Evidence)),
    Column("watch_until", UtcDateTime),
    Column("joined_at", UtcDateTime),
    Column("joined_evidence", one_of(people.Evidence)),
    Column("ended_at", UtcDateTime),
    Column("removed_by", String(20)),
    Column("removed_evidence", one_of(people.Evidence)),
    Column("approved_uid", String(24)),
    Column("reopened_at", UtcDateTime),
    Column("proof_asked_at", UtcDateTime),
    Column("checked_at", UtcDateTime),
    Column("note", Text),
    Column("revoked_by", String(20)),
    Column("alone_at", UtcDateTime),
    Index("ix_join_request_state", "team_id", "state", "created_at"),
    Index("ix_join_request_user", "team_id", "user_id"),
    Index("ix_join_request_joined", "team_id", "joined_at"),
    _where("ix_join_request_removed", "state IN ('removed')", "team_id", "ended_at"),
)
_one_open("uq_join_request_open", request, ("team_id", "user_id"), join.OPEN)
_one_open("uq_join_request_uid", request, ("team_id", "coze_uid"), join.HOLDING, "coze_uid <> ''")

dispute = Table(
    "dispute",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("coze_uid", String(24), nullable=False),
    Column("nick", Text, nullable=False),
    Column("holder", String(20), nullable=False),
    Column("claimant", String(20), nullable=False),
    Column("state", one_of(account.DisputeState), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("decided_by", String(20)),
    Column("decided_at", UtcDateTime),
)
_one_open("uq_dispute_open", dispute, ("team_id", "coze_uid"), [account.DisputeState.OPEN])

credential_ = Table(
    "credential",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("user_id", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("last4", String(4)),
    Column("state", one_of(credential.CredentialState), nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("superseded_by", BigInteger),
    Column("refused_at", UtcDateTime),
    Column("kind", one_of(credential.CredentialKind), nullable=False, server_default="token"),
    Index("ix_credential_user", "team_id", "user_id"),
    Index("ix_credential_ending", "team_id", "state", "ends_at", "kind"),
)

publication = Table(
    "publication",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("user_id", String(20), nullable=False),
    Column("agent_id", String(24), nullable=False),
    Column("agent_name", Text, nullable=False),
    Column("workspace_id", String(24), nullable=False),
    Column("connector_id", String(24), nullable=False),
    Column("state", one_of(publish.PublicationState), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("submitted_at", UtcDateTime),
    Column("version", String(40)),
    Column("checked_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Column("reason", Text),
    Column("error", String(8)),
    Column("log_id", String(80)),
    Column("evidence", one_of(people.Evidence)),
    Column("note", Text),
    Column("checks", JSON(none_as_null=True)),
    Column("reviewed_at", UtcDateTime),
    Column("reviewed_by", String(20)),
    Column("off_by", String(20)),
    Column("off_at", UtcDateTime),
    Column("off_reason", Text),
    Column("announces", Boolean),
    Index("ix_publication_user", "team_id", "user_id"),
    _where("ix_publication_stuck", literally(publish.STUCK).text, "team_id", "id"),
    Index("ix_publication_agent", "team_id", "agent_id"),
)
_one_open("uq_publication_open", publication, ("team_id", "agent_id"), publish.OPEN)

guide_ = Table(
    "guide",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("user_id", String(20), nullable=False),
    Column("route", String(20), nullable=False),
    Column("step", String(20), nullable=False),
    Column("state", one_of(guide.GuideState), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("failure", JSON(none_as_null=True)),
    Column("version", Integer, nullable=False),
    Index("ix_guide_user", "team_id", "user_id"),
    _where("ix_guide_open", "state IN ('open')", "team_id", "updated_at"),
)
_one_open("uq_guide_open", guide_, ("team_id", "user_id", "route"), [guide.GuideState.OPEN])

report_ = Table(
    "report",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("user_id", String(20), nullable=False),
    Column("guide_id", BigInteger, nullable=False),
    Column("kind", one_of(report.Kind), nullable=False),
    Column("route", String(20), nullable=False),
    Column("step", String(20), nullable=False),
    Column("checked_on", String(20), nullable=False),
    Column("words", Text, nullable=False),
    Column("error", String(12)),
    Column("code", String(40)),
    Column("log_id", String(80)),
    Column("state", one_of(report.ReportState), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("answer", Text),
    Column("answered_by", String(20)),
    Column("answered_at", UtcDateTime),
    Index("ix_report_user", "team_id", "user_id"),
)

secret = Table(
    "secret",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("team_id", String(20), nullable=False),
    Column("user_id", String(20), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("kind", one_of(secret_store.Kind), nullable=False),
    Column("account", Text, nullable=False),
    Column("coze_uid", String(24), nullable=False),
    Column("app_id", String(24)),
    Column("fingerprint", String(128)),
    Column("credential_id", BigInteger),
    Column("key_id", String(20), nullable=False),
    Column("value", Text, nullable=False),
    Column("kept_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Column("lease_until", Float),
    Column("fence", Integer, nullable=False, server_default="0"),
    UniqueConstraint("team_id", "user_id", "purpose"),
    Index("ix_secret_key", "key_id"),
)

link = Table(
    "secret_link",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("user_id", String(20), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("kind", one_of(secret_store.Kind), nullable=False),
    Column("credential_id", BigInteger),
    Column("app_id", String(24)),
    Column("fingerprint", String(128)),
    Column("state", one_of(secret_store.LinkState), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("nonce", String(32), nullable=False),
    Column("key_id", String(20), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("problem", String(40)),
    UniqueConstraint("hash"),
    Index("ix_secret_link_user", "team_id", "user_id"),
)

sign_in = Table(
    "sign_in",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("user_id", String(20), nullable=False),
    Column("purpose", one_of(sign_ins.Purpose), nullable=False),
    Column("about", String(40), nullable=False),
    Column("typed", JSON(none_as_null=True)),
    Column("state", one_of(sign_ins.SignInState), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("in_modal", Boolean, nullable=False),
    Column("page", Text),
    Column("user_code", String(40)),
    Column("interval", Integer),
    Column("expires_at", UtcDateTime),
    Column("coze_uid", String(24)),
    Column("account", Text),
    Column("answer_by", UtcDateTime),
    Column("may_keep", Boolean, nullable=False),
    Column("is_kept", Boolean, nullable=False),
    Column("error", String(12)),
    Column("settled_at", UtcDateTime),
    Column("secret", Text),
    Index("ix_sign_in_user", "team_id", "user_id", "created_at"),
)
_one_open("uq_sign_in_open", sign_in, ("team_id", "user_id"), sign_ins.OPEN)

message = Table(
    "message",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("subject", String(60), nullable=False),
    Column("recipient", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("channel", String(20)),
    Column("ts", String(30)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("posting", Boolean, nullable=False),
    Column("settles_at", UtcDateTime),
    Column("thread", BigInteger),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("leaves", String(30)),
    UniqueConstraint("team_id", "subject", "recipient", "kind"),
    Index("ix_message_recipient", "team_id", "recipient", "id"),
    Index("ix_message_place", "team_id", "channel", "ts"),
)

job = Table(
    "job",
    metadata,
    id_column(),
    Column("team_id", String(20), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("subject", String(60).with_variant(String(60, collation="C"), "postgresql"), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("lease_until", Float),
    Column("fence", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("payload", JSON(none_as_null=True)),
    Column("last_error", Text),
    UniqueConstraint("team_id", "kind", "subject"),
    _where("ix_job_next", "state = 'due'", "priority", "due_at", "id"),
    _where("ix_job_leased", "state = 'leased'", "lease_until"),
    _where("ix_job_held", "state = 'due' AND last_error IS NOT NULL", "team_id", "last_error"),
    _where("ix_job_dead", "state = 'dead'", "team_id"),
    _where("ix_job_over", "state IN ('cancelled', 'done')", "due_at"),
)

bucket = Table(
    "bucket",
    metadata,
    Column("team_id", String(20), primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("next_free", Float, nullable=False),
)

refusal = Table(
    "refusal",
    metadata,
    Column("team_id", String(20), primary_key=True),
    Column("hour", UtcDateTime, primary_key=True),
    Column("user_id", String(20), primary_key=True),
    Column("action", String(80), primary_key=True),
    Column("reason", one_of(refusals.Reason), primary_key=True),
    Column("subject", String(60), nullable=False),
    Column("count", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("noted", Boolean, nullable=False, server_default=false()),
    _where("ix_refusal_unnoted", "noted = false", "hour"),
)
