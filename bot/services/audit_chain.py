"""The chain of the audit: workers seal what is written, the oldest goes after its days, and anybody may verify it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.core.audit_chain import End, Fault, Line, Walk, Wrong, proof
from bot.store import audit_chain as store
from bot.store import refusal
from bot.store.database import Database

log = logging.getLogger(__name__)

STEPS = 20
"""Batches that are sealed at a time, so that a long history leaves room for what people wait for."""
OVER = timedelta(hours=2)  # since an hour began, in which nothing is refused any more then
TRIES = 3  # walks, where lines are let go of meanwhile

Tell = Callable[[int, int], None]
"""Hears how many lines are done, of how many."""


class AuditChain:
    """Seals, cuts and anchors. `days` is how long lines are kept."""

    def __init__(self, db: Database, clock: Clock, days: int) -> None:
        self._db, self._clock, self._days = db, clock, days

    async def seal(self) -> None:
        """Give what is written its links, and write down before what was refused in hours that are over.

        Raises nothing: what fails is tried again at the next tick.
        """
        over = self._clock.now() - OVER
        try:
            async with self._db.read() as conn:
                has_refused, has_written = await refusal.is_unnoted(conn, over), await store.is_waiting(conn)
            if has_refused:
                async with self._db.write(apart=True) as tx:
                    await refusal.note(tx, over)
            for _ in range(STEPS if has_refused or has_written else 0):
                async with self._db.write(apart=True) as tx:
                    if await store.append(tx) < store.BATCH:
                        return
        except Exception as error:
            self._db.log_failure(log, "sealing the audit", error)

    async def keep(self) -> None:
        """Let go of what is older than its days. The log is told where the chain ends: an anchor outside."""
        now = self._clock.now()
        while True:
            async with self._db.write(apart=True) as tx:
                if not await store.cut(tx, now - timedelta(days=self._days), now):
                    break
        async with self._db.read() as conn:
            head = await store.place(conn, "head")
        log.info("the audit's chain", extra={"links": head.seq, "head": head.hash})


@dataclass
class Report:
    """What a walk along the chain found. `first` is the link it begins behind, `head` where it ended; `unsealed`
    lines have no link yet; of the links, `older` are lines from before there was a chain.
    """

    first: End
    head: End
    older: int
    unsealed: int
    tombstones: int = 0
    wrong: Wrong | None = None

    @property
    def count(self) -> int:
        """How many links hold."""
        return self.head.seq - self.first.seq


@dataclass
class _Told:
    """What lines tell of deletions and of cuts."""

    proofs: dict[int, str] = field(default_factory=dict)
    cuts: set[tuple[str, str]] = field(default_factory=set)

    def hear(self, line: Line) -> None:
        detail: dict[str, Any] = line.detail if isinstance(line.detail, dict) else {}
        if line.action == store.ERASE and "proof" in detail:
            self.proofs[line.id] = str(detail["proof"])
        elif line.action == store.CUT:
            self.cuts.add((str(detail.get("seq")), str(detail.get("hash"))))


async def verify(db: Database, tell: Tell, anchor: str = "") -> Report:
    """Walk along the whole chain, also while the bot runs; `anchor` is a link's hash that has to stand in it."""
    for _ in range(TRIES):
        report = await _walked(db, tell, anchor)
        async with db.read() as conn:
            if report.wrong is None or await store.place(conn, "cut") == report.first:
                break
    return report


async def _walked(db: Database, tell: Tell, anchor: str) -> Report:
    async with db.read() as conn:
        first, of = await store.place(conn, "cut"), (await store.place(conn, "head")).seq
        older = (await store.place(conn, "older")).seq
        unsealed = await store.waiting(conn)  # first: what is sealed meanwhile is walked too
    walk, told, marks, is_anchored = Walk(first), _Told(), 0, anchor in ("", first.hash)
    while walk.wrong is None:
        async with db.read() as conn:
            head = await store.place(conn, "head")  # first: who seals meanwhile leaves no page empty
            links = await store.page(conn, walk.end.seq)
        if not links:
            walk.finish(head)
            break
        for line, sealed, tombstones in links:
            if not walk.step(line, sealed, tombstones):
                break
            told.hear(line)
            marks += len(tombstones)
            is_anchored = is_anchored or sealed.hash == anchor
        tell(walk.end.seq - first.seq, of - first.seq)
    report = Report(first, walk.end, max(0, min(older, walk.end.seq) - first.seq), unsealed, marks, walk.wrong)
    report.wrong = report.wrong or await _wrong_told(db, first, walk.end, told)
    if report.wrong is None and not is_anchored:
        report.wrong = Wrong(Fault.ANCHOR, walk.end.seq)
    return report


async def _wrong_told(db: Database, first: End, end: End, told: _Told) -> Wrong | None:
    """Where what lines tell of deletions and of cuts is not what is there."""
    async with db.read() as conn:
        buried_by = await store.erasers(conn)  # first: whoever stands there has told of it
        for line in await store.tellers(conn, end.seq):
            told.hear(line)
        if first.seq and (str(first.seq), first.hash) not in told.cuts:
            return Wrong(Fault.CUT_START, first.seq + 1)
        for erase_id in sorted(told.proofs.keys() | buried_by):
            tombstones = await store.buried(conn, erase_id)
            if told.proofs.get(erase_id) != proof(tombstones):
                return Wrong(Fault.TOMBSTONE, min((each.seq for each in tombstones), default=0), erase_id)
    return None
