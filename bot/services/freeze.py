"""Freeze: admins stop all publishing for a while, let single agents pass, and lift it; nobody forgets it is on."""

from datetime import datetime

from bot.clock import Clock
from bot.core import freeze as rules
from bot.core.errors import AlreadyDecided, WrongState
from bot.core.freeze import REMIND_AFTER, Freeze, FreezePass, Frozen
from bot.core.people import Person
from bot.core.worktime import WorkTime
from bot.store import audit, job, message
from bot.store import freeze as store
from bot.store.database import Database, Reading, Tx
from bot.store.job import Job
from bot.store.message import Message

from .job_runner import Done, Outcome, Reschedule, on_commit
from .people import must_be_admin

OVER = "over"  # the state of a freeze that has ended


class Freezes:
    """The verbs. `channel` is where admins see the card, `work_time` when they work."""

    def __init__(self, db: Database, clock: Clock, team_id: str, channel: str, work_time: WorkTime) -> None:
        self._db, self._clock, self._team, self._channel, self._time = db, clock, team_id, channel, work_time

    async def current(self) -> Freeze | None:
        """The freeze that is on."""
        async with self._db.read() as conn:
            return await store.current(conn, self._team, self._clock.now())

    async def load(self, freeze_id: int) -> Freeze:
        """One freeze. Raises NotFound."""
        async with self._db.read() as conn:
            return await store.load(conn, self._team, freeze_id)

    async def asked(self, freeze: Freeze) -> list[FreezePass]:
        """Who wants to publish all the same."""
        async with self._db.read() as conn:
            return await store.asked(conn, freeze)

    async def of_pass(self, copy: Message) -> tuple[Freeze, FreezePass]:
        """What an author is told of. Raises NotFound."""
        async with self._db.read() as conn:
            asked_for = await store.load_pass(conn, copy.team_id, int(copy.subject.partition(":")[2]))
            return await store.load(conn, copy.team_id, asked_for.freeze_id), asked_for

    async def stops(self, conn: Reading, user_id: str, agent_id: str) -> Freeze | None:
        """The freeze that keeps this person from publishing this agent."""
        freeze = await store.current(conn, self._team, self._clock.now())
        return None if freeze is None or await store.may_pass(conn, freeze, agent_id, user_id) else freeze

    async def begin(self, by: Person, reason: str, ends_at: datetime) -> None:
        """From now on nobody publishes until `ends_at` (UTC). Raises NotAdmin, Frozen, InvalidFields."""
        must_be_admin(by)
        now = self._clock.now()
        reason, ends_at = rules.read(reason, ends_at, now)
        async with self._db.write() as tx:
            await store.lock(tx, self._team)
            if before := await store.current(tx.conn, self._team, now):
                raise Frozen(before)
            freeze = await store.add(tx, self._team, reason, by.user_id, now, ends_at)
            subject = store.subject(freeze.id)
            await audit.note(tx, self._team, now, by.user_id, "freeze.begin", subject, words=reason)
            await message.show(tx, self._team, subject, self._channel, message.CARD, now)
            await job.enqueue(tx, self._team, "freeze", subject, self._next(freeze, now))

    async def lift(self, by: Person, freeze_id: int, reason: str) -> None:
        """Publishing works again. Raises NotAdmin, WrongState, NotFound, InvalidFields."""
        must_be_admin(by)
        reason, now = rules.read_reason(reason), self._clock.now()
        async with self._db.write() as tx:
            freeze = await store.load(tx.conn, self._team, freeze_id)
            if not await store.lift(tx, freeze, by.user_id, now, reason):
                raise WrongState(OVER)
            subject = store.subject(freeze.id)
            await audit.note(tx, self._team, now, by.user_id, "freeze.lift", subject, words=reason)
            await job.cancel_all(tx, self._team, "freeze", subject, exact=True)
            await self._ended(tx, freeze, now)

    async def ask(self, who: Person, agent_id: str, agent_name: str) -> None:
        """Somebody wants to publish their agent all the same: the admins' card says so. Raises WrongState."""
        now = self._clock.now()
        async with self._db.write() as tx:
            freeze = await store.current(tx.conn, self._team, now)
            if freeze is None:
                raise WrongState(OVER)
            if await store.ask(tx, freeze, who.user_id, (agent_id, agent_name), now):
                subject = store.subject(freeze.id)
                await audit.note(tx, self._team, now, who.user_id, "freeze.ask", subject, agent_id=agent_id)
                await message.move(tx, self._team, subject, self._channel, message.CARD, now)

    async def let_pass(self, by: Person, pass_id: int, reason: str) -> None:
        """This agent may be published; its author is told. Raises NotAdmin, AlreadyDecided, WrongState, NotFound,
        InvalidFields.
        """
        must_be_admin(by)
        reason, now = rules.read_reason(reason), self._clock.now()
        async with self._db.write() as tx:
            asked_for = await store.load_pass(tx.conn, self._team, pass_id)
            freeze = await store.load(tx.conn, self._team, asked_for.freeze_id)
            if not freeze.is_on(now):
                raise WrongState(OVER)
            if not await store.let_pass(tx, asked_for, passed_by=by.user_id, passed_at=now, reason=reason):
                decided = await store.load_pass(tx.conn, self._team, pass_id)
                raise AlreadyDecided("approved", decided.passed_by, decided.passed_at)
            subject = store.subject(freeze.id)
            named = {"agent_id": asked_for.agent_id, "words": reason}
            await audit.note(tx, self._team, now, by.user_id, "freeze.pass", subject, **named)
            await message.redraw(tx, self._team, subject, now)
            await self._tell(tx, asked_for, now)

    async def watch(self, row: Job) -> Outcome:
        """Job: while it is on the card comes to the end of the channel each working day; then all hear."""
        now = self._clock.now()
        freeze = await self.load(int(row.subject.partition(":")[2]))
        if freeze.lifted_at:
            return Done()
        if not freeze.is_on(now):
            return Done(on_commit(self._ended, freeze, now))
        return Reschedule(self._next(freeze, now), on_commit(self._remind, freeze, now))

    async def _remind(self, tx: Tx, freeze: Freeze, now: datetime) -> None:
        await message.move(tx, self._team, store.subject(freeze.id), self._channel, message.CARD, now)

    async def _ended(self, tx: Tx, freeze: Freeze, now: datetime) -> None:
        await message.redraw(tx, self._team, store.subject(freeze.id), now)
        for each in await store.asked(tx.conn, freeze):
            await self._tell(tx, each, now)

    async def _tell(self, tx: Tx, asked_for: FreezePass, now: datetime) -> None:
        await message.show(tx, self._team, store.pass_subject(asked_for.id), asked_for.user_id, message.CARD, now)

    def _next(self, freeze: Freeze, now: datetime) -> datetime:
        return min(self._time.after(now, REMIND_AFTER), freeze.ends_at)
