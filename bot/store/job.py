"""Job: everything that happens later. One row for each kind and subject, claimed by lease and fence."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Float,
    Integer,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    or_,
    select,
    union,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from .database import FORGOTTEN_AT_ONCE, Epoch, Tx, upsert
from .tables import job as table
from .tables import literally, person

CARDLESS = "its card is not posted"
"""Why a notice waits that stands below a card."""
LEASE = 60.0  # seconds of real time that a handler may take at most
TRIES = 12  # with the job runner's pauses about 70 minutes
OUTAGE_TRIES = 300  # of what waits for Coze to answer again: three days
SLACK_TRIES = 9000  # of what waits for Slack, which is asked more often: three days too
HOME = "home"  # the kind of the rows of Homes; their subject is a person
HOMES_STAY = timedelta(days=60)  # longer than what else is done

SOMEBODY_WAITS = 0
SOON = 50
WHENEVER = 90
DUE, LEASED, DEAD = (table.c.state == literal_column(f"'{state}'") for state in ("due", "leased", "dead"))
"""Literally, so that the indexes of those rows alone are used."""
LANES = (SOMEBODY_WAITS, SOON, WHENEVER)
"""Every priority there is. Each lane is read by itself, from its earliest row on, whatever else is due."""


@dataclass(frozen=True)
class Job:
    """One claimed row. `attempts` counts this one; `generation` is what the claim saw."""

    id: int
    team_id: str
    kind: str
    subject: str
    due_at: datetime
    priority: int
    fence: int
    attempts: int
    generation: int
    payload: dict[str, Any] | None


async def enqueue(
    tx: Tx,
    team_id: str,
    kind: str,
    subject: str,
    due_at: datetime,
    priority: int = SOON,
    payload: dict[str, Any] | None = None,
) -> None:
    """Want something done at simulated time `due_at`, in the transaction of the fact that causes it.

    Asking again for what is already there makes it due anew, with fresh attempts, and never less urgent; a handler
    that is at it just now will run once more.
    """
    row = {"due_at": due_at, "priority": priority, "payload": payload, "attempts": 0, "last_error": None}
    named = {"team_id": team_id, "kind": kind, "subject": subject}
    await tx.conn.execute(_upserting(tx.dialect), {**named, **row, "state": "due", "fence": 0, "generation": 1})
    tx.wake = True


@cache
def _upserting(dialect: str) -> Any:
    """The statement of `enqueue`, made once: a press makes ten of them, and making one costs more than running it."""
    statement = upsert(dialect, table)
    state = case((table.c.state == "leased", "leased"), else_="due")
    new: dict[str, Any] = {name: statement.excluded[name] for name in ("due_at", "payload", "attempts", "last_error")}
    urgent = and_(table.c.state.in_(("due", "leased")), table.c.priority < statement.excluded.priority)
    new["priority"] = case((urgent, table.c.priority), else_=statement.excluded.priority)
    return statement.on_conflict_do_update(
        index_elements=[table.c.team_id, table.c.kind, table.c.subject],
        set_={**new, "generation": table.c.generation + 1, "state": state},
    )


async def ensure(tx: Tx, team_id: str, kind: str, subject: str, due_at: datetime, priority: int = WHENEVER) -> None:
    """See that this is wanted at simulated time `due_at`, unless it is planned. What was given up begins anew."""
    statement = tx.upsert(table).values(
        team_id=team_id,
        kind=kind,
        subject=subject,
        due_at=due_at,
        priority=priority,
        state="due",
        fence=0,
        attempts=0,
        generation=1,
    )
    anew = {name: statement.excluded[name] for name in ("due_at", "state", "attempts")}
    keys = [table.c.team_id, table.c.kind, table.c.subject]
    await tx.conn.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=anew, where=table.c.state == "dead")
    )


async def homes(tx: Tx) -> None:
    """Before a commit: the Homes that its facts stand in are drawn again, those of admins always.

    Only Homes that were opened lately have a row. They are locked in one order, so that no two wait for each other.
    """
    users = sorted({user_id for _, user_id in tx.invalidated})
    team_id = next(iter(tx.invalidated))[0]
    admins = select(person.c.user_id).filter_by(team_id=team_id, admin=True)
    known = select(person.c.user_id).filter_by(team_id=team_id).where(person.c.user_id.in_(users))
    whose = table.c.subject.in_(union(known, admins))
    found = select(table.c.id).where(table.c.team_id == team_id, table.c.kind == HOME, whose)
    chosen = found.order_by(table.c.id).with_for_update().cte("chosen")
    state = case((table.c.state == "leased", "leased"), else_="due")
    values = {"due_at": tx.now, "attempts": 0, "generation": table.c.generation + 1, "state": state}
    changed = update(table).where(table.c.id.in_(select(chosen.c.id))).values(values).returning(table.c.id)
    # asked for, as sqlite3 counts no rows of what begins with WITH
    tx.wake = (await tx.conn.execute(changed)).first() is not None or tx.wake


async def guides(tx: Tx, team_id: str, user_id: str, now: datetime) -> None:
    """Something that this person's guides may wait for has changed: each looks again, at simulated time `now`."""
    await enqueue(tx, team_id, "guides", user_id, now, SOMEBODY_WAITS)


