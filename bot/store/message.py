"""Message: one posted copy of a card or notice. Cards are drawn from rows, so a row is all there is to keep."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from . import job
from .database import Tx, upsert
from .tables import message as table

CARD = "card"
_ANEW: dict[str, Any] = {
    "revision": literal_column("revision + 1"),
    "leaves": literal_column("ts"),
    "ts": None,
    "posting": False,
    "settles_at": None,
}
"""Values that read the row as it was."""
_MOMENTS = ("created_at", "settles_at")
_SOUGHT = ("id", "revision", "subject", "recipient", "kind", "channel", *_MOMENTS)
LOST, BELOW = "lost", "below"
"""In the payload of a job that deletes: the copy that it looks for, and the ts of the card below which it stands."""

LINKING = 3  # of somebody's notices, that lead to a card which has moved
NEWEST = 20  # of somebody's cards, as far back as anybody scrolls

_COPY = select(table.c.id, table.c.thread).filter_by(
    **{name: bindparam(name) for name in ("team_id", "subject", "recipient", "kind")}
)
_SHOWN = {dialect: upsert(dialect, table).on_conflict_do_nothing() for dialect in ("sqlite", "postgresql")}
"""Made once, as every change of a matter shows and draws."""


def hello(user_id: str) -> str:
    """The subject of the first words to somebody."""
    return f"hello:{user_id}"


@dataclass(frozen=True)
class Message:
    """One copy. `recipient` is a person's or a channel's id; `channel` and `ts` are where it was posted.

    `posting` is set while nobody knows whether a post has arrived: whoever finds it without a `ts` looks in the
    history first, and once more after `settles_at`, Slack's time, until which Slack may still do what it gave no
    answer to; so a card is redrawn once more after that.
    `created_at` is simulated time until then, and from then on when the post was tried, by Slack's own clock.
    `thread` is the id of the copy below which this one stands; where several are told as one (`show_as_one`), of the
    one that tells this one too.
    `revision` counts how often it was posted; `leaves` is the ts of the post before, deleted once this one stands.
    """

    id: int
    team_id: str
    subject: str
    recipient: str
    kind: str
    channel: str | None
    ts: str | None
    created_at: datetime
    posting: bool
    thread: int | None = None
    revision: int = 1
    leaves: str | None = None
    settles_at: datetime | None = None


@dataclass(frozen=True)
class Lost:
    """A copy whose row is gone, of which nobody knows whether its post has arrived; `below` is the ts of its card."""

    copy: Message
    below: str | None


async def show(
    tx: Tx,
    team_id: str,
    subject: str,
    recipient: str,
    kind: str,
    now: datetime,
    thread: int | None = None,
    *,
    planned: bool = False,
) -> None:
    """See that this copy exists and is drawn. A new one rings, one that is there is redrawn.

    `planned`: nobody waits for it just now, so it stands behind what somebody does.
    """
    key = {"team_id": team_id, "subject": subject, "recipient": recipient, "kind": kind}
    row = {**key, "created_at": now, "posting": False, "thread": thread}
    await tx.conn.execute(_SHOWN[tx.dialect], row)
    message_id = int((await tx.conn.execute(_COPY, key)).scalar_one())
    await _draw(tx, team_id, message_id, recipient, now, planned=planned)


async def show_as_one(
    tx: Tx, team_id: str, recipient: str, told: Mapping[str, str], now: datetime, *, planned: bool = False
) -> None:
    """See that one copy tells all of `told`, the kind of each subject: the first one's, in which the others stand.

    What was told already stays where it is, and is drawn again there. Whoever asks names the subjects in the same
    order, so that two who ask at once neither wait for each other nor tell anything twice.
    """
    theirs = select(table.c.id, table.c.subject, table.c.kind, table.c.thread)
    theirs = theirs.filter_by(team_id=team_id, recipient=recipient).where(table.c.subject.in_(told))
    rows = (await tx.conn.execute(theirs)).all()
    there = {row.subject: row.thread or row.id for row in rows if told[row.subject] == row.kind}
    first: int | None = None
    for subject, kind in told.items():
        if subject not in there:
            key = {"team_id": team_id, "subject": subject, "recipient": recipient, "kind": kind}
            row = {**key, "created_at": now, "posting": False, "thread": first}
            await tx.conn.execute(_SHOWN[tx.dialect], row)
            mine = (await tx.conn.execute(_COPY, key)).one()
            first = there[subject] = mine.thread or mine.id
    for message_id in sorted(set(there.values())):
        await _draw(tx, team_id, message_id, recipient, now, planned=planned)


async def told_by(conn: AsyncConnection, copy: Message) -> list[tuple[Message, bool]]:
    """All that this copy tells: itself, and what stands in it; each with whether it is the newest notice of its
    matter, which carries the buttons."""
    whose, later = {"team_id": copy.team_id, "recipient": copy.recipient}, table.alias()
    newer = select(later.c.id).filter_by(**whose).where(later.c.subject == table.c.subject, later.c.id > table.c.id)
    found = select(table, ~newer.where(later.c.kind != CARD).exists().label("newest")).filter_by(**whose)
    within = found.where(or_(table.c.id == copy.id, table.c.thread == copy.id), table.c.id >= copy.id)
    rows = [dict(row._mapping) for row in await conn.execute(within.order_by(table.c.id))]
    are_newest = [bool(row.pop("newest")) for row in rows]
    return [(Message(**row), is_newest) for row, is_newest in zip(rows, are_newest, strict=True)]


async def last_told(conn: AsyncConnection, team_id: str, recipient: str, subjects: Collection[str]) -> dict[str, int]:
    """The id of the newest notice of each, whichever copy tells it: the one that still carries the buttons."""
    last = select(table.c.subject, func.max(table.c.id).label("last"))
    theirs = last.filter_by(team_id=team_id, recipient=recipient)
    found = theirs.where(table.c.subject.in_(subjects), table.c.kind != CARD).group_by(table.c.subject)
    return {row.subject: row.last for row in await conn.execute(found)}


async def move(
    tx: Tx, team_id: str, subject: str, recipient: str, kind: str, now: datetime, *, planned: bool = False
) -> None:
    """See that this copy stands at the end of its talk: it is posted anew, and what stood further up is deleted."""
    key = {"team_id": team_id, "subject": subject, "recipient": recipient, "kind": kind}
    posted = update(table).filter_by(**key).where(table.c.ts.is_not(None))
    await tx.conn.execute(posted.values(_ANEW))
    await show(tx, team_id, subject, recipient, kind, now, planned=planned)


async def remove(tx: Tx, team_id: str, subject: str, now: datetime) -> None:
    """The matter is over before it began: its copies are deleted, and nothing draws them again."""
    await _delete(tx, now, team_id=team_id, subject=subject)


async def withdraw(tx: Tx, team_id: str, subject: str, recipient: str, kind: str, now: datetime) -> None:
    """The same of one copy, and of what stands in it: another one tells of the matter from now on."""
    key = {"team_id": team_id, "subject": subject, "recipient": recipient, "kind": kind}
    if mine := (await tx.conn.execute(_COPY, key)).one_or_none():
        within = delete(table).filter_by(team_id=team_id, recipient=recipient, thread=mine.id)
        await tx.conn.execute(within.where(table.c.id > mine.id, table.c.ts.is_(None)))
    await _delete(tx, now, team_id=team_id, subject=subject, recipient=recipient, kind=kind)


async def _delete(tx: Tx, now: datetime, **key: str) -> None:
    gone = await tx.conn.execute(delete(table).filter_by(**key).returning(table))
    await unpost(tx, [Message(**row._mapping) for row in gone], now)


async def unpost(tx: Tx, gone: Sequence[Message], now: datetime) -> None:
    """The rows of these copies are gone: what was posted of them is deleted, and looked for where nobody knows."""
    stood = {copy.id: copy.ts or copy.leaves for copy in gone}
    for copy in gone:
        if copy.ts:
            await job.enqueue(tx, copy.team_id, "unpost", f"{copy.channel}:{copy.ts}", now, job.SOON)
        elif copy.posting:
            card = select(func.coalesce(table.c.ts, table.c.leaves)).where(table.c.id == copy.thread)
            below = stood.get(copy.thread or 0) or await tx.conn.scalar(card)
            values = {name: getattr(copy, name) for name in _SOUGHT}
            values |= {name: values[name].isoformat() for name in _MOMENTS if values[name]}
            named = f"lost:{copy.id}:{copy.created_at.timestamp():.0f}"  # SQLite gives the newest id again
            await job.enqueue(tx, copy.team_id, "unpost", named, now, job.SOON, {LOST: values, BELOW: below})


def lost(team_id: str, payload: Mapping[str, Any] | None) -> Lost | None:
    """What a job of deleting with this payload has to look for, if it is of that kind."""
    if not payload or LOST not in payload:
        return None
    values = {name: payload[LOST][name] for name in _SOUGHT}
    values |= {name: datetime.fromisoformat(values[name]) for name in _MOMENTS if values[name]}
    return Lost(Message(team_id=team_id, ts=None, posting=True, **values), payload[BELOW])


async def post_anew(tx: Tx, copy: Message) -> None:
    """The same for a copy that can't be redrawn where it stands; nothing, if it was moved meanwhile."""
    await save(tx, copy, **_ANEW)


