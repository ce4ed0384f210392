"""Buckets: how soon the next call of a kind may leave, shared by all processes. Real time."""

from sqlalchemy import and_, case, select

from .database import Database, Epoch
from .tables import bucket as table

CEILING = 60.0  # seconds that anything waits for its turn at most


async def take(db: Database, team_id: str, key: str, step: float, burst: int) -> float:
    """Ask for one call. 0.0 means go; else the seconds to wait, and nothing was taken.

    `step` seconds lie between calls in the long run; up to `burst` may leave at once after a pause. A bucket that
    lies further ahead than any wait is a mistake, such as a clock that was wrong, and counts as free.
    """
    now, ahead = Epoch(), (burst - 1) * step
    left = table.c.next_free - now
    start = case((and_(left > 0, left <= CEILING + ahead), table.c.next_free), else_=now)
    async with db.write(apart=True) as tx:
        statement = tx.upsert(table).values(team_id=team_id, key=key, next_free=now + step)
        taken = statement.on_conflict_do_update(
            index_elements=[table.c.team_id, table.c.key],
            set_={"next_free": start + step},
            where=(left <= ahead) | (left > CEILING + ahead),
        )
        if (await tx.conn.execute(taken.returning(table.c.key))).first():
            return 0.0
        wait = await tx.conn.scalar(select(left).filter_by(team_id=team_id, key=key))
    return min(max(0.05, float(wait or 0.0) - ahead), CEILING)


async def pause(db: Database, team_id: str, key: str, seconds: float, step: float, burst: int) -> None:
    """Slack said to wait: nothing of this kind leaves for `seconds`, a minute at most."""
    free = Epoch() + (min(seconds, CEILING) + (burst - 1) * step)
    async with db.write(apart=True) as tx:
        statement = tx.upsert(table).values(team_id=team_id, key=key, next_free=free)
        keys = [table.c.team_id, table.c.key]
        await tx.conn.execute(statement.on_conflict_do_update(index_elements=keys, set_={"next_free": free}))