async def cancel_all(tx: Tx, team_id: str, kind: str, subject: str, *, exact: bool = False) -> None:
    """Nobody wants these any more: of this subject, or unless `exact` of all that begin so.

    A handler that is at one just now finds its matter settled.
    """
    fits = table.c.subject == subject if exact else begins(subject)
    chosen = and_(table.c.team_id == team_id, table.c.kind == kind, fits)
    await tx.conn.execute(update(table).where(chosen, DUE).values(state="cancelled"))


def begins(prefix: str) -> ColumnElement[bool]:
    """Subjects that begin so, as a range: no database looks up a LIKE whose pattern is a parameter."""
    return and_(table.c.subject >= prefix, table.c.subject < prefix[:-1] + chr(ord(prefix[-1]) + 1))


_ENDED = or_(table.c.lease_until < Epoch(), table.c.lease_until > Epoch() + 2 * LEASE)
_OVER = select(table.c.id).where(LEASED, _ENDED).with_for_update(skip_locked=True)
_RECOVER = update(table).where(table.c.id.in_(_OVER)).values(state="due", lease_until=None)


async def recover(tx: Tx) -> None:
    """A lease that has ended is free, as is one that ends later than any can: the database's clock was set back."""
    await tx.conn.execute(_RECOVER)


async def claim(tx: Tx, now: datetime, limit: int) -> list[Job]:
    """Take up to `limit` rows that are due at simulated time `now`, most urgent first, for `LEASE` seconds."""
    found = await tx.conn.execute(_claiming(), {"now": now, "room": limit, "held": LEASE})
    rows = [Job(*row) for row in found]
    return sorted(rows, key=lambda row: (row.priority, row.due_at, row.id))


@cache
def _claiming() -> Any:
    """The statement of `claim`, made once."""
    room = bindparam("room", type_=Integer())
    lanes = union_all(*(select(_lane(priority, room).subquery()) for priority in LANES)).subquery()
    picked = select(lanes.c.id).order_by(lanes.c.priority, lanes.c.due_at, lanes.c.id).limit(room)
    return (
        update(table)
        .where(table.c.id.in_(picked))
        .values(
            state="leased",
            lease_until=Epoch() + bindparam("held", type_=Float()),
            fence=table.c.fence + 1,
            attempts=table.c.attempts + 1,
        )
        .returning(*(table.c[name] for name in Job.__dataclass_fields__))
    )


