"""Digest: on Mondays admins are told what waits, what is stuck and what ends; nothing where there is none of it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.core import digest as rules
from bot.core.digest import Digest
from bot.core.expiring import WEEK
from bot.store import expiring, job, join, leftover, message, publish
from bot.store.database import Database, Tx
from bot.store.job import Job
from bot.store.message import Message

from .job_runner import Outcome, Reschedule, on_commit

STUCK = 20  # publications that are counted at most


class MondayDigest:
    """Told in `channel` at 09:30 of the zone `tz`, once."""

    def __init__(self, db: Database, clock: Clock, team_id: str, channel: str, tz: str) -> None:
        self._db, self._clock, self._team, self._channel, self.tz = db, clock, team_id, channel, tz

    async def plan(self, tx: Tx) -> None:
        """See that the next one is planned."""
        due = rules.next_monday(self._clock.now(), rules.AT, self.tz)
        await job.ensure(tx, self._team, "digest", "weekly", due)

    async def tell(self, _: Job) -> Outcome:
        """Job: the card of this Monday, and when the next one is due. After an outage it is told on Tuesday still."""
        now = self._clock.now()
        following, monday = rules.next_monday(now, rules.AT, self.tz), rules.monday_to_tell(now, self.tz)
        if monday is None or (await self.found(monday)).is_empty:
            return Reschedule(following)
        subject = f"digest:{monday.astimezone(ZoneInfo(self.tz)):%y%m%d}"
        show = on_commit(message.show, self._team, subject, self._channel, message.CARD, now, planned=True)
        return Reschedule(following, show)

    async def of(self, copy: Message) -> Digest | None:
        """What a copy says; None for one that stands nowhere yet and has come too late."""
        now = self._clock.now()
        day = datetime.strptime(copy.subject.partition(":")[2], "%y%m%d")  # noqa: DTZ007  (a zone is put on)
        monday = day.replace(tzinfo=ZoneInfo(self.tz)).astimezone(UTC)
        if copy.ts is None and monday != rules.monday_to_tell(now, self.tz):
            return None
        return await self.found(monday)

    async def found(self, monday: datetime) -> Digest:
        """What there is to say in the week that begins so."""
        now, team = self._clock.now(), self._team
        async with self._db.read() as conn:
            waiting, longest = await join.listed(conn, team, "undecided", 0, 1, "", now)
            unfinished, oldest = await join.listed(conn, team, "outside", 0, 1, "", now)
            counts, first = await expiring.between(conn, team, rules.days_of(monday, now, self.tz))
            return Digest(
                monday,
                (waiting, longest[0] if longest else None),
                (unfinished, oldest[0] if oldest else None),
                await publish.stuck(conn, team, STUCK),
                await job.dead(conn, team),
                await leftover.with_tokens(conn, team),
                await leftover.with_agents(conn, team),
                counts,
                first,
                await expiring.expired(conn, team, monday - timedelta(days=WEEK), monday),
            )