async def is_there(conn: AsyncConnection, team_id: str, subject: str, recipient: str, kind: str) -> bool:
    """Whether there is such a copy."""
    key = {"team_id": team_id, "subject": subject, "recipient": recipient, "kind": kind}
    return await conn.scalar(_COPY, key) is not None


async def reply_in_thread(tx: Tx, team_id: str, subject: str, recipient: str, kind: str, now: datetime) -> None:
    """One line of history in the thread of that card, if there is such a card."""
    card = select(table.c.id).filter_by(team_id=team_id, subject=subject, recipient=recipient, kind=CARD)
    if (card_id := await tx.conn.scalar(card)) is not None:
        await show(tx, team_id, subject, recipient, kind, now, card_id)


async def redraw(tx: Tx, team_id: str, subject: str, now: datetime, *, planned: bool = False) -> None:
    """The matter has changed: every copy is drawn again, and what tells it among others. Lines of history stay as
    they were said."""
    found = select(table.c.id, table.c.recipient, table.c.thread).filter_by(team_id=team_id, subject=subject)
    copies = {row.thread or row.id: row.recipient for row in await tx.conn.execute(found)}
    for message_id, recipient in sorted(copies.items()):
        await _draw(tx, team_id, message_id, recipient, now, planned=planned)


async def translate(tx: Tx, team_id: str, user_id: str, now: datetime) -> None:
    """Somebody reads another language now: the newest of what they were sent is drawn again."""
    mine = select(table.c.id).filter_by(team_id=team_id, recipient=user_id).where(table.c.thread.is_(None))
    for message_id in (await tx.conn.scalars(mine.order_by(table.c.id.desc()).limit(NEWEST))).all():
        await _draw(tx, team_id, message_id, user_id, now)