def _lane(priority: int, room: BindParameter[int]) -> Select[Any]:
    """The first rows that are due in one lane, without those that another process takes just now."""
    due = select(table.c.id, table.c.priority, table.c.due_at)
    due = due.where(DUE, table.c.priority == priority, table.c.due_at <= bindparam("now", type_=table.c.due_at.type))
    # SQLite has no such words as the last; its one writer does not need them
    return due.order_by(table.c.due_at, table.c.id).limit(room).with_for_update(skip_locked=True)


async def finish(tx: Tx, row: Job) -> bool:
    """The handler is done: so is the row, unless somebody wanted it again meanwhile. False if the lease is lost."""
    return await _settle(tx, row, "done", row.due_at, row.attempts, None, None)


async def reschedule(
    tx: Tx,
    row: Job,
    due_at: datetime,
    *,
    attempts: int,
    error: str | None = None,
    keep: Mapping[str, Any] | None = None,
) -> bool:
    """Not done yet: due again at `due_at`, or as somebody wanted it meanwhile. False if the lease is lost.

    `keep`: what the next try has to know, instead of the payload.
    """
    return await _settle(tx, row, "due", due_at, attempts, error, row.payload if keep is None else dict(keep))


async def dead_letter(tx: Tx, row: Job, error: str) -> bool:
    """It can't be done; admins see it. If somebody wanted it again meanwhile, it is tried once more.

    False if the lease is lost.
    """
    return await _settle(tx, row, "dead", row.due_at, row.attempts, error, row.payload)


async def _settle(
    tx: Tx,
    row: Job,
    state: str,
    due_at: datetime,
    attempts: int,
    error: str | None,
    payload: dict[str, Any] | None,
) -> bool:
    """What becomes of the row if nobody wanted it again meanwhile; else it is due as they wanted it."""
    whose = {"row_id": row.id, "held": row.fence, "seen": row.generation}
    values = {"to": state, "at": due_at, "tries": attempts, "why": error, "keep": payload}
    generation = (await tx.conn.execute(_settling(), {**whose, **values})).scalar_one_or_none()
    tx.wake = tx.wake or generation not in (None, row.generation)
    return generation is not None


@cache
def _settling() -> Any:
    """The statement of `_settle`, made once."""
    same = table.c.generation == bindparam("seen")

    def then(name: str, column: Any, otherwise: Any) -> Any:
        return case((same, bindparam(name, type_=column.type)), else_=otherwise)

    held = and_(table.c.id == bindparam("row_id"), table.c.fence == bindparam("held"), table.c.state == "leased")
    values = {
        "state": then("to", table.c.state, "due"),
        "due_at": then("at", table.c.due_at, table.c.due_at),
        "attempts": then("tries", table.c.attempts, table.c.attempts),
        "payload": then("keep", table.c.payload, table.c.payload),
        "last_error": bindparam("why", type_=table.c.last_error.type),
        "lease_until": None,
    }
    return update(table).where(held).values(values).returning(table.c.generation)


async def next_due(conn: AsyncConnection) -> datetime | None:
    """When the earliest noticeable row is due that waits or is under way, simulated time."""
    noticed = [priority for priority in LANES if priority < WHENEVER]
    lanes = (
        select(table.c.due_at).where(DUE, table.c.priority == priority).order_by(table.c.due_at).limit(1)
        for priority in noticed
    )
    under_way = select(table.c.due_at).where(LEASED, table.c.priority < WHENEVER)
    all_of_them = union_all(*(select(lane.subquery()) for lane in lanes), under_way).subquery()
    moment: datetime | None = await conn.scalar(select(func.min(all_of_them.c.due_at)))
    return moment


async def waiting(conn: AsyncConnection, team_id: str, kind: str, prefix: str) -> datetime | None:
    """When the next job of a kind is due whose subject begins so, simulated time."""
    moment: datetime | None = await conn.scalar(select(next_of(team_id, kind, prefix)))
    return moment


