"""Health: what the database tells of the bot's own work. Whatever is asked here is small, whatever there is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .database import Epoch, Tx
from .job import DEAD, DUE, LANES
from .job import dead as dead_jobs
from .operator_tables import heartbeat as table
from .tables import job

SWEEP, WRITE, BACKUP = "sweep", "write", "backup"
"""What beats: any job runner that looks for jobs; any process that tries whether the database takes a write; whoever
has made a copy of it.
"""


@dataclass(frozen=True)
class Work:
    """Jobs that are due, since when the oldest of them is (simulated time), and how many are dead.

    `swept_at` is when any worker last looked for some, None before the first, and `now` the time; both by the
    database's clock, in seconds since 1970.
    """

    due: int
    oldest: datetime | None
    dead: int
    swept_at: float | None
    now: float


async def beat(tx: Tx, name: str) -> None:
    """It is done now. Last in a transaction: until its commit others wait for the row."""
    statement = tx.upsert(table).values(name=name, at=Epoch())
    await tx.conn.execute(statement.on_conflict_do_update(index_elements=[table.c.name], set_={"at": Epoch()}))


async def silence(conn: AsyncConnection, name: str) -> float | None:
    """Seconds since it was done last, by the database's clock; None where it never was."""
    row = (await conn.execute(select(table.c.at, Epoch()).where(table.c.name == name))).one_or_none()
    return None if row is None else max(float(row[1]) - float(row[0]), 0.0)


async def work(conn: AsyncConnection, team_id: str, now: datetime) -> Work:
    """How it stands with it at simulated time `now`."""
    due = select(func.count(), func.min(job.c.due_at)).where(DUE, job.c.priority.in_(LANES), job.c.due_at <= now)
    swept = select(table.c.at).where(table.c.name == SWEEP).scalar_subquery()
    count, oldest = (await conn.execute(due)).one()
    swept_at, moment = (await conn.execute(select(swept, Epoch()))).one()
    return Work(count, oldest, await dead_jobs(conn, team_id), swept_at, moment)


async def given_up(conn: AsyncConnection, team_id: str, most: int) -> list[tuple[str, str, int]]:
    """Why jobs are dead: their kind, the last error, how many of these; the most first."""
    count = func.count()
    found = select(job.c.kind, job.c.last_error, count).where(job.c.team_id == team_id, DEAD)
    found = found.group_by(job.c.kind, job.c.last_error).order_by(count.desc(), job.c.kind).limit(most)
    return [(kind, why or "", many) for kind, why, many in await conn.execute(found)]
