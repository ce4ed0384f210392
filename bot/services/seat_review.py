"""The review of seats: admins have looked who may not need theirs, and keep them, ask them or take them out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.core import seat_doubt as rules
from bot.core.errors import NotFound, WrongState
from bot.core.join import Request
from bot.core.people import Person, Standing
from bot.core.seat_doubt import DECIDABLE, LISTED, DoubtState, SeatDoubt, Why
from bot.coze.errors import CozeError
from bot.services.job_runner import Done, Outcome, on_commit
from bot.services.join.expelling import expel
from bot.services.join.leaving import Leaving, nicknames
from bot.services.workspace_client import WorkspaceClient
from bot.store import audit, job, message, people, seats
from bot.store import seat_doubt as store
from bot.store.database import Database, Tx
from bot.store.job import Job

from .people import must_be_admin

KIND = "unseat"  # the job that takes an account without a request out
RELEASED = "released"  # the notice that rings for admins; behind it the version at which it did
AGAIN = timedelta(minutes=1)  # Coze's list isn't read twice within


@dataclass(frozen=True)
class DoubtPage:
    """Some of the seats in doubt, or of those that are `kept`; how many there are of either, and when Coze's list was
    compared with what is known here (UTC). `is_read`: whether the bot can read that list."""

    doubts: Sequence[SeatDoubt]
    offset: int
    counts: Mapping[DoubtState, int]
    reviewed_at: datetime | None
    now: datetime
    kept: bool = False
    is_read: bool = True

    @property
    def total(self) -> int:
        """How many there are of this kind."""
        return sum(self.counts.get(each, 0) for each in ((DoubtState.KEPT,) if self.kept else LISTED))


@dataclass(frozen=True)
class Settled:
    """What came of a press: the doubt as it is now, and whether this press has made it so."""

    doubt: SeatDoubt
    is_done: bool


class SeatReviews:
    """The verbs. `workspace_client` is None where the bot has no credential: then Coze's list isn't read.

    Where nothing else is said they raise NotAdmin, Unreachable, and NotFound for a row that there is not.
    """

    def __init__(
        self, db: Database, clock: Clock, channel: str, workspace_client: WorkspaceClient | None, leaving: Leaving
    ) -> None:
        self._db, self._clock, self._admins = db, clock, channel
        self._client, self._leaving = workspace_client, leaving

    @property
    def acts(self) -> bool:
        """Whether the bot can take somebody out itself."""
        return self._client is not None

    async def begin(self, by: Person) -> None:
        """Look who is in doubt now. One call for each fifty members, unless that was done within a minute.

        Raises CozeError where the list can't be read; what is known without it is looked at all the same.
        """
        must_be_admin(by)
        now = self._clock.now()
        async with self._db.read() as conn:
            last = await seats.reviewed_at(conn, by.team_id)
        if last and now - last < AGAIN:
            return
        members, refused = None, None
        try:
            members = nicknames(await self._client.members()) if self._client else None
        except CozeError as error:
            refused = error
        async with self._db.write(apart=True) as tx:
            found = await store.review(tx, by.team_id, members, now)
            detail = {"count": found, "list": members is not None}
            await audit.note(tx, by.team_id, now, by.user_id, "seat.review", "space:seats", **detail)
        if refused:
            raise refused

    async def listed(self, who: Person, offset: int, limit: int, *, kept: bool = False) -> DoubtPage:
        """A page of them; the last page there is where `offset` lies behind it."""
        must_be_admin(who)
        async with self._db.read() as conn:
            counts = await store.counts(conn, who.team_id)
            at = await seats.reviewed_at(conn, who.team_id)
            page = DoubtPage([], 0, counts, at, self._clock.now(), kept, self.acts)
            offset = min(offset, max(0, page.total - 1) // limit * limit)
            found = await store.listed(conn, who.team_id, offset, limit, kept=kept)
        return replace(page, doubts=found, offset=offset)

    async def keep(self, by: Person, doubt_id: int, seen: int) -> Settled:
        """The seat is needed: it is in doubt no more for a while."""
        return await self._decide(by, doubt_id, seen, "seat.keep", DECIDABLE, rules.kept_for(self._clock.now()))

    async def doubt_anew(self, by: Person, doubt_id: int, seen: int) -> Settled:
        """What was kept is to be decided again."""
        values = {"state": DoubtState.OPEN, "kept_until": None}
        return await self._decide(by, doubt_id, seen, "seat.anew", {DoubtState.KEPT}, values)

    async def ask(self, by: Person, doubt_id: int, seen: int) -> Settled:
        """The person is asked whether they need the seat. Who has left Slack meanwhile isn't; the doubt says so."""
        must_be_admin(by)
        now = self._clock.now()
        async with self._db.write() as tx:
            doubt = await store.load(tx.conn, by.team_id, doubt_id)
            if doubt.version != seen or not doubt.may_ask(now):
                return Settled(doubt, is_done=False)
            person = await people.load(tx.conn, by.team_id, str(doubt.user_id))
            if person is None or person.standing is not Standing.MEMBER:
                gone = {"why": Why.LEFT, "state": DoubtState.OPEN}
                return Settled(await self._move(tx, doubt, now, gone), is_done=False)
            asked = {"state": DoubtState.ASKED, "asked_by": by.user_id, "asked_at": now, "answer": None}
            moved = await self._move(tx, doubt, now, asked)
            subject = store.subject(doubt_id)
            await audit.note(tx, by.team_id, now, by.user_id, "seat.ask", subject)
            await message.move(tx, by.team_id, subject, person.user_id, message.CARD, now)
        return Settled(moved, is_done=True)

    async def answer(self, who: Person, doubt_id: int, *, needs: bool) -> None:
        """The person says whether they need it; admins hear where not. Raises NotYours, WrongState, NotFound."""
        now = self._clock.now()
        async with self._db.write() as tx:
            doubt = await store.load(tx.conn, who.team_id, doubt_id)
            values = rules.answered(doubt, who, now, needs=needs)
            if not values:
                return
            moved = await self._move(tx, doubt, now, values)
            subject = store.subject(doubt_id)
            await audit.note(tx, who.team_id, now, who.user_id, "seat.answer", subject, needs=needs)
            if not needs:
                kind = f"{RELEASED}-{moved.version}"
                await message.show(tx, who.team_id, subject, self._admins, kind, now)

    async def leaver(self, by: Person, doubt_id: int, seen: int) -> tuple[SeatDoubt, Request | None]:
        """Whom `by` may have taken out now, with the request by which they joined. Raises as removing does, and
        WrongState where it has moved on."""
        must_be_admin(by)
        doubt = await self.load(by.team_id, doubt_id)
        if doubt.version != seen or doubt.state not in DECIDABLE:
            raise WrongState(doubt.state)
        request_id = doubt.request_id
        return doubt, await self._leaving.removable(by, request_id) if request_id else None

    async def remove(self, by: Person, doubt_id: int, seen: int, reason: str) -> Settled:
        """An admin wants the account out; the `reason` is told to the person. Raises as removing does."""
        must_be_admin(by)
        now = self._clock.now()
        values = {"state": DoubtState.LEAVING, "reason": reason, "error": None, "log_id": None}
        async with self._db.write() as tx:
            doubt = await store.load(tx.conn, by.team_id, doubt_id)
            if doubt.version != seen or doubt.state not in DECIDABLE:
                return Settled(doubt, is_done=False)
            if doubt.request_id:
                await self._leaving.remove_within(tx, by, doubt.request_id, reason)
            elif self._client is None:
                raise NotFound  # nothing of ours leads here: its form has no button
            else:
                subject = store.subject(doubt_id)
                await job.enqueue(tx, by.team_id, KIND, subject, now, job.SOMEBODY_WAITS)
                await audit.note(tx, by.team_id, now, by.user_id, "seat.remove", subject, words=reason)
            decided = {"decided_by": by.user_id, "decided_at": now}
            return Settled(await self._move(tx, doubt, now, {**values, **decided}), is_done=True)

    async def take_out(self, row: Job) -> Outcome:
        """Job: take an account without a request out of the space. A refusal stays with the doubt."""
        doubt, now = await self.load(row.team_id, int(row.subject.partition(":")[2])), self._clock.now()
        if doubt.state is not DoubtState.LEAVING or doubt.request_id or not self._client:
            return Done()
        came = await expel(self._client, doubt.coze_uid, row, now)
        if came.is_out:
            return Done(on_commit(self._took, doubt, "seat.removed", {"state": DoubtState.OVER}))
        refused = {"state": DoubtState.OPEN, "error": came.error, "log_id": came.log_id or None}
        return Done(on_commit(self._took, doubt, "seat.stays", refused))

    async def _took(self, tx: Tx, doubt: SeatDoubt, action: str, values: Mapping[str, Any]) -> None:
        now, subject = self._clock.now(), store.subject(doubt.id)
        if not await store.move(tx, doubt, now, **values):
            return
        await audit.note(tx, doubt.team_id, now, None, action, subject, words=str(values.get("error") or ""))
        if doubt.user_id and values["state"] is DoubtState.OVER:
            await message.move(tx, doubt.team_id, subject, doubt.user_id, message.CARD, now)

    async def load(self, team_id: str, doubt_id: int) -> SeatDoubt:
        """One of them, as it is now. Raises NotFound."""
        async with self._db.read() as conn:
            return await store.load(conn, team_id, doubt_id)

    async def _decide(
        self,
        by: Person,
        doubt_id: int,
        seen: int,
        action: str,
        states: frozenset[DoubtState] | set[DoubtState],
        values: Mapping[str, Any],
    ) -> Settled:
        must_be_admin(by)
        now = self._clock.now()
        async with self._db.write() as tx:
            doubt = await store.load(tx.conn, by.team_id, doubt_id)
            if doubt.version != seen or doubt.state not in states:
                return Settled(doubt, is_done=False)
            moved = await self._move(tx, doubt, now, {**values, "decided_by": by.user_id, "decided_at": now})
            await audit.note(tx, by.team_id, now, by.user_id, action, store.subject(doubt_id))
        return Settled(moved, is_done=True)

    async def _move(self, tx: Tx, doubt: SeatDoubt, now: datetime, values: Mapping[str, Any]) -> SeatDoubt:
        """Raises WrongState where somebody was faster by a moment."""
        if not await store.move(tx, doubt, now, **values):
            raise WrongState((await store.load(tx.conn, doubt.team_id, doubt.id)).state)
        return await store.load(tx.conn, doubt.team_id, doubt.id)
