"""Join: ask, decide, invite, see them arrive."""

from datetime import timedelta

from bot.clock import Clock
from bot.core import join as rules
from bot.core.errors import AlreadyDecided, NotAdmin, WrongState
from bot.core.join import Answers, Request, State
from bot.core.people import Evidence, Person
from bot.coze.answers import Invited
from bot.coze.errors import CozeError
from bot.store import audit, message, work
from bot.store import join as store
from bot.store.database import Database, Tx
from bot.store.work import Work

from .operator import Operator
from .people import must_be_member
from .sweeper import Again, Done, Outcome, later

NOT_THERE = "E13"
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=3)  # between looks at the member list


class AlreadyOpen(WrongState):
    """The person has an open request; it is shown instead."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.state)
        self.request = request


class Join:
    """The verbs of joining. `operator` is None where the bot has no credential: then admins invite by hand."""

    def __init__(self, db: Database, clock: Clock, admin_channel: str, operator: Operator | None) -> None:
        self._db, self._clock, self._admins, self._operator = db, clock, admin_channel, operator

    async def current(self, who: Person) -> Request | None:
        """The person's open request."""
        async with self._db.read() as conn:
            return await store.latest(conn, who.team_id, who.user_id, only_open=True)

    async def latest(self, who: Person) -> Request | None:
        """The person's newest request, open or not."""
        async with self._db.read() as conn:
            return await store.latest(conn, who.team_id, who.user_id)

    async def load(self, team_id: str, request_id: int) -> Request:
        """One request. Raises NotFound."""
        async with self._db.read() as conn:
            return await store.load(conn, team_id, request_id)

    async def ask(self, who: Person, answers: Answers, once: str = "") -> int:
        """A new request: cards for the admins and the person. Raises NotAllowed, AlreadyOpen, Duplicate."""
        must_be_member(who)
        now = self._clock.now()
        async with self._db.write(who.team_id, once) as tx:
            request_id = await store.add(tx, who, answers, now)
            if request_id is not None:
                subject = store.subject(request_id)
                await audit.note(tx, who.team_id, now, who.user_id, "join.ask", subject)
                await message.show(tx, who.team_id, subject, self._admins, message.CARD, now)
                await message.show(tx, who.team_id, subject, who.user_id, message.CARD, now)
                return request_id
            request = await store.latest(tx.conn, who.team_id, who.user_id, only_open=True)
        if request is None:  # it was closed between the two statements
            raise WrongState(State.WITHDRAWN)
        raise AlreadyOpen(request)

    async def approve(self, by: Person, request_id: int, once: str = "") -> None:
        """Let them in. Raises NotAdmin, OwnRequest, AlreadyDecided, WrongState, NotFound, Duplicate."""
        by_hand = self._operator is None
        async with self._db.write(by.team_id, once) as tx:
            request = await self._decide(tx, by, request_id, State.APPROVED, None, by_hand)
            if not by_hand:
                await self._invite_soon(tx, request)

    async def decline(self, by: Person, request_id: int, reason: str, once: str = "") -> None:
        """Not this time; the reason goes to the person. Raises as `approve` does."""
        reason = rules.read_reason(reason)
        async with self._db.write(by.team_id, once) as tx:
            request = await self._decide(tx, by, request_id, State.DECLINED, reason, by_hand=False)
            await self._tell(tx, request)

    async def _decide(
        self, tx: Tx, by: Person, request_id: int, state: State, reason: str | None, by_hand: bool
    ) -> Request:
        now = self._clock.now()
        request = await store.load(tx.conn, by.team_id, request_id)
        rules.check_decision(request, by)
        decided = {"state": state, "decided_by": by.user_id, "decided_at": now, "reason": reason, "by_hand": by_hand}
        if not await store.move(tx, request, **decided):
            rules.check_decision(await store.load(tx.conn, by.team_id, request_id), by)
            raise AlreadyDecided(state, None, None)
        await self._changed(tx, request, by.user_id, f"join.{state.value}")
        return request

    async def withdraw(self, who: Person, request_id: int, once: str = "") -> None:
        """The person takes their request back while nobody has decided. Raises NotYours, WrongState, Duplicate."""
        async with self._db.write(who.team_id, once) as tx:
            request = await store.load(tx.conn, who.team_id, request_id)
            rules.check_owner(request, who.user_id, State.PENDING)
            await self._move(tx, request, who.user_id, "join.withdraw", state=State.WITHDRAWN)

    async def fix(self, who: Person, request_id: int, coze_uid: str, once: str = "") -> None:
        """The approved person corrects the account id after a failed invitation, which is tried again.

        Raises NotYours, WrongState, InvalidFields, Duplicate.
        """
        coze_uid = rules.read_uid(coze_uid)
        async with self._db.write(who.team_id, once) as tx:
            request = await store.load(tx.conn, who.team_id, request_id)
            rules.check_owner(request, who.user_id, State.APPROVED)
            await self._move(tx, request, who.user_id, "join.fix", coze_uid=coze_uid, error=None, log_id=None)
            if self._operator:
                await self._invite_soon(tx, request)

    async def resend(self, by: Person, request_id: int, once: str = "") -> None:
        """An admin has the invitation sent once more. Raises NotAdmin, WrongState, NotFound, Duplicate."""
        async with self._db.write(by.team_id, once) as tx:
            request = await self._for_admin(tx, by, request_id, State.APPROVED, State.INVITED)
            await self._move(tx, request, by.user_id, "join.resend", error=None, log_id=None)
            await self._invite_soon(tx, request)

    async def invited(self, by: Person, request_id: int, once: str = "") -> None:
        """An admin says that they invited the person on Coze. Raises NotAdmin, WrongState, NotFound, Duplicate."""
        now = self._clock.now()
        async with self._db.write(by.team_id, once) as tx:
            request = await self._for_admin(tx, by, request_id, State.APPROVED)
            evidence = {"invited_at": now, "invited_evidence": Evidence.CONFIRMED, "error": None, "log_id": None}
            await self._move(tx, request, by.user_id, "join.invited", state=State.INVITED, **evidence)
            await self._tell(tx, request)

    async def accepted(self, who: Person, request_id: int, once: str = "") -> None:
        """The person says that they accepted: look at once, or believe them where the bot can't look.

        Raises NotYours, WrongState, Duplicate.
        """
        async with self._db.write(who.team_id, once) as tx:
            request = await store.load(tx.conn, who.team_id, request_id)
            rules.check_owner(request, who.user_id, State.INVITED)
            if self._operator:
                await work.enqueue(
                    tx, who.team_id, "watch", store.subject(request_id), self._clock.now(), work.SOMEBODY_WAITS
                )
            else:
                await self._joined(tx, request, Evidence.CONFIRMED, who.user_id)

    async def invite(self, row: Work) -> Outcome:
        """Work: send the invitation. A refusal stays with the request until it is mended."""
        request = await self._load(row)
        if request.state not in (State.APPROVED, State.INVITED) or not self._operator:
            return Done()
        try:
            answer = await self._operator.invite(request.coze_uid)
        except CozeError as error:
            if error.retry:
                raise
            return Done(later(self._refused, request, error.help, error.log_id))
        return Done(later(self._answered, request, answer))

    async def watch(self, row: Work) -> Outcome:
        """Work: see whether the person is on Coze's list of members by now, less and less often."""
        request, now = await self._load(row), self._clock.now()
        if request.state is not State.INVITED or not self._operator or not request.invited_at:
            return Done()
        if await self._operator.has_joined(request.coze_uid):
            return Done(later(self._joined, request, Evidence.VERIFIED, None))
        if request.watch_until and now >= request.watch_until:
            return Done()
        wait = min(max((now - request.invited_at) / 4, SHORTEST), LONGEST)
        return Again(now + wait)

    async def _answered(self, tx: Tx, request: Request, answer: Invited) -> None:
        if request.coze_uid in answer.not_exist:
            await self._refused(tx, request, NOT_THERE, None)
        elif request.coze_uid in (*answer.added, *answer.already_joined):
            await self._joined(tx, request, Evidence.VERIFIED, None)
        elif request.coze_uid in (*answer.invited, *answer.already_invited):
            await self._invited(tx, request)
        else:
            await self._refused(tx, request, "E18", None)

    async def _invited(self, tx: Tx, request: Request) -> None:
        now = self._clock.now()
        values = {"invited_at": now, "invited_evidence": Evidence.VERIFIED, "watch_until": now + rules.WATCH}
        await self._move(tx, request, None, "join.invite", state=State.INVITED, error=None, log_id=None, **values)
        await work.enqueue(tx, request.team_id, "watch", store.subject(request.id), now + SHORTEST)
        await self._tell(tx, request)

    async def _refused(self, tx: Tx, request: Request, error: str, log_id: str | None) -> None:
        await self._move(tx, request, None, "join.refused", error=error, log_id=log_id)
        await self._tell(tx, request)

    async def _joined(self, tx: Tx, request: Request, evidence: Evidence, actor: str | None) -> None:
        values = {"joined_at": self._clock.now(), "joined_evidence": evidence, "error": None, "log_id": None}
        await self._move(tx, request, actor, "join.joined", state=State.JOINED, **values)
        now = self._clock.now()
        await message.show(tx, request.team_id, store.subject(request.id), request.user_id, "joined", now)

    async def _load(self, row: Work) -> Request:
        return await self.load(row.team_id, int(row.subject.partition(":")[2]))

    async def _for_admin(self, tx: Tx, by: Person, request_id: int, *states: State) -> Request:
        if not by.may_decide():
            raise NotAdmin
        request = await store.load(tx.conn, by.team_id, request_id)
        if request.state not in states:
            raise WrongState(request.state)
        return request

    async def _invite_soon(self, tx: Tx, request: Request) -> None:
        subject = store.subject(request.id)
        await work.enqueue(tx, request.team_id, "invite", subject, self._clock.now(), work.SOMEBODY_WAITS)

    async def _tell(self, tx: Tx, request: Request) -> None:
        subject, now = store.subject(request.id), self._clock.now()
        await message.show(tx, request.team_id, subject, request.user_id, "decided", now)

    async def _move(self, tx: Tx, request: Request, actor: str | None, action: str, **values: object) -> None:
        if not await store.move(tx, request, **values):
            raise WrongState((await store.load(tx.conn, request.team_id, request.id)).state)
        await self._changed(tx, request, actor, action)

    async def _changed(self, tx: Tx, request: Request, actor: str | None, action: str) -> None:
        now, subject = self._clock.now(), store.subject(request.id)
        await audit.note(tx, request.team_id, now, actor, action, subject)
        await message.redraw(tx, request.team_id, subject, now)
