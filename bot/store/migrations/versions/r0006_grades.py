"""How surely a Coze account is somebody's, and an approval of the account that was approved

Until now an account that Coze already listed counted as joined, whoever had typed its ID. Nobody is removed: who has
joined without having shown that the account is theirs is asked once, by a job, and so are two whose account is one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_HOLDING = "state IN ('approved', 'info_requested', 'invited', 'joined', 'pending')"
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Step forward."""
    _keep_one_owner_an_account()
    op.alter_column("join_request", "uid_evidence", new_column_name="grade")
    op.add_column("join_request", sa.Column("approved_uid", sa.String(length=24), nullable=True))
    for name in _TIMES:
        op.add_column("join_request", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute(f"UPDATE join_request SET grade = {_GRADE}")  # noqa: S608  (our own names)
    op.execute(
        "UPDATE join_request SET approved_uid = coze_uid WHERE state IN ('approved', 'invited', 'joined', 'removed')"
    )
    _index_accounts(f"{_HOLDING} AND coze_uid <> ''")
    _create_dispute()
    _plan()


def downgrade() -> None:
    """Step back. The version before knows no request without an account, and closes it."""
    op.execute("DELETE FROM job WHERE kind = 'whose'")
    op.drop_table("dispute")
    op.execute("UPDATE join_request SET state = 'closed', ended_at = created_at WHERE coze_uid = ''")
    _index_accounts(_HOLDING)
    for name in ("approved_uid", *_TIMES):
        op.drop_column("join_request", name)
    op.execute("UPDATE join_request SET grade = CASE grade WHEN 'proven' THEN 'verified' ELSE 'confirmed' END")
    op.alter_column("join_request", "grade", new_column_name="uid_evidence")
    op.drop_index("uq_person_account", "person")


_TIMES = ("reopened_at", "proof_asked_at")
_OF_PERSON = "person.team_id = join_request.team_id AND person.coze_uid = join_request.coze_uid"
_OTHERS = f"EXISTS (SELECT 1 FROM person WHERE {_OF_PERSON} AND person.user_id <> join_request.user_id)"  # noqa: S608
_OWN = f"EXISTS (SELECT 1 FROM person WHERE {_OF_PERSON} AND person.user_id = join_request.user_id)"  # noqa: S608
_GRADE = (
    f"CASE WHEN {_OWN} OR (grade = 'verified' AND NOT {_OTHERS}) THEN 'proven' "
    "WHEN invited_evidence = 'verified' AND joined_evidence = 'verified' THEN 'invited' ELSE 'typed' END"
)


def _keep_one_owner_an_account() -> None:
    """What somebody has us keep was looked up too. Of two who have shown one account neither is believed for now."""
    kept = "SELECT max(secret.coze_uid) FROM secret WHERE secret.team_id = person.team_id"
    kept += " AND secret.user_id = person.user_id"
    op.execute(f"UPDATE person SET coze_uid = ({kept}) WHERE coze_uid IS NULL")  # noqa: S608  (our own names)
    twice = "SELECT team_id || ':' || coze_uid FROM person WHERE coze_uid IS NOT NULL"
    twice += " GROUP BY team_id, coze_uid HAVING count(*) > 1"
    op.execute(f"UPDATE person SET coze_uid = NULL WHERE team_id || ':' || coze_uid IN ({twice})")  # noqa: S608
    op.create_index("uq_person_account", "person", ["team_id", "coze_uid"], unique=True)


def _index_accounts(where: str) -> None:
    """One account stands in one request that holds."""
    name, columns, only = "uq_join_request_uid", ["team_id", "coze_uid"], sa.text(where)
    op.drop_index(name, "join_request")
    op.create_index(name, "join_request", columns, unique=True, sqlite_where=only, postgresql_where=only)


def _create_dispute() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("coze_uid", sa.String(length=24), nullable=False),
        sa.Column("nick", sa.Text(), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("claimant", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=20), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_dispute"),
    )
    only = sa.text("state IN ('open')")
    columns = ["team_id", "coze_uid"]
    op.create_index("uq_dispute_open", "dispute", columns, unique=True, sqlite_where=only, postgresql_where=only)


def _plan() -> None:
    """Whose account may be another's, or who has joined without a proof: each is seen to once, by the bot."""
    doubtful = f"(state = 'joined' AND grade <> 'proven') OR ({_HOLDING} AND {_OTHERS})"
    values = "'whose', 'join:' || id, created_at, 50, 'due', 0, 0, 1"
    names = "team_id, kind, subject, due_at, priority, state, fence, attempts, generation"
    op.execute(
        f"INSERT INTO job ({names}) SELECT team_id, {values} FROM join_request WHERE {doubtful} ORDER BY id"  # noqa: S608
    )
