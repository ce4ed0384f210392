"""Invitation: bring in whom an admin has approved, and see them arrive."""

from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.core import join as rules
from bot.core.errors import InvalidFields, NotAdmin, Problem, WrongState
from bot.core.join import UNDECIDED, JoinState, Request
from bot.core.people import Evidence, Person
from bot.coze.answers import Invited
from bot.coze.errors import CozeError
from bot.services.job_runner import Done, Outcome, Reschedule, on_commit
from bot.services.join.changes import RequestChanges
from bot.services.workspace_client import WorkspaceClient
from bot.store import join as store
from bot.store.database import Database, Tx
from bot.store.job import OUTAGE_TRIES, Job

NOT_THERE, UNKNOWN = "E13", "E18"  # keys of the error help
MENDED: dict[str, Any] = {"error": None, "log_id": None}
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=3)  # between looks at the member list


class Invitations:
    """The verbs after the approval. `operator` is None where the bot has no credential: then people do it by hand."""

    def __init__(
        self, db: Database, clock: Clock, admin_channel: str, workspace_client: WorkspaceClient | None
    ) -> None:
        self._db, self._clock, self._workspace_client = db, clock, workspace_client
        self._changes, self._admins = RequestChanges(db, clock, admin_channel), admin_channel

    async def fix(self, who: Person, request_id: int, coze_uid: str) -> None:
        """The approved person corrects the account id after a failed invitation, which is tried again.

        Raises NotYours, WrongState, InvalidFields.
        """
        coze_uid = rules.read_uid(coze_uid)
        async with self._db.write() as tx:
            request = await store.load(tx.conn, who.team_id, request_id)
            rules.check_owner(request, who.user_id, JoinState.APPROVED)
            if coze_uid == request.coze_uid:
                raise InvalidFields([Problem("join.uid", "unchanged")])
            theirs = Evidence.VERIFIED if coze_uid == who.coze_uid else Evidence.CONFIRMED
            values = {**MENDED, "coze_uid": coze_uid, "uid_evidence": theirs}
            await self._changes.move(tx, request, who.user_id, "join.fix", values, words=coze_uid)
            if self._workspace_client:
                await self._changes.soon(tx, request, "invite")

    async def resend(self, by: Person, request_id: int) -> None:
        """An admin has the invitation sent once more. Raises NotAdmin, WrongState, NotFound."""
        async with self._db.write() as tx:
            request = await self._for_admin(tx, by, request_id, JoinState.APPROVED, JoinState.INVITED)
            await self._changes.move(tx, request, by.user_id, "join.resend", MENDED)
            await self._changes.soon(tx, request, "invite")

    async def invited(self, by: Person, request_id: int) -> None:
        """An admin says that they invited the person on Coze. Raises NotAdmin, WrongState, NotFound."""
        now = self._clock.now()
        async with self._db.write() as tx:
            request = await self._for_admin(tx, by, request_id, JoinState.APPROVED)
            values = {**MENDED, "state": JoinState.INVITED, "invited_at": now, "invited_evidence": Evidence.CONFIRMED}
            if self._workspace_client:
                values["watch_until"] = now + rules.WATCH
                await self._changes.soon(tx, request, "watch", now + SHORTEST)
            await self._changes.move(tx, request, by.user_id, "join.invited", values)
            await self._changes.show(tx, request, request.user_id, "decided")

    async def accepted(self, who: Person, request_id: int) -> None:
        """The person says that they accepted: look at once, or believe them where the bot can't look.

        Raises NotYours, WrongState.
        """
        async with self._db.write() as tx:
            request = await store.load(tx.conn, who.team_id, request_id)
            rules.check_owner(request, who.user_id, JoinState.INVITED)
            if self._workspace_client:
                await self._changes.soon(tx, request, "watch")
            else:
                await self._joined(tx, request, Evidence.CONFIRMED, who.user_id)

    async def is_in(self, who: Person, request_id: int) -> bool:
        """Whether Coze lists the person now; True too where the bot can't look. Raises CozeError."""
        request = await self._changes.load(who.team_id, request_id)
        return self._workspace_client is None or await self._workspace_client.has_joined(request.coze_uid)

    async def verify(self, row: Job) -> Outcome:
        """Job: whether the account of a new request is a member already; if surely theirs, they have joined."""
        request = await self._load(row)
        if request.state not in UNDECIDED or not self._workspace_client:
            return Done()
        is_member = await self._workspace_client.has_joined(request.coze_uid)
        if is_member and request.uid_evidence is Evidence.VERIFIED:
            return Done(on_commit(self._joined, request, Evidence.VERIFIED, None))
        return Done(on_commit(self._verified, request, is_member))

    async def invite(self, row: Job) -> Outcome:
        """Job: send the invitation. A refusal stays with the request until it is mended."""
        request = await self._load(row)
        if request.state not in (JoinState.APPROVED, JoinState.INVITED) or not self._workspace_client:
            return Done()
        try:
            answer = await self._workspace_client.invite(request.coze_uid)
        except CozeError as error:
            if error.retry and row.attempts < OUTAGE_TRIES:
                raise
            return Done(on_commit(self._refused, request, error.help, error.log_id))
        return Done(on_commit(self._answered, request, answer))

    async def watch(self, row: Job) -> Outcome:
        """Job: see whether the person is on Coze's list of members by now, less and less often; nudge them once."""
        request, now = await self._load(row), self._clock.now()
        if request.state is not JoinState.INVITED or not self._workspace_client or not request.invited_at:
            return Done()
        if await self._workspace_client.has_joined(request.coze_uid):
            return Done(on_commit(self._joined, request, Evidence.VERIFIED, None))
        if request.watch_until and now >= request.watch_until:
            return Done(on_commit(self._changes.show, request, request.user_id, "accept"))
        wait = min(max((now - request.invited_at) / 4, SHORTEST), LONGEST)
        return Reschedule(min(now + wait, request.watch_until) if request.watch_until else now + wait)

    async def _answered(self, tx: Tx, request: Request, answer: Invited) -> None:
        if request.coze_uid in answer.not_exist:
            await self._refused(tx, request, NOT_THERE)
        elif request.coze_uid in (*answer.added, *answer.already_joined):
            await self._joined(tx, request, Evidence.VERIFIED, None)
        elif request.coze_uid in (*answer.invited, *answer.already_invited):
            await self._invited(tx, request)
        else:
            await self._refused(tx, request, UNKNOWN)

    async def _verified(self, tx: Tx, request: Request, is_member: bool) -> None:
        await self._changes.move(tx, request, None, "join.verify", {"is_member": is_member})

    async def _invited(self, tx: Tx, request: Request) -> None:
        now = self._clock.now()
        values = {"invited_at": now, "invited_evidence": Evidence.VERIFIED, "watch_until": now + rules.WATCH}
        await self._changes.move(tx, request, None, "join.invite", {**MENDED, "state": JoinState.INVITED, **values})
        await self._changes.soon(tx, request, "watch", now + SHORTEST)
        await self._changes.show(tx, request, request.user_id, "decided")

    async def _refused(self, tx: Tx, request: Request, error: str, log_id: str = "") -> None:
        values = {"state": JoinState.APPROVED, "error": error, "log_id": log_id or None}
        await self._changes.move(tx, request, None, "join.refused", values, words=error)
        await self._changes.show(tx, request, request.user_id, "decided")

    async def _joined(self, tx: Tx, request: Request, evidence: Evidence, actor: str | None) -> None:
        values = {**MENDED, "state": JoinState.JOINED, "joined_at": self._clock.now(), "joined_evidence": evidence}
        await self._changes.move(tx, request, actor, "join.joined", values)
        await self._changes.show(tx, request, request.user_id, "joined")

    async def _for_admin(self, tx: Tx, by: Person, request_id: int, *states: JoinState) -> Request:
        if not by.may_decide():
            raise NotAdmin
        request = await store.load(tx.conn, by.team_id, request_id)
        if request.state not in states:
            raise WrongState(request.state)
        return request

    async def _load(self, row: Job) -> Request:
        return await self._changes.load(row.team_id, int(row.subject.partition(":")[2]))
