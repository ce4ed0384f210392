"""Membership of the workspace on Coze: bring in whom an admin approved, and see them arrive."""

from contextlib import suppress
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from bot.clock import Clock
from bot.core import calls
from bot.core import join as rules
from bot.core.account import Grade
from bot.core.errors import InvalidFields, NotAdmin, Problem, TooSoon, WrongState
from bot.core.join import UNDECIDED, WHOSE, JoinState, Request
from bot.core.people import Evidence, Person
from bot.coze.answers import Invited
from bot.coze.errors import CozeError, Quota
from bot.services.job_runner import Done, Outcome, Reschedule, on_commit
from bot.services.join.accounts import Accounts
from bot.services.join.changes import RequestChanges
from bot.services.workspace_client import PRESSED, WorkspaceClient
from bot.store import audit, job, message
from bot.store import join as store
from bot.store.database import Database, Tx
from bot.store.job import Job

NOT_THERE, UNKNOWN = "E13", "E18"  # keys of the error help
MENDED: dict[str, Any] = {"error": None, "log_id": None}
NUDGED, NUDGES = "join.nudged", timedelta(days=1)  # the audit's word for it, and the least time between two
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=3)  # between looks at the member list


class Seen(Enum):
    """What came of a look at the member list that somebody has pressed for."""

    LISTED = auto()
    NOT_YET = auto()
    SOON = auto()  # it was looked at within the last minute, and is again a minute later


