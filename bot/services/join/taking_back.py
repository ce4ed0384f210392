"""Taking an approval back until it is accepted.

Coze documents no way to withdraw an open invitation (docs.coze.cn, the page of add_space_member). So the bot asks it
to take the account off the list, believes nothing of the answer, and looks for as long as an invitation is watched
whether the person arrives all the same.
"""

from datetime import datetime

from bot.clock import Clock
from bot.core import join as rules
from bot.core.account import Grade
from bot.core.errors import WrongState
from bot.core.join import HOLDING, JoinState, Request
from bot.core.people import Evidence, Person
from bot.coze.errors import CozeError, Quota
from bot.services.job_runner import Done, Outcome, Reschedule, on_commit
from bot.services.join.changes import RequestChanges
from bot.services.join.membership import next_look, uninvite
from bot.services.workspace_client import WorkspaceClient, is_pressed
from bot.store import join as store
from bot.store.database import Database, Tx
from bot.store.job import Job

ARRIVED = "arrived"  # the notice for the admins


class TakingBack:
    """The verbs. Without a credential the bot sees neither invitations nor members: admins look for themselves."""

    def __init__(
        self, db: Database, clock: Clock, admin_channel: str, workspace_client: WorkspaceClient | None
    ) -> None:
        self._db, self._clock, self._admins, self._workspace_client = db, clock, admin_channel, workspace_client
        self._changes = RequestChanges(db, clock, admin_channel)

    async def take_back(self, by: Person, request_id: int, reason: str) -> None:
        """An admin takes an approval back; the person reads the reason. Whoever has joined first stays.

        Raises NotAdmin, OwnRequest, HasJoined, AlreadyDecided, WrongState, NotFound, InvalidFields.
        """
        reason, now = rules.read_reason(reason), self._clock.now()
        async with self._db.write() as tx:
            request = await store.load(tx.conn, by.team_id, request_id)
            rules.check_taking_back(request, by)
            watched = {"watch_until": now + rules.WATCH} if self._workspace_client else {"watch_until": None}
            told = {"revoked_by": by.user_id, "reason": reason, "ended_at": now, "error": None, "log_id": None}
            values = {"state": JoinState.REVOKED, "checked_at": None, **watched, **told}
            try:
                await self._changes.move(tx, request, by.user_id, "join.revoked", values, words=reason)
            except WrongState:  # somebody was faster, and is named
                rules.check_taking_back(await store.load(tx.conn, by.team_id, request_id), by)
                raise
            await self._changes.tell(tx, request)
            if self._workspace_client:
                await uninvite(tx, request, now)

    async def uninvite(self, row: Job) -> Outcome:
        """Job: ask Coze to take the account off, once, then see from time to time whether they arrive."""
        client = self._workspace_client
        request = await self._changes.load(row.team_id, int(row.subject.partition(":")[2]))
        if request.state is not JoinState.REVOKED or client is None or request.watch_until is None:
            return Done()
        now, is_first = self._clock.now(), is_pressed(row)
        is_over, error, log_id = now >= request.watch_until, request.error, request.log_id or ""
        if not is_over:
            await client.ask_leave(row)
        try:
            if await client.may(row) and await client.has_joined(request.coze_uid, now, afresh=is_first):
                return Done(on_commit(self._arrived, request))
            if is_first:
                await client.remove(request.coze_uid)
                error, log_id = None, ""
        except CozeError as refused:
            if refused.retry and not isinstance(refused, Quota) and row.attempts < await client.tries():
                raise
            error, log_id = refused.help, refused.log_id
        if is_over:
            return Done(on_commit(self._seen, request, error, log_id, None))
        following = next_look(request.ended_at or now, now, request.watch_until, rarely=await client.looks_rarely())
        return Reschedule(following, on_commit(self._seen, request, error, log_id, request.watch_until), {})

    async def _seen(
        self, tx: Tx, request: Request, error: str | None, log_id: str, watch_until: datetime | None
    ) -> None:
        now, log = self._clock.now(), log_id or None
        await store.move(tx, request, error=error, log_id=log, checked_at=now, watch_until=watch_until)
        if request.checked_at is None or error != request.error or watch_until is None:
            await self._changes.redraw(tx, request)

    async def _arrived(self, tx: Tx, request: Request) -> None:
        """They accepted before, or all the same: that is told, and whether they stay the admins decide.

        Where it is surely them who arrived, and they have asked for nothing anew, the request says that they joined.
        """
        now = self._clock.now()
        latest = await store.latest(tx.conn, request.team_id, request.user_id)
        is_newest = latest is None or latest.id == request.id or latest.state not in HOLDING
        values: dict[str, object] = {"watch_until": None, "error": None, "log_id": None}
        if is_newest and request.arrives_as() is not Grade.TYPED:
            values |= {"state": JoinState.JOINED, "joined_at": now, "joined_evidence": Evidence.VERIFIED}
            values |= {"grade": request.arrives_as()}
        await self._changes.move(tx, request, None, "join.arrived", values, words=request.coze_uid)
        await self._changes.show(tx, request, self._admins, request.notice(ARRIVED))
