"""Waiting: nobody waits for ever. Admins are reminded, then the backup group, then the request closes kindly."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.core import worktime
from bot.core.errors import Unreachable
from bot.core.join import UNDECIDED, JoinState, Request
from bot.services.job_runner import Done, Outcome, Reschedule, on_commit
from bot.services.join.changes import RequestChanges
from bot.store import join as store
from bot.store import message
from bot.store.database import Database, Tx
from bot.store.job import Job

log = logging.getLogger(__name__)

TRIES = 4  # to learn who is in the backup group


@dataclass(frozen=True)
class EscalationPolicy:
    """How long a request may wait. Hours are working hours of the zone `tz`; `expire` is plain time."""

    tz: str = "Asia/Shanghai"
    first_hours: float = 4
    second_hours: float = 9
    backup_hours: float = 18
    expire: timedelta = timedelta(days=7)

    def stages(self, request: Request) -> list[tuple[datetime, str]]:
        """What happens when, earliest first."""
        hours = (("w1", self.first_hours), ("w2", self.second_hours), ("backup", self.backup_hours))
        stages = [(worktime.after(request.created_at, count, self.tz), name) for name, count in hours]
        return sorted([*stages, (request.created_at + self.expire, "expire")])


class Escalation:
    """The jobs of escalation. `backup` answers who is asked when the admins are silent."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        admin_channel: str,
        policy: EscalationPolicy,
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
        stages = self._policy.stages(request)
        past = [name for at, name in stages if at <= now]
        if "expire" in past:
            return Done(on_commit(self._expire, request))
        following = next(at for at, _ in stages if at > now)
        if not past or request.state is JoinState.INFO_REQUESTED:  # it is the person's turn, not the admins'
            return Reschedule(following)
        backup = await self._asked(row) if past[-1] == "backup" else frozenset()
        return Reschedule(following, on_commit(self._remind, request, past[-1], backup))

    async def _asked(self, row: Job) -> frozenset[str]:
        """Who is in the backup group; after some tries nobody, since the rest must not wait for Slack's answer."""
        try:
            return await self._backup()
        except Unreachable:
            if row.attempts < TRIES:
                raise
            log.warning("the backup group can't be asked; request %s goes on without it", row.subject)
            return frozenset()

    async def _remind(self, tx: Tx, request: Request, stage: str, backup: frozenset[str]) -> None:
        await message.redraw(tx, request.team_id, store.subject(request.id), self._clock.now())  # it is overdue now
        await self._changes.show(tx, request, self._admins, stage)
        for user_id in sorted(backup - {request.user_id}):
            await self._changes.show(tx, request, user_id, message.CARD)

    async def _expire(self, tx: Tx, request: Request) -> None:
        values = {"state": JoinState.EXPIRED, "ended_at": self._clock.now()}
        await self._changes.move(tx, request, None, "join.expired", values)
        await self._changes.show(tx, request, request.user_id, "decided")