class Invitations:
    """The verbs after the approval. `operator` is None where the bot has no credential: then people do it by hand."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        admin_channel: str,
        accounts: Accounts,
        workspace_client: WorkspaceClient | None,
    ) -> None:
        self._db, self._clock, self._accounts, self._workspace_client = db, clock, accounts, workspace_client
        self._changes, self._admins = RequestChanges(db, clock, admin_channel), admin_channel

    async def fix(self, who: Person, request_id: int, coze_uid: str) -> None:
        """The approved person names another account: admins were asked about the first one, so they decide again.

        Raises NotYours, WrongState, InvalidFields.
        """
        coze_uid = rules.read_uid(coze_uid)
        async with self._db.write() as tx:
            request = await store.load(tx.conn, who.team_id, request_id)
            rules.check_owner(request, who.user_id, JoinState.APPROVED, JoinState.INVITED)
            if coze_uid == request.coze_uid:
                raise InvalidFields([Problem("join.uid", "unchanged")])
            values = {"coze_uid": coze_uid, "grade": await self._accounts.claim(tx, who, coze_uid)}
            changed = await self._changes.reopen(tx, request, who.user_id, "join.fix", values, coze_uid)
            await self._changes.show(tx, changed, self._admins, changed.notice("changed"))

    async def resend(self, by: Person, request_id: int) -> None:
        """An admin has the invitation sent once more. Raises NotAdmin, WrongState, NotFound."""
        async with self._db.write() as tx:
            request = await self._for_admin(tx, by, request_id, JoinState.APPROVED, JoinState.INVITED)
            await self._changes.move(tx, request, by.user_id, "join.resend", MENDED)
            await self._changes.soon(tx, request, "invite")

    async def nudge(self, by: Person, request_id: int) -> Request:
        """An admin reminds the person to accept the invitation: their card rings again. Once a day.

        Raises NotAdmin, WrongState, NotFound, TooSoon.
        """
        now = self._clock.now()
        async with self._db.write() as tx:
            request = await self._for_admin(tx, by, request_id, JoinState.INVITED)
            subject = store.subject(request.id)
            await store.move(tx, request, checked_at=request.checked_at)  # of two at once one waits for the other
            last = await audit.last(tx.conn, by.team_id, subject, NUDGED)
            if last and now < last.at + NUDGES:
                raise TooSoon
            await audit.note(tx, by.team_id, now, by.user_id, NUDGED, subject)
            await self._changes.tell(tx, request)
        return request

    async def invited(self, by: Person, request_id: int) -> None:
        """An admin says that they invited the person on Coze. Raises NotAdmin, WrongState, NotFound."""
        now = self._clock.now()
        async with self._db.write() as tx:
            request = await self._for_admin(tx, by, request_id, JoinState.APPROVED)
            values = {**MENDED, "state": JoinState.INVITED, "invited_at": now, "invited_evidence": Evidence.CONFIRMED}
            if self._workspace_client:
                values["watch_until"] = now + rules.WATCH
                await self._watch(tx, request, now)
            await self._changes.move(tx, request, by.user_id, "join.invited", values)
            await self._changes.tell(tx, request)

    async def accepted(self, who: Person, request_id: int) -> None:
        """The person says that they accepted: look at once, or believe them where the bot can't look.

        Raises NotYours, WrongState.
        """
        async with self._db.write() as tx:
            request = await store.load(tx.conn, who.team_id, request_id)
            rules.check_owner(request, who.user_id, JoinState.INVITED)
            if self._workspace_client:
                await self._look_later(tx, request)
            else:
                await self._joined(tx, request, Evidence.CONFIRMED, who.user_id)

    async def wants_look(self, by: Person, request_id: int) -> None:
        """An admin wants the member list looked at now. Raises NotAdmin, WrongState, NotFound."""
        async with self._db.write() as tx:
            await self._look_later(tx, await self._for_admin(tx, by, request_id, JoinState.INVITED))

    async def _look_later(self, tx: Tx, request: Request) -> None:
        """What is pressed is looked at right after; a job sees to it in a minute, if nobody has by then."""
        now, subject = self._clock.now(), store.subject(request.id)
        pressed, at = {"pressed": now.isoformat()}, _not_before(request, now)
        at = at if at > now else now + calls.MINUTE
        await job.enqueue(tx, request.team_id, "watch", subject, at, job.SOMEBODY_WAITS, pressed)

    async def look(self, team_id: str, request_id: int) -> Seen:
        """The look that was pressed for, unless there was one within the minute. One call for each fifty members.

        Where the bot can't look, or it is settled, nothing is left to see. Raises CozeError.
        """
        request, now = await self._changes.load(team_id, request_id), self._clock.now()
        if request.state is not JoinState.INVITED or not self._workspace_client:
            return Seen.LISTED
        if _not_before(request, now) > now:
            return Seen.SOON
        if await self._workspace_client.has_joined(request.coze_uid, now, afresh=True):
            with suppress(WrongState):  # somebody was faster
                async with self._db.write(apart=True) as tx:
                    await self._listed(tx, request)
            return Seen.LISTED
        async with self._db.write(apart=True) as tx:
            await self._looked(tx, request)
            await message.redraw(tx, team_id, store.subject(request_id), now)
            await job.guides(tx, team_id, request.user_id, now)
        return Seen.NOT_YET

    async def looks_rarely(self) -> bool:
        """Whether the member list is looked at rarely, as calls are few."""
        return self._workspace_client is not None and await self._workspace_client.looks_rarely()

    async def verify(self, row: Job) -> Outcome:
        """Job: whether the account of a request is a member already; if surely theirs, they have joined."""
        request = await self._load(row)
        if request.state not in UNDECIDED or not request.coze_uid or not self._workspace_client:
            return Done()
        if await self._workspace_client.looks_rarely():
            return Done()  # the answer to the invitation says it, and costs nothing more
        await self._workspace_client.ask_leave(row)
        is_member = await self._workspace_client.has_joined(request.coze_uid, self._clock.now())
        if is_member and request.grade is Grade.PROVEN:
            return Done(on_commit(self._joined, request, Evidence.VERIFIED, None))
        return Done(on_commit(self._verified, request, is_member=is_member))

    async def invite(self, row: Job) -> Outcome:
        """Job: send the invitation. A refusal stays with the request until it is mended."""
        request = await self._load(row)
        if request.state is JoinState.REVOKED and row.attempts > 1:  # taken back while it was being sent
            return Done(on_commit(uninvite, request, self._clock.now()))
        if request.state not in (JoinState.APPROVED, JoinState.INVITED) or not self._workspace_client:
            return Done()
        try:
            answer = await self._workspace_client.invite(request.coze_uid)
        except CozeError as error:
            if error.retry and row.attempts < await self._workspace_client.tries():
                raise
            return Done(on_commit(self._refused, request, error.help, error.log_id))
        return Done(on_commit(self._answered, request, answer))

    async def watch(self, row: Job) -> Outcome:
        """Job: see whether the person is on Coze's list of members by now, less and less often; nudge them once."""
        request, now, client = await self._load(row), self._clock.now(), self._workspace_client
        if request.state is not JoinState.INVITED or not client or not request.invited_at:
            return Done()
        rarely, is_over = await client.looks_rarely(), bool(request.watch_until and now >= request.watch_until)
        has_looked = False
        if not _is_answered(row, request):
            if (at := _not_before(request, now)) > now:
                return Reschedule(at)
            if not is_over:
                await client.ask_leave(row)
            try:
                if await client.may(row) and await client.has_joined(request.coze_uid, now):
                    return Done(on_commit(self._listed, request))
                has_looked = True
            except CozeError as error:
                if not rarely and not isinstance(error, Quota):
                    raise
        if is_over:
            return Done(on_commit(self._changes.tell, request))
        save = on_commit(self._looked, request) if has_looked else None
        following = next_look(request.invited_at or now, now, request.watch_until, rarely=rarely)
        return Reschedule(following, save, {})

    async def _looked(self, tx: Tx, request: Request) -> None:
        """It was looked at; nobody needs to be told."""
        await store.move(tx, request, checked_at=self._clock.now())

    async def _answered(self, tx: Tx, request: Request, answer: Invited) -> None:
        """What Coze says of the account; to stand in none of its lists, or in several, says nothing."""
        asked = *answer.invited, *answer.already_invited
        lists = answer.not_exist, answer.added, answer.already_joined, asked
        match [request.coze_uid in each for each in lists]:
            case [True, False, False, False]:
                await self._refused(tx, request, NOT_THERE)
            case [False, True, False, False]:
                await self._joined(tx, request, Evidence.VERIFIED, None, has_accepted=True)
            case [False, False, True, False]:
                await self._listed(tx, request)
            case [False, False, False, True]:
                await self._invited(tx, request)
            case _:
                await self._refused(tx, request, UNKNOWN)

    async def _verified(self, tx: Tx, request: Request, *, is_member: bool) -> None:
        await self._changes.move(tx, request, None, "join.verify", {"is_member": is_member})

    async def _invited(self, tx: Tx, request: Request) -> None:
        now = self._clock.now()
        values = {"invited_at": now, "invited_evidence": Evidence.VERIFIED, "watch_until": now + rules.WATCH}
        await self._changes.move(tx, request, None, "join.invite", {**MENDED, "state": JoinState.INVITED, **values})
        await self._watch(tx, request, now)
        await self._changes.tell(tx, request)

    async def _watch(self, tx: Tx, request: Request, now: datetime) -> None:
        """It was sent: the first look."""
        first = calls.INVITATION[0] if await self.looks_rarely() else SHORTEST
        await self._changes.soon(tx, request, "watch", now + first)

    async def _listed(self, tx: Tx, request: Request) -> None:
        """Coze lists the account. It may be somebody else's, who was in before: they have to show that it isn't."""
        if request.arrives_as() is Grade.TYPED:
            await self._refused(tx, request, WHOSE)
        else:
            await self._joined(tx, request, Evidence.VERIFIED, None)

    async def _refused(self, tx: Tx, request: Request, error: str, log_id: str = "") -> None:
        values = {"state": JoinState.APPROVED, "error": error, "log_id": log_id or None}
        await self._changes.move(tx, request, None, "join.refused", values, words=error)
        if error != request.error:  # else they know
            await self._changes.tell(tx, request)

    async def _joined(
        self, tx: Tx, request: Request, evidence: Evidence, actor: str | None, *, has_accepted: bool = False
    ) -> None:
        grade = Grade.INVITED if has_accepted and request.grade is Grade.TYPED else request.arrives_as()
        values = {**MENDED, "state": JoinState.JOINED, "joined_at": self._clock.now(), "joined_evidence": evidence}
        await self._changes.move(tx, request, actor, "join.joined", {**values, "grade": grade})
        if actor != request.user_id:
            await self._changes.tell(tx, request)

    async def _for_admin(self, tx: Tx, by: Person, request_id: int, *states: JoinState) -> Request:
        if not by.may_decide():
            raise NotAdmin
        request = await store.load(tx.conn, by.team_id, request_id)
        if request.state not in states:
            raise WrongState(request.state)
        return request

    async def _load(self, row: Job) -> Request:
        return await self._changes.load(row.team_id, int(row.subject.partition(":")[2]))


async def uninvite(tx: Tx, request: Request, now: datetime) -> None:
    """See to it that an invitation which may be out there leads nowhere, for an admin who has pressed."""
    await job.enqueue(tx, request.team_id, "uninvite", store.subject(request.id), now, job.SOMEBODY_WAITS, PRESSED)


def next_look(since: datetime, now: datetime, end: datetime | None, *, rarely: bool) -> datetime:
    """When the member list is looked at again: less and less often since `since`, the last time at `end`."""
    if rarely:
        return calls.next_look(calls.INVITATION, since, now, end) or now + LONGEST
    wait = min(max((now - since) / 4, SHORTEST), LONGEST)
    return min(now + wait, end) if end else now + wait


def _not_before(request: Request, now: datetime) -> datetime:
    """When it may be looked at: a minute after the last look, or now."""
    return max(request.checked_at + calls.MINUTE, now) if request.checked_at else now


def _is_answered(row: Job, request: Request) -> bool:
    """Whether the look that somebody pressed for has been made since."""
    pressed = (row.payload or {}).get("pressed")
    return bool(pressed and request.checked_at and request.checked_at >= datetime.fromisoformat(pressed))
