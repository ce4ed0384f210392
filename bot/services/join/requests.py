"""Join: ask, decide, and everything that is said in between.

Nobody waits for ever: admins are reminded, then the backup group, then the request closes kindly.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.core import join as rules
from bot.core.errors import InvalidFields, Outdated, OwnRequest, Problem, TooSoon, Unreachable, WrongState
from bot.core.join import UNDECIDED, Answers, HandedOn, JoinState, Request
from bot.core.people import Person
from bot.core.setting import Askers
from bot.core.worktime import USUAL_TIME, WorkTime
from bot.services.guide import carrying
from bot.services.job_runner import Done, Outcome, Reschedule, on_commit
from bot.services.join.accounts import Accounts
from bot.services.join.changes import RequestChanges
from bot.services.workspace_client import WorkspaceClient
from bot.store import audit, job, message
from bot.store import join as store
from bot.store import sign_in as sign_ins
from bot.store.audit import AuditEntry
from bot.store.database import Database, Tx
from bot.store.job import Job
from bot.store.join import Listing
from bot.store.message import Message

log = logging.getLogger(__name__)

OWN = "own"  # the notice that the only admin has let themselves in
TRIES = 4  # to learn who is in the backup group


@dataclass(frozen=True)
class EscalationPolicy:
    """How long a request may wait. Hours are of working `time`; `expire` is plain time."""

    time: WorkTime = USUAL_TIME
    first_hours: float = 4
    second_hours: float = 9
    backup_hours: float = 18
    expire: timedelta = timedelta(days=7)

    def stages(self, since: datetime) -> list[tuple[datetime, str]]:
        """What happens when to what has waited since then, earliest first."""
        hours = (("w1", self.first_hours), ("w2", self.second_hours), ("backup", self.backup_hours))
        stages = [(self.time.after(since, count), name) for name, count in hours]
        return sorted([*stages, (since + self.expire, "expire")])


async def whom_to_ask(backup: Callable[[], Awaitable[frozenset[str]]], row: Job) -> frozenset[str]:
    """Who is in the backup group; after some tries nobody, since the rest must not wait for Slack's answer.

    Raises Unreachable while there are tries left.
    """
    try:
        return await backup()
    except Unreachable:
        if row.attempts < TRIES:
            raise
        log.warning("the backup group can't be asked; %s goes on without it", row.subject)
        return frozenset()


def stage_of(stage: str, others: Sequence[str]) -> str:
    """What is told at this stage: not that others are asked where there is nobody."""
    return "alone" if stage == "backup" and not others else stage


class Escalation:
    """The jobs of escalation. `backup` answers who is asked when the admins are silent."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        admin_channel: str,
        policy: Callable[[], EscalationPolicy],
        backup: Callable[[], Awaitable[frozenset[str]]],
    ) -> None:
        self._db, self._clock, self._admins = db, clock, admin_channel
        self._changes = RequestChanges(db, clock, admin_channel)
        self._policy, self._backup = policy, backup

    async def wait(self, row: Job) -> Outcome:
        """Job: do what is due by now and come back for what is next; after a long silence only the last counts."""
        request, now = await self._changes.load(row.team_id, int(row.subject.partition(":")[2])), self._clock.now()
        if request.state not in UNDECIDED:
            return Done()
        stages = self._policy().stages(request.waiting_since)
        past = [name for at, name in stages if at <= now]
        if "expire" in past:
            return Done(on_commit(self._expire, request))
        following = next(at for at, _ in stages if at > now)
        theirs = request.state is JoinState.INFO_REQUESTED or not request.coze_uid
        if not past or theirs:  # it is the person's turn, not the admins'
            return Reschedule(following)
        backup = await whom_to_ask(self._backup, row) if past[-1] == "backup" else frozenset()
        return Reschedule(following, on_commit(self._remind, request, past[-1], backup))

    async def _remind(self, tx: Tx, request: Request, stage: str, backup: frozenset[str]) -> None:
        now, subject = self._clock.now(), store.subject(request.id)
        await message.redraw(tx, request.team_id, subject, now, planned=True)  # it is overdue now
        await job.guides(tx, request.team_id, request.user_id, now)
        others = sorted(backup - {request.user_id})
        notice = request.notice(stage_of(stage, others))
        await self._changes.show(tx, request, self._admins, notice, planned=True)
        for user_id in others:
            await self._changes.show(tx, request, user_id, message.CARD, planned=True)

    async def _expire(self, tx: Tx, request: Request) -> None:
        values = {"state": JoinState.EXPIRED, "ended_at": self._clock.now()}
        await self._changes.move(tx, request, None, "join.expired", values)
        await self._changes.tell(tx, request)