def next_of(team_id: str, kind: str, prefix: str) -> ScalarSelect[datetime]:
    """The same, as a part of another statement."""
    chosen = and_(table.c.team_id == team_id, table.c.kind == kind, begins(prefix))
    return select(func.min(table.c.due_at)).where(chosen, DUE).scalar_subquery()


async def planned(conn: AsyncConnection, team_id: str, kind: str, prefix: str) -> dict[str, datetime]:
    """What is still to do of a kind whose subject begins so, and when it is due, simulated time."""
    chosen = and_(table.c.team_id == team_id, table.c.kind == kind, begins(prefix))
    found = await conn.execute(select(table.c.subject, table.c.due_at).where(chosen, DUE))
    return {row.subject: row.due_at for row in found}


async def coming(
    conn: AsyncConnection, team_id: str, kind: str, prefixes: Sequence[str], now: datetime
) -> dict[str, datetime]:
    """What is due of a kind at simulated time `now`, or under way, whose subject begins with one of these, and since
    when."""
    if not prefixes:
        return {}
    chosen = and_(table.c.team_id == team_id, table.c.kind == kind, or_(DUE, LEASED), table.c.due_at <= now)
    due = select(table.c.subject, table.c.due_at).where(chosen)
    # each by itself: of several ranges in one condition SQLite reads all jobs of the kind
    found = await conn.execute(union_all(*(due.where(begins(prefix)) for prefix in prefixes)))
    return {row.subject: row.due_at for row in found}


async def payload(conn: AsyncConnection, team_id: str, kind: str, subject: str) -> dict[str, Any]:
    """What this job has to know; nothing, where there is no such job."""
    found = select(table.c.payload).filter_by(team_id=team_id, kind=kind, subject=subject)
    return dict(await conn.scalar(found) or {})


async def dead(conn: AsyncConnection, team_id: str) -> int:
    """How many rows could not be done."""
    count = select(func.count()).select_from(table).where(table.c.team_id == team_id, DEAD)
    return int(await conn.scalar(count) or 0)


async def held(conn: AsyncConnection, team_id: str, reasons: Collection[str]) -> int:
    """How many rows wait because of one of these."""
    waits = and_(table.c.team_id == team_id, DUE, table.c.last_error.in_(reasons))
    return int(await conn.scalar(select(func.count()).select_from(table).where(waits)) or 0)


async def release(tx: Tx, team_id: str, reasons: Collection[str], now: datetime) -> None:
    """What waits because of one of these need not wait any more."""
    await _at_once(tx, and_(table.c.team_id == team_id, table.c.last_error.in_(reasons)), now)


async def hasten(tx: Tx, team_id: str, kinds: Collection[str], now: datetime) -> None:
    """What is planned of these kinds is due now: what it was put off for does not hold any more."""
    await _at_once(tx, and_(table.c.team_id == team_id, table.c.kind.in_(kinds), table.c.due_at > now), now)


async def _at_once(tx: Tx, chosen: ColumnElement[bool], now: datetime) -> None:
    await tx.conn.execute(update(table).where(chosen, DUE).values(due_at=now, generation=table.c.generation + 1))
    tx.wake = True


async def purge(tx: Tx, before: datetime) -> bool:
    """Forget what was done or cancelled and was due before `before`: some of it; whether there may be more.

    What somebody wants again just now is left out: waiting for it could wait for each other. Homes stay longer: what
    rings after an outage of days is to be seen there too.
    """
    over = and_(literally(("cancelled", "done")), table.c.due_at < before)
    over = and_(over, or_(table.c.kind != HOME, table.c.due_at < before - HOMES_STAY))
    some = select(table.c.id).where(over).order_by(table.c.due_at).limit(FORGOTTEN_AT_ONCE)
    gone = await tx.conn.execute(delete(table).where(table.c.id.in_(some.with_for_update(skip_locked=True))))
    return gone.rowcount == FORGOTTEN_AT_ONCE