async def _draw(
    tx: Tx, team_id: str, message_id: int, recipient: str, now: datetime, *, planned: bool = False
) -> None:
    """Whatever changes a card changes the Home of those who see it."""
    await job.enqueue(tx, team_id, "draw", str(message_id), now, job.SOON if planned else job.SOMEBODY_WAITS)
    tx.invalidate(team_id, recipient, now)


async def load(conn: AsyncConnection, message_id: int) -> Message | None:
    """The copy with this id."""
    row = (await conn.execute(select(table).where(table.c.id == message_id))).one_or_none()
    return Message(**row._mapping) if row else None


async def at(conn: AsyncConnection, team_id: str, channel: str, ts: str) -> Message | None:
    """The copy that stands there."""
    row = (await conn.execute(select(table).filter_by(team_id=team_id, channel=channel, ts=ts))).one_or_none()
    return Message(**row._mapping) if row else None


async def card(conn: AsyncConnection, team_id: str, subject: str, recipient: str) -> Message | None:
    """Somebody's live card of a matter."""
    found = select(table).filter_by(team_id=team_id, subject=subject, recipient=recipient, kind=CARD)
    row = (await conn.execute(found)).one_or_none()
    return Message(**row._mapping) if row else None


async def newest(conn: AsyncConnection, team_id: str, subject: str, recipient: str) -> Message | None:
    """The newest notice about a matter for somebody: the one that still carries the buttons."""
    found = select(table).filter_by(team_id=team_id, subject=subject, recipient=recipient)
    row = (
        await conn.execute(
            found.where(table.c.kind != CARD, table.c.thread.is_(None)).order_by(table.c.id.desc()).limit(1)
        )
    ).one_or_none()
    return Message(**row._mapping) if row else None


async def save(tx: Tx, copy: Message, **values: Any) -> bool:
    """Remember where this copy stands: `channel`, `ts`, `posting`. False, if it was moved or removed since then."""
    same = update(table).where(table.c.id == copy.id, table.c.revision == copy.revision)
    return (await tx.conn.execute(same.values(**values))).rowcount == 1


async def _lead_on(tx: Tx, card: Message, now: datetime) -> None:
    """The card stands elsewhere: the newest notices for its reader are drawn again, as they may lead to it."""
    notices = select(table.c.id).filter_by(team_id=card.team_id, recipient=card.recipient)
    notices = notices.where(table.c.kind != CARD, table.c.thread.is_(None)).order_by(table.c.id.desc())
    for message_id in (await tx.conn.scalars(notices.limit(LINKING))).all():
        await _draw(tx, card.team_id, message_id, card.recipient, now, planned=True)


async def posted(
    tx: Tx, copy: Message, channel: str, ts: str, now: datetime, settles_at: datetime | None = None
) -> None:
    """It stands there, for good from `settles_at` on. What it leaves behind is deleted by a job of its own, which
    outlives a crash; so is what was removed while it was being posted."""
    is_there = await save(tx, copy, channel=channel, ts=ts, leaves=None, settles_at=settles_at)
    if not is_there and await load(tx.conn, copy.id) is None:
        await job.enqueue(tx, copy.team_id, "unpost", f"{channel}:{ts}", now, job.SOON)
    elif copy.leaves and copy.channel:
        await _lead_on(tx, copy, now)
        await job.enqueue(tx, copy.team_id, "unpost", f"{copy.channel}:{copy.leaves}", now, job.SOON)
