"""Who holds a seat and may not need it, what was asked and decided, and when that was last looked at"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
oldest_code = "0035"  # code before it uses none of this


def upgrade() -> None:
    """Step forward."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "seat_doubt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=20), nullable=False),
        sa.Column("coze_uid", sa.String(length=24), nullable=False),
        sa.Column("nick", sa.Text(), nullable=False),
        sa.Column("user_id", sa.String(length=20)),
        sa.Column("request_id", sa.BigInteger()),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("found_at", moment, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", moment),
        sa.Column("asked_by", sa.String(length=20)),
        sa.Column("asked_at", moment),
        sa.Column("answer", sa.Boolean()),
        sa.Column("answered_at", moment),
        sa.Column("decided_by", sa.String(length=20)),
        sa.Column("decided_at", moment),
        sa.Column("kept_until", moment),
        sa.Column("reason", sa.Text()),
        sa.Column("error", sa.String(length=8)),
        sa.Column("log_id", sa.String(length=80)),
        sa.PrimaryKeyConstraint("id", name="pk_seat_doubt"),
        sa.UniqueConstraint("team_id", "coze_uid", name="uq_seat_doubt_team_id_coze_uid"),
    )
    op.create_index("ix_seat_doubt_state", "seat_doubt", ["team_id", "state", "id"])
    op.create_index("ix_seat_doubt_user", "seat_doubt", ["team_id", "user_id"])
    op.add_column("team_space", sa.Column("reviewed_at", moment))


def downgrade() -> None:
    """Step back."""
    op.drop_column("team_space", "reviewed_at")
    op.drop_index("ix_seat_doubt_user", "seat_doubt")
    op.drop_index("ix_seat_doubt_state", "seat_doubt")
    op.drop_table("seat_doubt")
