"""A database that was put back to an earlier moment: what may have been done since then is marked, so that the bot
looks before it posts or publishes. (An invitation that is repeated Coze answers with `already_invited`.)

The mark is a job of the kind `restored`: while it waits, every post is first looked for in Slack's history. Numbers
of rows jump ahead: a card in Slack whose row is forgotten must never lead to another matter's.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, DateTime, Enum, Integer, Table, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import join, publish, review
from bot.core.account import DisputeState
from bot.core.guide import GuideState
from bot.core.publish import PublicationState
from bot.core.report import ReportState

from . import audit, job, message
from .database import Database, Tx, UtcDateTime
from .schema import NoDatabase
from .tables import audit as lines
from .tables import backup, credential_, dispute, freeze, guide_, link, literally, publication
from .tables import job as jobs
from .tables import message as messages
from .tables import report_ as reports
from .tables import request as requests
from .tables import review as reviews
from .tables import sign_in as sign_ins

KIND, SUBJECT = "restored", "database"
LOOKS = timedelta(days=7)
"""For so long each new post is looked for first: by then what was due has had its turn, quiet hours and all."""
EARLIER = timedelta(hours=1)
"""Slack's clock may be behind ours."""
LEAVING = 10
"""Looks, a fifth of a second apart, for connections that are being closed."""
JUMP = 1_000_000
"""By which the numbers of rows go on: more than there can have been since."""
NOBODY = ""
"""The workspace of a row that only holds a number."""

_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
_NUMBERED = (
    requests,
    publication,
    guide_,
    reports,
    dispute,
    reviews,
    credential_,
    sign_ins,
    link,
    backup,
    freeze,
    messages,
)
"""Tables by whose numbers Slack's cards, their buttons and Coze name rows."""

_OPEN: tuple[tuple[Table, str, frozenset[Any]], ...] = (
    (requests, "join", join.OPEN),
    (publication, "publish", publish.OPEN),
    (guide_, "guide", frozenset({GuideState.OPEN})),
    (reports, "report", frozenset({ReportState.OPEN})),
    (dispute, "account", frozenset({DisputeState.OPEN})),
    (reviews, "review", review.UNDECIDED),
)
"""Tables of matters that may be open, how messages name such a row, and the states in which it is."""


@dataclass(frozen=True)
class Marked:
    """What is looked at before it is done: since when (UTC), and how many matters and publications."""

    since: datetime
    matters: int = 0
    publications: int = 0


async def mark(tx: Tx, team_id: str, now: datetime, by: str) -> Marked:
    """Mark what may have been done in a workspace since the moment whose rows these are, at simulated time `now`."""
    since = await _known_until(tx.conn, team_id) - EARLIER
    publications = await _publishing(tx, team_id)
    matters = 0
    for table, feature, states in _OPEN:
        ids = await tx.conn.scalars(select(table.c.id).where(table.c.team_id == team_id, literally(states)))
        for row_id in ids.all():
            await message.redraw(tx, team_id, f"{feature}:{row_id}", now, planned=True)
            matters += 1
    payload = {"since": since.isoformat()}
    await job.enqueue(tx, team_id, KIND, SUBJECT, now + LOOKS, job.WHENEVER, payload)
    marked = Marked(since, matters, publications)
    detail = {"since": since.isoformat(), "matters": matters, "publications": publications}
    await audit.note(tx, team_id, now, by, "database.restore", SUBJECT, **detail)
    return marked


async def others(url: str) -> int:
    """How many other connections there are to a database of PostgreSQL's. Raises NoDatabase."""
    db = Database(url)
    try:
        for number in range(LEAVING):
            await asyncio.sleep(min(number, 1) / 5)
            if why := await db.trouble():
                raise NoDatabase(db.url, why)
            await db.reader.dispose()  # our own
            async with db.write() as tx:
                found = int(await tx.conn.scalar(text(_OTHERS)) or 0)
            if not found:
                break
        return found
    finally:
        await db.close()


async def since(conn: AsyncConnection, team_id: str) -> datetime | None:
    """From when on (UTC) a post may stand in Slack of which this database knows nothing; None where it knows all."""
    found = select(jobs.c.payload).filter_by(team_id=team_id, kind=KIND, subject=SUBJECT)
    known = await conn.scalar(found.where(jobs.c.state.in_(("due", "leased"))))
    return datetime.fromisoformat(known["since"]) if known else None


async def _known_until(conn: AsyncConnection, team_id: str) -> datetime:
    """No later than the last change that these rows know of."""
    last = [
        await conn.scalar(select(func.max(column)).where(table.c.team_id == team_id))
        for table, column in ((lines, lines.c.at), (messages, messages.c.created_at))
    ]
    return max([each for each in last if each], default=datetime.fromtimestamp(0, UTC) + EARLIER)


async def _publishing(tx: Tx, team_id: str) -> int:
    """What was about to be published may have been: as if the answer to the call was lost, since it was confirmed."""
    about = select(publication.c.id, publication.c.created_at)
    found = await tx.conn.execute(about.filter_by(team_id=team_id, state=PublicationState.CONFIRMED))
    rows = found.all()
    for row in rows:
        confirmed = select(func.max(lines.c.at)).filter_by(team_id=team_id, action="publish.confirm")
        at = await tx.conn.scalar(confirmed.where(lines.c.subject == f"publish:{row.id}"))
        values = {"state": PublicationState.SUBMITTED, "submitted_at": at or row.created_at}
        await tx.conn.execute(update(publication).where(publication.c.id == row.id).values(values))
    return len(rows)


async def jump(tx: Tx, now: datetime, by: str) -> None:
    """New rows get numbers that no forgotten row can have had: before anything is marked."""
    for table in (*_NUMBERED, lines):
        newest = int(await tx.conn.scalar(select(func.max(table.c.id))) or 0)
        if tx.dialect == "sqlite":  # the next number is that after the greatest: a row of nobody's holds it
            holder = _placeholder(table) | {"id": newest + JUMP}
            if table is lines:  # that stays for good
                holder |= {"at": now, "actor": by, "action": "database.numbers", "subject": SUBJECT}
            else:
                await tx.conn.execute(delete(table).where(table.c.team_id == NOBODY))
            await tx.conn.execute(insert(table).values(holder))
        else:
            asked = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :number)")
            await tx.conn.execute(asked, {"name": f'"{table.name}"', "number": newest + JUMP})


def _placeholder(table: Table) -> dict[str, Any]:
    """What a row has to have, and no more."""
    needed = (column for column in table.c if not column.nullable and not column.primary_key)
    return {column.name: _nothing(column.type) for column in needed}


def _nothing(kind: Any) -> Any:
    match kind:
        case Enum(enum_class=words) if words is not None:
            return list(words)[-1]
        case Boolean():
            return False
        case UtcDateTime() | DateTime():
            return datetime.fromtimestamp(0, UTC)
        case Integer():
            return 0
        case _ if kind.python_type is dict:
            return {}
    return ""
