"""Buckets: how soon the next call of a kind may leave, shared by all processes. Real time.

Who may not leave yet gets a place in a queue: the moment at which its turn comes, if nobody more urgent goes first.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Float, bindparam, delete, select

from .database import Database, Epoch, Tx, upsert
from .tables import bucket as table

CEILING = 60.0  # seconds that anything waits for its turn at most, where somebody waits for it
LATEST = 600.0  # and where it was planned
EARLY = 0.02  # seconds by which a turn may be taken before its moment: clocks and their rounding differ by less


@dataclass(frozen=True)
class Limit:
    """`step` seconds lie between calls under this key in the long run; up to `burst` may leave at once, of which
    `kept` are for those that somebody waits for.
    """

    key: str
    step: float
    burst: int
    kept: int = 0


@dataclass(frozen=True)
class Queue:
    """In which lane to wait. `planned` calls leave only while enough is free for those that somebody waits for.
    `had_place` is one that comes back when its turn was to be.
    """

    planned: bool = False
    had_place: bool = False

    @property
    def latest(self) -> float:
        """How far ahead a place may lie, in seconds."""
        return LATEST if self.planned else CEILING

    def allowance(self, limit: Limit) -> float:
        """How many seconds ahead of now the bucket may be for a call to leave."""
        free = limit.burst - limit.kept if self.planned else limit.burst
        return max(free - 1, 0) * limit.step

    def most(self, limit: Limit) -> float:
        """How far ahead the queue's end may lie, in seconds."""
        return self.latest + limit.burst * limit.step

    def name(self, limit: Limit) -> str:
        """Where the queue's end is kept."""
        return f"{limit.key} {'planned' if self.planned else 'urgent'}"


async def take(
    db: Database,
    team_id: str,
    limits: Sequence[Limit],
    queue: Queue | None = None,
    also: Callable[[Tx], Awaitable[None]] | None = None,
) -> float:
    """Ask for one call, of all its buckets together, the widest first. 0.0 means go; else the seconds to wait, and
    nothing was taken.

    With a `queue` the wait is that of a place of its own, at its end: whose turn has come and was taken by somebody
    more urgent stands there once more. `also` is written in the same transaction, if it may go.
    A bucket that lies further ahead than any wait is a mistake, such as a clock that was wrong, and counts as free.
    """
    if not limits:
        return 0.0
    async with db.write(apart=True) as tx:
        ahead = await _ahead(tx, team_id, limits, queue)
        lane = queue or Queue()
        wait = max(ahead[limit.key] - lane.allowance(limit) for limit in limits)
        if wait > EARLY:
            return min(max(wait, await _queued(tx, team_id, limits, ahead, queue) if queue else wait), lane.latest)
        await _move(tx, team_id, {limit.key: ahead[limit.key] + limit.step for limit in limits})
        if also:
            await also(tx)
        return 0.0


async def _queued(tx: Tx, team_id: str, limits: Sequence[Limit], ahead: dict[str, float], queue: Queue) -> float:
    """A place at the end of the queue, in seconds from now.

    The narrowest bucket that is spoken for decides. It does not stand behind all who wait for a wider one: those who
    find their turn taken there do that, and whose own has come waits for the next that is free.
    """
    filled = {limit: max(ahead[limit.key], ahead[queue.name(limit)]) for limit in limits}
    turns = {limit: filled[limit] - queue.allowance(limit) for limit in limits}
    decides = next((limit for limit in reversed(limits) if turns[limit] > EARLY), limits[0])
    if queue.had_place and decides is not limits[0] and ahead[decides.key] - queue.allowance(decides) <= EARLY:
        return 0.0
    narrower = limits[limits.index(decides) :]
    ends = {limit: min(filled[limit] + limit.step, queue.most(limit)) for limit in narrower}
    await _move(tx, team_id, {queue.name(limit): end for limit, end in ends.items()})
    return turns[decides]


async def _ahead(tx: Tx, team_id: str, limits: Sequence[Limit], queue: Queue | None) -> dict[str, float]:
    """By how many seconds each bucket, and each queue's end, lies ahead of now; 0 for what is free or nonsense."""
    most = {limit.key: CEILING + limit.burst * limit.step for limit in limits}
    if queue:
        most |= {queue.name(limit): queue.most(limit) for limit in limits}
    found = select(table.c.key, table.c.next_free - Epoch()).filter_by(team_id=team_id)
    locked = found.where(table.c.key.in_(most)).order_by(table.c.key).with_for_update()
    left = {key: float(seconds) for key, seconds in await tx.conn.execute(locked)}
    return {key: left[key] if 0 < left.get(key, 0.0) <= latest else 0.0 for key, latest in most.items()}


@cache
def _moving(dialect: str) -> Any:
    statement = upsert(dialect, table).values(
        team_id=bindparam("team_id"), key=bindparam("key"), next_free=Epoch() + bindparam("ahead", type_=Float())
    )
    keys = [table.c.team_id, table.c.key]
    return statement.on_conflict_do_update(index_elements=keys, set_={"next_free": statement.excluded.next_free})


async def _move(tx: Tx, team_id: str, ahead: dict[str, float]) -> None:
    """Let these be free so many seconds from now."""
    rows = [{"team_id": team_id, "key": key, "ahead": seconds} for key, seconds in sorted(ahead.items())]
    await tx.conn.execute(_moving(tx.dialect), rows)


async def pause(db: Database, team_id: str, limit: Limit, seconds: float) -> None:
    """Slack said to wait: nothing of this kind leaves for `seconds`, a minute at most."""
    async with db.write(apart=True) as tx:
        await _move(tx, team_id, {limit.key: min(seconds, CEILING) + (limit.burst - 1) * limit.step})


async def purge(tx: Tx) -> None:
    """Let go of those that nobody has asked for a while: an empty one counts as free as well."""
    await tx.conn.execute(delete(table).where(table.c.next_free < Epoch() - LATEST))
