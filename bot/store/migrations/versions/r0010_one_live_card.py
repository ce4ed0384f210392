"""A card that moves is posted anew, and what stood further up is deleted

Of a guide that was posted several times the last copy is its card; the lines that stand for the others in the talk
have no row any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

GUIDES = "subject LIKE 'guide:%' AND kind LIKE 'c_%' AND kind != 'card'"


def upgrade() -> None:
    """Step forward."""
    op.add_column("message", sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("message", sa.Column("leaves", sa.String(30)))
    newest = f"SELECT max(id) FROM message WHERE {GUIDES} GROUP BY team_id, subject, recipient"  # noqa: S608
    op.execute(f"DELETE FROM message WHERE {GUIDES} AND id NOT IN ({newest})")  # noqa: S608 (words of our own)
    op.execute(f"UPDATE message SET kind = 'card' WHERE {GUIDES}")  # noqa: S608
    op.drop_column("guide", "copies")


def downgrade() -> None:
    """Step back."""
    op.add_column("guide", sa.Column("copies", sa.Integer(), nullable=False, server_default="1"))
    op.execute("UPDATE message SET kind = 'c1' WHERE subject LIKE 'guide:%' AND kind = 'card'")
    op.drop_column("message", "leaves")
    op.drop_column("message", "revision")