class AlreadyOpen(WrongState):
    """The person has an open request; it is shown instead."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.state)
        self.request = request


class Join:
    """The verbs up to the decision. Without `operator` the bot has no credential: admins invite by hand then."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        admin_channel: str,
        accounts: Accounts,
        workspace_client: WorkspaceClient | None,
        policy: Callable[[], EscalationPolicy],
        askers: Callable[[], Askers] = Askers,
        *,
        self_approval: bool = False,
    ) -> None:
        self._changes, self._self_approval = RequestChanges(db, clock, admin_channel), self_approval
        self._db, self._clock, self._admins = db, clock, admin_channel
        self._accounts, self._workspace_client, self._policy = accounts, workspace_client, policy
        self._askers = askers

    def check_asker(self, who: Person) -> None:
        """Whether this person may ask to join. Raises MayNotAsk."""
        self._askers().check(who)

    async def latest(self, who: Person) -> Request | None:
        """The person's newest request, open or not."""
        async with self._db.read() as conn:
            return await store.latest(conn, who.team_id, who.user_id)

    async def called(self, who: Person) -> None:
        """They write to us about joining: what comes of it is to be seen below, also on a guide's card further up."""
        async with self._db.write() as tx:
            await carrying.called(tx, who.team_id, who.user_id, self._clock.now())

    async def recall(self, who: Person, request_id: int) -> None:
        """The card that shows their open request comes to the end of the DM. Raises NotYours, WrongState."""
        async with self._db.write() as tx:
            request = await store.load(tx.conn, who.team_id, request_id)
            rules.check_owner(request, who.user_id, *rules.OPEN)
            await self._changes.tell(tx, request)

    async def load(self, team_id: str, request_id: int) -> Request:
        """One request. Raises NotFound."""
        return await self._changes.load(team_id, request_id)

    async def listed(self, who: Person, which: Listing, offset: int, limit: int) -> tuple[int, list[Request]]:
        """How many requests there are of a kind, and one page of them, oldest first."""
        async with self._db.read() as conn:
            return await store.listed(conn, who.team_id, which, offset, limit, who.user_id, self._clock.now())

    async def earlier(self, request: Request) -> list[Request]:
        """The person's requests before this one, newest first, five at most."""
        async with self._db.read() as conn:
            return await store.earlier(conn, request)

    async def handed_on(self, request: Request) -> HandedOn | None:
        """Who assigned it to whom it is assigned now, and what they wrote with it."""
        if not request.assignee:
            return None
        async with self._db.read() as conn:
            deed = await audit.last(conn, request.team_id, store.subject(request.id), "join.reassign")
        return HandedOn(deed.actor, str(deed.detail.get("note", ""))) if deed and deed.actor else None

    async def line(self, copy: Message) -> AuditEntry:
        """The deed that a line of the thread, or a notice of it, tells. Raises NotFound."""
        async with self._db.read() as conn:
            return await audit.load(conn, copy.team_id, int(copy.kind[1:]))

    def agreed(self, request: Request) -> datetime:
        """Until when (UTC) people may expect a decision."""
        policy = self._policy()
        return policy.time.after(request.waiting_since, policy.second_hours)

    def may_nudge(self, request: Request) -> bool:
        """Whether the person may remind the admins now."""
        return rules.may_nudge(request, self._clock.now(), self.agreed(request))

    async def ask(self, who: Person, answers: Answers) -> int:
        """A new request: cards for the admins and the person.

        Raises MayNotAsk, AlreadyOpen, InvalidFields (the account is somebody else's).
        """
        self.check_asker(who)
        now = self._clock.now()
        async with self._db.write() as tx:
            grade = await self._accounts.claim(tx, who, answers.coze_uid)
            request_id = await store.add(tx, who, answers, grade, now)
            if request_id is not None:
                await self._opened(tx, await store.load(tx.conn, who.team_id, request_id))
                return request_id
            request = await store.latest(tx.conn, who.team_id, who.user_id, only_open=True)
        if request is None:
            raise InvalidFields([Problem("join.uid", "taken")])
        raise AlreadyOpen(request)

    async def _opened(self, tx: Tx, request: Request) -> None:
        subject = store.subject(request.id)
        await audit.note(tx, request.team_id, self._clock.now(), request.user_id, "join.ask", subject)
        await job.guides(tx, request.team_id, request.user_id, self._clock.now())
        await self._changes.show(tx, request, self._admins, message.CARD)
        await carrying.tell(tx, request, self._clock.now())
        for before in await store.earlier(tx.conn, request, 1):
            await self._changes.redraw(tx, before)
        if last := await sign_ins.newest(tx.conn, request.team_id, request.user_id):  # it leads on no more
            await message.redraw(tx, request.team_id, sign_ins.subject(last), self._clock.now())
        await self._changes.soon(tx, request, "wait")
        await self._changes.soon(tx, request, "verify")
        await self._changes.soon(tx, request, "alone")

    async def edit(self, who: Person, request_id: int, answers: Answers) -> None:
        """The person changes what they wrote while nobody has decided; decisions about the old text are refused.

        Raises NotYours, WrongState, InvalidFields.
        """
        async with self._db.write() as tx:
            request = await store.load(tx.conn, who.team_id, request_id)
            rules.check_owner(request, who.user_id, *UNDECIDED)
            same_uid = answers.coze_uid == request.coze_uid
            values = asdict(answers)
            if not same_uid:
                values |= {"grade": await self._accounts.claim(tx, who, answers.coze_uid), "is_member": None}
            await self._changes.move(tx, request, who.user_id, "join.edit", values, matters=True)
            if not same_uid:
                await self._changes.soon(tx, request, "verify")
                await self._changes.soon(tx, request, "wait")

    async def withdraw(self, who: Person, request_id: int) -> None:
        """The person takes their request back while nobody has decided. Raises NotYours, WrongState."""
        async with self._db.write() as tx:
            request = await store.load(tx.conn, who.team_id, request_id)
            rules.check_owner(request, who.user_id, *UNDECIDED)
            await self._close(tx, request, who.user_id, JoinState.WITHDRAWN, {"ended_at": self._clock.now()})

    async def nudge(self, who: Person, request_id: int) -> None:
        """The person reminds the admins: once a day, after the agreed time. Raises NotYours, TooSoon."""
        now = self._clock.now()
        async with self._db.write() as tx:
            request = await store.load(tx.conn, who.team_id, request_id)
            rules.check_owner(request, who.user_id, JoinState.PENDING)
            if not self.may_nudge(request):
                raise TooSoon
            await self._changes.move(tx, request, who.user_id, "join.nudge", {"nudged_at": now})
            await self._changes.show(tx, request, self._admins, f"n{now:%y%m%d%H}")

    async def approve(self, by: Person, request_id: int, seen: int | None = None, note: str = "") -> None:
        """Let them in with the account that the request has now; they read the `note`.

        Raises NotAdmin, OwnRequest, AlreadyDecided, Outdated, WrongState, NoAccount, NotFound, InvalidFields.
        """
        note = rules.read_note(note)
        async with self._db.write() as tx:
            request = await store.load(tx.conn, by.team_id, request_id)
            rules.check_approval(request, by, seen)
            await self._let_in(tx, by, request, seen, note)

    async def approve_own(self, by: Person, request_id: int, reason: str, seen: int | None = None) -> None:
        """The only admin lets themselves in; the `reason` is told to all admins.

        Raises NotAdmin, NotYours, OwnRequest, AlreadyDecided, Outdated, WrongState, NoAccount, NotFound,
        InvalidFields.
        """
        reason = rules.read_reason(reason)
        if not self._self_approval:
            raise OwnRequest
        async with self._db.write() as tx:
            request = await store.load(tx.conn, by.team_id, request_id)
            rules.check_own_approval(request, by, self._clock.now(), seen)
            await self._let_in(tx, by, request, seen, reason)
            await self._changes.show(tx, request, self._admins, request.notice(OWN))

    async def _let_in(self, tx: Tx, by: Person, request: Request, seen: int | None, note: str) -> None:
        by_hand = self._workspace_client is None
        values = {"by_hand": by_hand, "approved_uid": request.coze_uid, "note": note or None}
        await self._decide(tx, by, request, JoinState.APPROVED, seen, values)
        if not by_hand:
            await self._changes.soon(tx, request, "invite")

    async def decline(self, by: Person, request_id: int, reason: str, seen: int | None = None) -> None:
        """Not this time; the reason goes to the person. Raises as `approve` does, and InvalidFields."""
        reason = rules.read_reason(reason)
        async with self._db.write() as tx:
            request = await store.load(tx.conn, by.team_id, request_id)
            rules.check_decision(request, by, seen)
            await self._decide(tx, by, request, JoinState.DECLINED, seen, {"reason": reason})
            await self._changes.tell(tx, request)

    async def _decide(
        self, tx: Tx, by: Person, request: Request, state: JoinState, seen: int | None, values: dict[str, Any]
    ) -> None:
        decided = {"decided_by": by.user_id, "decided_at": self._clock.now(), **values}
        try:
            await self._close(
                tx, request, by.user_id, state, decided, str(values.get("reason") or values.get("note") or "")
            )
        except WrongState:
            now, current = self._clock.now(), await store.load(tx.conn, by.team_id, request.id)
            if by.user_id == request.user_id:
                rules.check_own_approval(current, by, now, seen)
            else:
                rules.check_decision(current, by, seen)
            raise Outdated from None

    async def question(self, by: Person, request_id: int, words: str) -> None:
        """An admin asks; the person answers by a form, and the request stays open.

        Raises NotAdmin, OwnRequest, AlreadyDecided, WrongState, InvalidFields.
        """
        words, now = rules.read_words("question", words), self._clock.now()
        async with self._db.write() as tx:
            request = await store.load(tx.conn, by.team_id, request_id)
            rules.check_decision(request, by)
            asked = {"state": JoinState.INFO_REQUESTED, "question": words, "asked_by": by.user_id, "asked_at": now}
            await self._changes.move(tx, request, by.user_id, "join.question", asked, words=words)
            await self._changes.tell(tx, request)

    async def answer(self, who: Person, request_id: int, words: str) -> None:
        """The person answers; the admins read it in the thread and on the card.

        Raises NotYours, WrongState, InvalidFields.
        """
        words = rules.read_words("answer", words)
        async with self._db.write() as tx:
            request = await store.load(tx.conn, who.team_id, request_id)
            rules.check_owner(request, who.user_id, JoinState.INFO_REQUESTED)
            values = {"state": JoinState.PENDING, "answer": words}
            await self._changes.move(tx, request, who.user_id, "join.answer", values, matters=True, words=words)
            await self._changes.soon(tx, request, "wait")

    async def tell(self, by: Person, request_id: int, words: str, ts: str) -> None:
        """What an admin wrote in the card's thread, at `ts`, goes to the person, in any state, once.

        Raises NotAdmin, OwnRequest, WrongState (it went before), NotFound.
        """
        async with self._db.write() as tx:
            request = await store.load(tx.conn, by.team_id, request_id)
            rules.check_telling(request, by)
            if await audit.is_told(tx.conn, by.team_id, store.subject(request_id), ts):
                raise WrongState(request.state)
            line = await self._changes.changed(tx, request, by.user_id, "join.told", words, ts=ts)
            subject, to = store.subject(request_id), request.user_id  # words that no card shows
            await message.show(tx, by.team_id, subject, to, f"m{line}", self._clock.now())

    async def say(self, who: Person, request_id: int, words: str) -> None:
        """The person writes to the admins in the card's thread. Raises NotYours, NotFound, InvalidFields."""
        words = rules.read_words("answer", words)
        async with self._db.write() as tx:
            request = await store.load(tx.conn, who.team_id, request_id)
            rules.check_owner(request, who.user_id, *JoinState)
            await self._changes.changed(tx, request, who.user_id, "join.said", words)

    async def reassign(self, by: Person, request_id: int, to: str, note: str = "") -> None:
        """A named admin gets a copy of the card, and reads in `note` why. Raises as `question` does."""
        note = rules.read_note(note, rules.WHY_LENGTH)
        async with self._db.write() as tx:
            request = await store.load(tx.conn, by.team_id, request_id)
            rules.check_decision(request, by)
            if to == request.user_id:
                raise InvalidFields([Problem("join.assignee", "own")])
            await self._changes.move(tx, request, by.user_id, "join.reassign", {"assignee": to}, words=to, note=note)
            await self._changes.show(tx, request, to, message.CARD)

    async def _close(
        self, tx: Tx, request: Request, actor: str, state: JoinState, values: dict[str, Any], words: str = ""
    ) -> None:
        action = f"join.{state.value}"
        await self._changes.move(tx, request, actor, action, {**values, "state": state}, words=words)
        await job.cancel_all(tx, request.team_id, "wait", store.subject(request.id), exact=True)
