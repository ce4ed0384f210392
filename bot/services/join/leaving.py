"""Leaving the workspace on Coze: an admin removes somebody, Slack deactivates them, or the two lists of members drift
apart.
"""

from collections.abc import Iterable
from datetime import datetime, time

from bot.clock import Clock
from bot.core import join as rules
from bot.core.account import Grade
from bot.core.digest import next_monday
from bot.core.join import WHOSE, JoinState, Request
from bot.core.people import Evidence, Person, Standing
from bot.core.worktime import WorkTime
from bot.coze.answers import Member
from bot.coze.errors import CozeError, Quota
from bot.services.erasure import drop_all
from bot.services.job_runner import Done, Outcome, Reschedule, on_commit
from bot.services.join.changes import RequestChanges
from bot.services.join.expelling import expel
from bot.services.workspace_client import WorkspaceClient, is_pressed
from bot.store import audit, job, message, overview, people, seat_doubt, seats
from bot.store import join as store
from bot.store.audit import AuditEntry
from bot.store.database import Database, Tx
from bot.store.job import Job

CHECK_HOUR = time(10)  # on Mondays
LISTED = 200  # names that a check keeps of each kind


class Leaving:
    """The verbs about the end. `operator` is None where the bot has no credential: then people do it by hand."""

    def __init__(
        self, db: Database, clock: Clock, channel: str, workspace_client: WorkspaceClient | None, work_time: WorkTime
    ) -> None:
        self._db, self._clock, self._admins, self._workspace_client = db, clock, channel, workspace_client
        self._changes, self._time = RequestChanges(db, clock, channel), work_time

    async def holds(self, request: Request) -> tuple[str, list[str]]:
        """What Coze calls the account, and the names of the person's agents, as far as the bot knows.

        Calls Coze if it can; the first is empty where it can't, or where the account is no member. Raises CozeError.
        """
        async with self._db.read() as conn:
            *_, known, _ = await overview.of(conn, request.team_id, request.user_id)
        names = {each.agent_id: each.agent_name for each in known}
        if not self._workspace_client:
            return "", list(names.values())
        member = await self._workspace_client.member(request.coze_uid, self._clock.now())
        names |= {agent.id: agent.name for agent in await self._workspace_client.agents(request.coze_uid)}
        return member.nickname if member else "", list(names.values())

    async def remove(self, by: Person, request_id: int, reason: str | None = None) -> None:
        """An admin wants somebody out; they are once Coze has said so. May be repeated where it failed.

        The `reason` is told to the person; None where it stays as it was.

        Raises NotAdmin, WrongState, Unproven, NotFound.
        """
        async with self._db.write() as tx:
            await self.remove_within(tx, by, request_id, reason)

    async def remove_within(self, tx: Tx, by: Person, request_id: int, reason: str | None) -> None:
        """The same as a part of what else is done. Raises as `remove` does."""
        request = await store.load(tx.conn, by.team_id, request_id)
        rules.check_removal(request, by)
        wanted = {
            "removed_by": by.user_id,
            "reason": request.reason if reason is None else reason,
            "by_hand": self._workspace_client is None,
            "error": None,
            "log_id": None,
        }
        await self._changes.move(tx, request, by.user_id, "join.remove", wanted, words=reason or "")
        if self._workspace_client:
            await self._changes.soon(tx, request, "remove")

    async def removable(self, by: Person, request_id: int) -> Request:
        """The request of somebody whom `by` may have removed now. Raises NotAdmin, WrongState, Unproven, NotFound."""
        request = await self._changes.load(by.team_id, request_id)
        rules.check_removal(request, by)
        return request

    async def removed(self, by: Person, request_id: int) -> None:
        """An admin says that they removed the person on Coze. Raises NotAdmin, WrongState, Unproven, NotFound."""
        async with self._db.write() as tx:
            request = await store.load(tx.conn, by.team_id, request_id)
            rules.check_removal(request, by)
            await self._out(tx, request, Evidence.CONFIRMED, by.user_id)

    async def take_out(self, row: Job) -> Outcome:
        """Job: remove the account from the space. A refusal stays with the request."""
        request = await self._changes.load(row.team_id, int(row.subject.partition(":")[2]))
        if request.state is not JoinState.JOINED or not request.removed_by or not self._workspace_client:
            return Done()
        if request.grade is Grade.TYPED:  # wanted before accounts had grades
            return Done(on_commit(self._stays, request, WHOSE, ""))
        came = await expel(self._workspace_client, request.coze_uid, row, self._clock.now())
        if came.is_out:
            return Done(on_commit(self._out, request, Evidence.VERIFIED, None))
        return Done(on_commit(self._stays, request, came.error, came.log_id))

    async def _out(self, tx: Tx, request: Request, evidence: Evidence, actor: str | None) -> None:
        values = {
            "state": JoinState.REMOVED,
            "ended_at": self._clock.now(),
            "removed_evidence": evidence,
            "error": None,
        }
        await self._changes.move(tx, request, actor, "join.removed", values)
        await drop_all(tx, request.team_id, request.user_id, self._clock)
        await seat_doubt.out(tx, request.team_id, request.coze_uid, self._clock.now())
        await self._changes.tell(tx, request)

    async def _stays(self, tx: Tx, request: Request, error: str, log_id: str) -> None:
        values = {"error": error, "log_id": log_id or None}
        await self._changes.move(tx, request, None, "join.stays", values, words=error)

    async def settle(self, row: Job) -> Outcome:
        """Job: who is no member of the Slack workspace any more has us keep nothing. Asks neither Slack nor Coze.

        For who was deactivated the open request is closed, and the admins are shown what they hold.
        """
        async with self._db.read() as conn:
            person = await people.load(conn, row.team_id, row.subject)
            _, request, tokens, agents, _ = await overview.of(conn, row.team_id, row.subject)
        if person is None or person.standing is Standing.MEMBER:
            return Done()  # back already
        if person.standing is not Standing.DEACTIVATED:
            return Done(on_commit(drop_all, row.team_id, row.subject, self._clock))
        holds = bool(tokens or agents or (request and _holds(request)))
        return Done(
            on_commit(self._settled, row, request if request and request.state in rules.OPEN else None, holds=holds)
        )

    async def _settled(self, tx: Tx, row: Job, request: Request | None, *, holds: bool) -> None:
        now = self._clock.now()
        await drop_all(tx, row.team_id, row.subject, self._clock)
        await seat_doubt.left(tx, row.team_id, row.subject, now)
        if request:
            values = {"state": JoinState.CLOSED, "ended_at": now}
            await self._changes.move(tx, request, None, "join.closed", values)
            await job.cancel_all(tx, row.team_id, "wait", store.subject(request.id), exact=True)
        if holds:
            subject = f"left:{row.subject}"
            await audit.note(tx, row.team_id, now, None, "person.left", subject)
            await message.show(tx, row.team_id, subject, self._admins, message.CARD, now)

    def next_check(self, now: datetime) -> datetime:
        """The next Monday morning (UTC) in the zone of working time, or the morning of the first day after it that is
        worked: what differs is for admins to read."""
        return self._time.worked(next_monday(now, CHECK_HOUR, self._time.tz))

    async def check(self, row: Job) -> Outcome:
        """Job: compare who has joined here with Coze's list. Differences are shown to the admins, never acted upon.

        Who was invited and is on the list by now is looked at once more, as their own press would do. Where calls are
        few it happens at an admin's press alone.
        """
        following, client = self.next_check(self._clock.now()), self._workspace_client
        if not client or (await client.looks_rarely() and not is_pressed(row)):
            return Reschedule(following)
        await client.ask_leave(row)
        try:
            members = {member.user_id: member for member in await client.members()}
        except CozeError as error:
            is_over = isinstance(error, Quota) or row.attempts >= await client.tries()
            if not is_over:
                raise
            return Reschedule(following, keep={})
        async with self._db.read() as conn:
            held = await store.joined(conn, row.team_id)
            left = await people.deactivated(conn, row.team_id)
        found = {
            "gone": [each.user_id for each in held if _in(each) and each.coze_uid not in members],
            "left": [each.user_id for each in held if each.coze_uid in members and each.user_id in left],
            "unknown": _unknown(members, held),
        }
        arrived = [each for each in held if each.state is JoinState.INVITED and each.coze_uid in members]
        return Reschedule(following, on_commit(self._checked, row, found, arrived, members), {})

    async def _checked(
        self, tx: Tx, row: Job, found: dict[str, list[str]], arrived: list[Request], members: dict[str, Member]
    ) -> None:
        now = self._clock.now()
        await seat_doubt.review(tx, row.team_id, nicknames(members.values()), now)
        there = len(members) - len(arrived)  # those count when they are seen to join
        await seats.counted(tx, row.team_id, there, now)
        subject = f"drift:{now:%y%m%d}"
        for request in arrived:
            await self._changes.soon(tx, request, "watch")
        kept = {kind: names[:LISTED] for kind, names in found.items()}
        await audit.note(tx, row.team_id, now, None, "join.check", subject, **kept)
        if any(kept.values()):
            await message.show(tx, row.team_id, subject, self._admins, message.CARD, now)

    async def found(self, team_id: str, subject: str) -> AuditEntry:
        """What a check found. Raises NotFound."""
        async with self._db.read() as conn:
            return await audit.latest(conn, team_id, subject)


def _in(request: Request) -> bool:
    return request.state is JoinState.JOINED


def _holds(request: Request) -> bool:
    """Whether something of the request is left on Coze."""
    return request.state in (JoinState.JOINED, JoinState.INVITED) or bool(
        request.invited_at and not request.removed_evidence
    )


def nicknames(members: Iterable[Member]) -> dict[str, str]:
    """Who is on Coze's list by their ids, but for the space's owner."""
    return {each.user_id: each.nickname for each in members if each.role != "owner"}


def _unknown(members: dict[str, Member], held: list[Request]) -> list[str]:
    """Members whom nobody here has asked for; the space's owner needs no request."""
    known = {request.coze_uid for request in held}
    strangers = [each for each in members.values() if each.user_id not in known and each.role != "owner"]
    return [each.nickname or each.user_id for each in strangers]
