"""Lines of the audit for whoever looks into them elsewhere, oldest first, in pieces that any memory holds."""

from collections.abc import AsyncIterator
from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, or_, select

from . import personal_data
from .audit_chain import PAGE
from .database import Database
from .tables import audit, person

_TOLD = [column for column in audit.c if column.name != "salt"]


async def lines(db: Database, since: datetime | None, user_id: str | None) -> AsyncIterator[dict[str, object]]:
    """Each line as JSON has it, times in UTC. `since` leaves out what is older; `user_id` what neither was done by
    this person, nor names them, nor is about a row of theirs.
    """
    wanted = [audit.c.at >= since] if since else []
    wanted += [await _about(db, user_id)] if user_id else []
    last: int | None = None
    while True:
        behind = [audit.c.id > last] if last is not None else []
        async with db.read() as conn:
            found = select(*_TOLD).where(*wanted, *behind).order_by(audit.c.id).limit(PAGE)
            rows = (await conn.execute(found)).all()
        for row in rows:
            yield {**row._mapping, "at": row.at.isoformat()}
        if len(rows) < PAGE:
            return
        last = rows[-1].id


async def _about(db: Database, user_id: str) -> ColumnElement[bool]:
    async with db.read() as conn:
        teams = await conn.scalars(select(person.c.team_id).filter_by(user_id=user_id))
        theirs = [await personal_data.subjects(conn, team, user_id) for team in teams]
    named = [column.contains(user_id, autoescape=True) for column in (audit.c.subject, cast(audit.c.detail, String))]
    return or_(audit.c.actor == user_id, *named, audit.c.subject.in_(set().union(*theirs)))
