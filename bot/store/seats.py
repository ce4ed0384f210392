"""What is kept of the workspace's seats: how many an admin has said there are, and how many Coze's list had last."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.join import JoinState
from bot.core.seats import WEEKS, Seats

from .database import Tx
from .tables import literally, request
from .tables import team_space as table

IN, OUT = literally([JoinState.JOINED]), literally([JoinState.REMOVED])


async def load(conn: AsyncConnection, team_id: str, now: datetime) -> Seats:
    """What is known at simulated time `now`. Who has come and gone since the list was read is reckoned in."""
    row = (await conn.execute(select(table).filter_by(team_id=team_id))).one_or_none()
    mine = request.c.team_id == team_id

    async def count(*chosen: Any) -> int:
        return int(await conn.scalar(select(func.count()).select_from(request).where(mine, *chosen)) or 0)

    joins = await count(request.c.joined_at >= now - timedelta(weeks=WEEKS), request.c.joined_at <= now)
    first_at = await conn.scalar(select(func.min(request.c.joined_at)).where(mine))
    if row is None or row.counted_at is None:
        return Seats(now, row.seats if row else None, await count(IN), None, joins, first_at)
    come = await count(request.c.joined_at > row.counted_at)
    gone = await count(OUT, request.c.ended_at > row.counted_at)
    return Seats(now, row.seats, row.members + come - gone, row.counted_at, joins, first_at)


async def enter(tx: Tx, team_id: str, seats: int) -> None:
    """So many there are, as an admin says."""
    await _save(tx, team_id, {"seats": seats})


async def counted(tx: Tx, team_id: str, members: int, now: datetime) -> None:
    """So many Coze's list has at simulated time `now`."""
    await _save(tx, team_id, {"members": members, "counted_at": now})


async def reviewed_at(conn: AsyncConnection, team_id: str) -> datetime | None:
    """When it was last looked which seats are in doubt, UTC."""
    at: datetime | None = await conn.scalar(select(table.c.reviewed_at).filter_by(team_id=team_id))
    return at


async def reviewed(tx: Tx, team_id: str, now: datetime) -> None:
    """It was looked which seats are in doubt, at simulated time `now`."""
    await _save(tx, team_id, {"reviewed_at": now})


async def _save(tx: Tx, team_id: str, values: dict[str, object]) -> None:
    row = tx.upsert(table).values(team_id=team_id, **values)
    await tx.conn.execute(row.on_conflict_do_update(index_elements=[table.c.team_id], set_=values))
