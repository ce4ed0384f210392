"""The chain of the audit in the database: lines get their links, the oldest are let go of, and all of it is read.

Links are added in transactions of their own, never in one of a request, and one at a time: whoever adds some holds
the row of the head. A line that is committed late, with a lower number, gets the next link like any other.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.audit_chain import START, End, Line, Link, Tombstone, personal, proof, seal
from bot.core.people import DELETED

from . import audit as lines
from .audit_standing import standing
from .audit_tables import audit, audit_chain, audit_tombstone
from .database import Tx

BATCH = 200
"""Lines that get their links, or go, in one transaction: nobody waits behind so few."""
PAGE = 5_000  # lines that are read at a time

ERASE = "person.erase"
CUT = "audit.cut"

_LINE = [audit.c[name] for name in Line._fields]
_LINK = [audit.c[name] for name in Link._fields]
_SEALS = (
    update(audit)
    .where(audit.c.id == bindparam("line"))
    .values(seq=bindparam("link"), salt=bindparam("salted"), hash=bindparam("hashed"))
)
_SIZE = len(_LINE)


async def place(conn: AsyncConnection, name: str, *, hold: bool = False) -> End:
    """A named place of the chain, the start where somebody took it out; with `hold` nobody else has it until the
    transaction ends, and it has to be there.
    """
    found = select(audit_chain.c.seq, audit_chain.c.hash).filter_by(name=name)
    if hold:
        return End._make((await conn.execute(found.with_for_update())).one())
    row = (await conn.execute(found)).one_or_none()
    return START if row is None else End._make(row)


async def begin(tx: Tx) -> None:
    """The chain of an audit that has no line yet."""
    places = [{"name": name, **START._asdict()} for name in ("head", "cut", "older")]
    await tx.conn.execute(delete(audit_chain))
    await tx.conn.execute(insert(audit_chain), places)


async def _put(tx: Tx, name: str, end: End) -> None:
    await tx.conn.execute(update(audit_chain).filter_by(name=name).values(seq=end.seq, hash=end.hash))


async def append(tx: Tx) -> int:
    """Give the next lines their links, the lowest number first; how many. What somebody changes just now waits."""
    head = await place(tx.conn, "head", hold=True)
    waiting = select(*_LINE).where(audit.c.seq.is_(None)).order_by(audit.c.id).limit(BATCH)
    found = [Line._make(row) for row in await tx.conn.execute(waiting.with_for_update(skip_locked=True))]
    if not found:
        return 0
    links = seal(head, found, (secrets.token_hex(16) for _ in found))
    rows = [
        {"line": line.id, "link": link.seq, "salted": link.salt, "hashed": link.hash}
        for line, link in zip(found, links, strict=True)
    ]
    await tx.conn.execute(_SEALS, rows)
    await _put(tx, "head", End(links[-1].seq, links[-1].hash))
    older = await place(tx.conn, "older")
    if head.seq < older.seq <= links[-1].seq:
        await _put(tx, "older", End(older.seq, links[older.seq - head.seq - 1].hash))
    return len(found)


async def is_waiting(conn: AsyncConnection) -> bool:
    """Whether any line has no link yet."""
    return await conn.scalar(select(audit.c.id).where(audit.c.seq.is_(None)).limit(1)) is not None


async def waiting(conn: AsyncConnection) -> int:
    """How many lines have no link yet."""
    return int(await conn.scalar(select(func.count()).select_from(audit).where(audit.c.seq.is_(None))) or 0)


async def erase(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> Tombstone | None:
    """Change what is personal in a line that the transaction holds; the tombstone of its link, if it has one."""
    line, now = Line(*(getattr(row, column.name) for column in _LINE)), {**values}
    mark = None
    if row.seq is not None:
        salt = secrets.token_hex(16)
        after = Line(line.id, line.team_id, line.at, line.action, now["actor"], now["subject"], now["detail"])
        mark = Tombstone(None, line.id, row.seq, personal(line, row.salt), personal(after, salt))
        now["salt"] = salt
    await tx.conn.execute(update(audit).where(audit.c.id == row.id).values(now))
    return mark


async def bury(tx: Tx, team_id: str, now: datetime, by: str, marks: Sequence[Tombstone], **detail: Any) -> int:
    """Write the line that tells of a deletion, with its tombstones; its number. Who it was stands nowhere."""
    told = {**detail, "tombstones": len(marks), "proof": proof(marks)}
    erase_id = await lines.note(tx, team_id, now, by, ERASE, f"person:{DELETED}", **told)
    kept = [{**each._asdict(), "erase_id": erase_id} for each in marks]
    for start in range(0, len(kept), BATCH):
        await tx.conn.execute(insert(audit_tombstone), kept[start : start + BATCH])
    return erase_id


async def cut(tx: Tx, before: datetime, now: datetime) -> int:
    """Let go of the first lines of the chain, those from before `before`; of how many, at most BATCH.

    The last link that goes is kept as the place where the chain begins, and a line tells of it. A line that the bot
    still works with gets a new link at the end instead.
    """
    await place(tx.conn, "head", hold=True)
    start = await place(tx.conn, "cut", hold=True)
    first = select(*_LINE, *_LINK).where(audit.c.seq > start.seq).order_by(audit.c.seq).limit(BATCH)
    rows = (await tx.conn.execute(first)).all()
    old = rows[: next((number for number, row in enumerate(rows) if row.at >= before), len(rows))]
    if not old:
        return 0
    stay = await standing(tx.conn, [Line._make(row[:_SIZE]) for row in old])
    gone = [row.id for row in old if row.id not in stay]
    anew = update(audit).where(audit.c.id.in_(stay)).values(seq=None, salt=None, hash=None)
    await tx.conn.execute(anew)
    await tx.conn.execute(delete(audit).where(audit.c.id.in_(gone)))
    await tx.conn.execute(delete(audit_tombstone).where(audit_tombstone.c.erase_id.in_(gone)))
    end = End(old[-1].seq, old[-1].hash)
    await _put(tx, "cut", end)
    told = {"lines": len(gone), "seq": end.seq, "hash": end.hash}
    await lines.note(tx, old[-1].team_id, now, None, CUT, f"audit:{end.seq}", **told)
    return len(old)


Sealed = tuple[Line, Link, list[Tombstone]]
"""A line, its link, and the tombstones that stand for what it was."""


async def page(conn: AsyncConnection, after: int) -> list[Sealed]:
    """The next links behind this number. One statement, so that a deletion is seen whole or not at all."""
    some = select(*_LINE, *_LINK).where(audit.c.seq > after).order_by(audit.c.seq).limit(PAGE).subquery()
    marks = [audit_tombstone.c[name] for name in Tombstone._fields]
    with_marks = select(some, *(each.label(f"mark_{each.name}") for each in marks)).select_from(
        some.outerjoin(audit_tombstone, audit_tombstone.c.seq == some.c.seq)
    )
    found: list[Sealed] = []
    rows = await conn.execute(with_marks.order_by(some.c.seq, audit_tombstone.c.id))  # one deletion may have two
    for row in rows.all():
        line, link, mark = row[:_SIZE], row[_SIZE : _SIZE + 3], row[_SIZE + 3 :]
        if not found or found[-1][1].seq != link[0]:
            found.append((Line._make(line), Link._make(link), []))
        if mark[0] is not None:
            found[-1][2].append(Tombstone._make(mark))
    return found


async def tellers(conn: AsyncConnection, after: int) -> list[Line]:
    """The lines that tell of a deletion or of a cut and have no link up to this one."""
    later = or_(audit.c.seq.is_(None), audit.c.seq > after)
    found = select(*_LINE).where(later, audit.c.action.in_((ERASE, CUT)))
    return [Line._make(row) for row in await conn.execute(found)]


async def buried(conn: AsyncConnection, erase_id: int) -> list[Tombstone]:
    """The tombstones of one deletion, in the order in which it was done: a line may have two of them."""
    found = select(*(audit_tombstone.c[name] for name in Tombstone._fields)).filter_by(erase_id=erase_id)
    return [Tombstone._make(row) for row in await conn.execute(found.order_by(audit_tombstone.c.id))]


async def erasers(conn: AsyncConnection) -> set[int]:
    """The lines that tombstones say told of their deletion."""
    return set(await conn.scalars(select(audit_tombstone.c.erase_id).distinct()))
