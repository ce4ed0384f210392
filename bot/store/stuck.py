"""Open guides that do not go on, without the people whose they are."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.guide import GuideState
from bot.core.stuck import LOOKED_BACK, STILL, Standing

from .tables import guide_ as table
from .tables import literally

READ = 2_000
"""So many guides are read, those that moved last."""


async def standing(conn: AsyncConnection, team_id: str, now: datetime) -> list[Standing]:
    """Where they stand at simulated time `now`: a check said no, or nothing has moved for a while."""
    stuck = or_(table.c.failure.is_not(None), table.c.updated_at < now - STILL)
    found = select(table.c.route, table.c.step, table.c.failure, table.c.updated_at).where(
        table.c.team_id == team_id, literally([GuideState.OPEN]), table.c.updated_at >= now - LOOKED_BACK, stuck
    )
    rows = await conn.execute(found.order_by(table.c.updated_at.desc()).limit(READ))
    return [Standing(row.route, row.step, _error(row.step, row.failure), row.updated_at) for row in rows]


def _error(step: str, failure: dict[str, str] | None) -> str:
    """What the check of this step said; what an earlier one said does not hold it up any more."""
    return failure["error"] if failure and failure.get("step") == step else ""
