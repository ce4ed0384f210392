"""Tables and columns by their standard names, and decisions that wait as the requests that they are

Each table is made anew and filled from the old one: neither database renames a table's constraints along with it. No
process of the version before may run meanwhile, nor after.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

Names = Sequence[tuple[str, str]]
"""What a column was called, and is called now."""

JOB: Names = [
    *((name, name) for name in ("id", "team_id", "kind", "subject", "due_at")),
    ("rank", "priority"),
    *((name, name) for name in ("state", "lease_until", "fence", "attempts")),
    ("wanted", "generation"),
    *((name, name) for name in ("payload", "last_error")),
]
MESSAGE: Names = [
    *((name, name) for name in ("id", "team_id", "subject")),
    ("audience", "recipient"),
    ("slot", "kind"),
    *((name, name) for name in ("channel", "ts", "created_at", "posting", "thread")),
]
DELIVERY: Names = [("team_id", "team_id"), ("key", "idempotency_key"), ("at", "at")]


def upgrade() -> None:
    """Step forward."""
    _create_job("job", "priority", "generation")
    _move("work", "job", JOB)
    _put_aside("message", "audience", "slot")
    _create_message("recipient", "kind")
    _move("message_before", "message", MESSAGE)
    _create_delivery("processed_delivery", "idempotency_key")
    _move("seen", "processed_delivery", DELIVERY)
    _turn_decisions_into_requests()


def downgrade() -> None:
    """Step back. The version before knows no job for a request that waits, and gives it up."""
    _create_job("work", "rank", "wanted")
    _move("job", "work", [(new, old) for old, new in JOB])
    _put_aside("message", "recipient", "kind")
    _create_message("audience", "slot")
    _move("message_before", "message", [(new, old) for old, new in MESSAGE])
    _create_delivery("seen", "key")
    _move("processed_delivery", "seen", [(new, old) for old, new in DELIVERY])


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _move(old: str, new: str, names: Names) -> None:
    """All rows with their ids; a sequence goes on behind the last one."""
    before, after = ", ".join(name for name, _ in names), ", ".join(name for _, name in names)
    op.execute(f"INSERT INTO {new} ({after}) SELECT {before} FROM {old}")  # noqa: S608  (our own names)
    op.drop_table(old)
    if _is_postgresql() and names[0][1] == "id":
        last = f"(SELECT coalesce(max(id), 0) + 1 FROM {new})"  # noqa: S608
        op.execute(f"SELECT setval(pg_get_serial_sequence('{new}', 'id'), {last}, false)")


def _put_aside(table: str, *key: str) -> None:
    """Make room for a new table of this name: on PostgreSQL a constraint's name may stand once in the schema."""
    op.rename_table(table, f"{table}_before")
    if _is_postgresql():
        for name in (f"pk_{table}", f"uq_{table}_team_id_subject_{'_'.join(key)}"):
            op.execute(f"ALTER TABLE {table}_before RENAME CONSTRAINT {name} TO {name}_before")
        op.execute(f"ALTER SEQUENCE {table}_id_seq RENAME TO {table}_before_id_seq")


def _create_job(table: str, priority: str, generation: str) -> None:
    op.create_table(
        table,
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(priority, sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("lease_until", sa.Float(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column(generation, sa.Integer(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("team_id", "kind", "subject", name=f"uq_{table}_team_id_kind_subject"),
    )
    op.create_index(f"ix_{table}_due", table, ["state", "due_at"], unique=False)


def _create_message(recipient: str, kind: str) -> None:
    unique = f"uq_message_team_id_subject_{recipient}_{kind}"
    op.create_table(
        "message",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column(recipient, sa.String(length=20), nullable=False),
        sa.Column(kind, sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("ts", sa.String(length=30), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posting", sa.Boolean(), nullable=False),
        sa.Column("thread", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("team_id", "subject", recipient, kind, name=unique),
    )


def _create_delivery(table: str, key: str) -> None:
    op.create_table(
        table,
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column(key, sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", key, name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_at", table, ["at"], unique=False)


def _turn_decisions_into_requests() -> None:
    """What an admin has pressed or sent, and nobody has decided yet, is kept as the typed request that it is now."""
    names = ("id", "team_id", "kind", "subject")
    job = sa.table("job", *(sa.column(name) for name in names), sa.column("payload", sa.JSON()))
    connection = op.get_bind()
    for row in connection.execute(sa.select(job).where(job.c.kind == "decide")).all():
        values: dict[str, Any] = {"kind": "request", "subject": _subject(row.id)}
        payload = json.loads(row.payload) if isinstance(row.payload, str) else row.payload
        if payload:
            values["payload"] = _request(row.id, row.team_id, payload)
        connection.execute(sa.update(job).where(job.c.id == row.id).values(values))


def _key(job_id: int) -> str:
    return f"decide:{job_id}"


def _subject(job_id: int) -> str:
    return hashlib.sha256(_key(job_id).encode()).hexdigest()[:40]


def _request(job_id: int, team_id: str, kept: dict[str, Any]) -> dict[str, Any]:
    """As the pipeline of this version stores a press or a form (bot/slack/router.py)."""
    delivery = {"idempotency_key": _key(job_id), "team_id": team_id, "app_id": "", "is_claimed": False}
    view, about = kept.get("view") or {}, {"delivery": delivery, "user_id": kept["user"]}
    if kept["kind"] == "form":
        sent = {"callback_id": kept["name"], "view_id": view.get("id", ""), "metadata": kept["metadata"]}
        parent: dict[str, Any] = {"parent_view_id": view.get("previous_view_id") or "", "questions": []}
        return {**about, **sent, **parent, "fields": {"inputs": _inputs(kept["values"])}, "kind": "submission"}
    modal = view.get("id", "") if view.get("type") == "modal" else ""
    target = {"trigger_id": "", "response_url": kept["response_url"], "modal_id": modal}
    stands = {"callback_id": "", "metadata": "", "fields": {"inputs": {}}}
    place = {**stands, "only_theirs": kept["fleeting"], "outside_dm": False}
    return {
        **about,
        "action_id": kept["name"],
        "value": kept["text"],
        "target": target,
        "place": place,
        "kind": "press",
    }


def _inputs(values: dict[str, Any]) -> dict[str, Any]:
    """What stood in the form, by block."""
    return {block: _entered(next(iter(each.values()), {})) for block, each in values.items()}


def _entered(value: dict[str, Any]) -> dict[str, Any]:
    option = value.get("selected_option") or {}
    text = value.get("value") or option.get("value") or value.get("selected_user") or value.get("selected_date") or ""
    return {"text": text, "label": (option.get("text") or {}).get("text", ""), "ticked": [], "moment": 0}
