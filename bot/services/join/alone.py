"""The only admin asks to join: nobody decides about their own request, so it is said at once who else may.

Deputies, whom a setting names, decide about such a request and no other.
"""

from datetime import timedelta

from bot.clock import Clock
from bot.core.join import NOBODY, UNDECIDED, Instead, Request
from bot.services.admins import Admins
from bot.services.job_runner import Done, Outcome, Reschedule, on_commit
from bot.services.join.changes import RequestChanges
from bot.store import join as store
from bot.store import message
from bot.store.database import Database, Tx
from bot.store.job import Job

AGAIN = timedelta(hours=4)
"""Somebody may have become an admin meanwhile, or have stopped being one."""


class Alone:
    """The verbs about it."""

    def __init__(
        self, db: Database, clock: Clock, admin_channel: str, admins: Admins, *, self_approval: bool
    ) -> None:
        self._db, self._clock, self._admins, self._self_approval = db, clock, admins, self_approval
        self._changes = RequestChanges(db, clock, admin_channel)

    async def instead(self, request: Request) -> Instead:
        """Who may decide in the place of the only admin, as far as is known. Asks nobody."""
        if not request.alone_at:
            return NOBODY
        deputies = tuple(each for each in await self._admins.known_deputies() if each != request.user_id)
        return Instead(deputies, self._self_approval)

    async def asked(self, team_id: str, request_id: int) -> Request:
        """The request, once Slack has said whether there is another admin. Raises Unreachable, SlackRefused."""
        request = await self._changes.load(team_id, request_id)
        is_alone, deputies = await self._look(request)
        async with self._db.write(apart=True) as tx:
            await self._found(tx, request, deputies, is_alone=is_alone)
        return await self._changes.load(team_id, request_id)

    async def look(self, row: Job) -> Outcome:
        """Job: see whether the person is the only admin today, from time to time while nobody has decided.

        Asks Slack; raises Unreachable, SlackRefused.
        """
        request = await self._changes.load(row.team_id, int(row.subject.partition(":")[2]))
        if request.state not in UNDECIDED:
            return Done()
        is_alone, deputies = await self._look(request)
        save = on_commit(self._found, request, deputies, is_alone=is_alone)
        if not (await self._admins.fresh(request.user_id)).may_decide():
            return Done(save)
        return Reschedule(self._clock.now() + AGAIN, save)

    async def _look(self, request: Request) -> tuple[bool, tuple[str, ...]]:
        """Whether they are the only admin, and who else may decide then."""
        if not (await self._admins.fresh(request.user_id)).may_decide():
            return False, ()
        admins = [each.person.user_id for each in await self._admins.today()]
        deputies = tuple(each for each in await self._admins.deputies() if each not in (request.user_id, *admins))
        return admins == [request.user_id], deputies

    async def _found(self, tx: Tx, request: Request, deputies: tuple[str, ...], *, is_alone: bool) -> None:
        now = self._clock.now()
        if is_alone != bool(request.alone_at):
            values = {"alone_at": now if is_alone else None}
            await self._changes.move(tx, request, None, "join.alone" if is_alone else "join.not_alone", values)
        elif is_alone:
            await store.move(tx, request, alone_at=now)
        if is_alone:
            for user_id in deputies:
                subject = store.subject(request.id)
                if not await message.is_there(tx.conn, request.team_id, subject, user_id, message.CARD):
                    await self._changes.show(tx, request, user_id, message.CARD)
