"""What follows a change of the settings while the bot runs: what was planned by the old ones is planned anew."""

from datetime import timedelta

from bot.clock import Clock
from bot.store import guide as guides
from bot.store import job, message, people
from bot.store import join as requests
from bot.store import review as reviews
from bot.store.database import Database, Tx
from bot.store.job import Job

from .job_runner import Done, Outcome, Reschedule, on_commit
from .people import NEVER
from .preflight import DAILY
from .preflight import KIND as PREFLIGHT
from .remind import REPLAN, TIMETABLE
from .review import WAIT
from .setting import PAUSE, InForce

KIND, CARDS, GUIDES = "settings", "cards", "guides"
HEARD = 2 * PAUSE  # seconds after which each process goes by what was changed
AT_ONCE = 20  # cards of one transaction
MOST = 100  # reviews that are shown in another channel


class SettingFollowing:
    """`follow` belongs into the transaction of the change."""

    def __init__(self, db: Database, clock: Clock, team_id: str) -> None:
        self._db, self._clock, self._team = db, clock, team_id

    async def follow(self, tx: Tx, before: InForce, after: InForce) -> None:
        """What is planned goes by what holds now; admins see it on their Home."""
        now = self._clock.now()
        tx.invalidate(self._team, "", now)
        if before.timetable.name != after.timetable.name:
            named = {"of": after.timetable.name}
            await job.enqueue(tx, self._team, REPLAN, TIMETABLE, now, job.WHENEVER, named)
        if before.policy != after.policy:
            await job.hasten(tx, self._team, ["wait", WAIT], now)
            await job.enqueue(tx, self._team, KIND, CARDS, now)
        if before.renamed != after.renamed:
            heard = now + timedelta(seconds=HEARD)
            await job.enqueue(tx, self._team, KIND, GUIDES, heard)
        if before.admins != after.admins:
            await self._admins(tx, set(before.admins) ^ set(after.admins))
        if before.review_channel != after.review_channel:
            for each in await reviews.undecided(tx.conn, self._team, MOST):
                subject = reviews.subject(each.id)
                await message.show(tx, self._team, subject, after.review_channel, message.CARD, now, planned=True)
        if before.configured != after.configured:
            await job.enqueue(tx, self._team, PREFLIGHT, DAILY, now)

    async def _admins(self, tx: Tx, changed: set[str]) -> None:
        """Nobody decides by what was known of them before. Who was the only admin may be that no more."""
        for user_id in sorted(changed):
            await people.seen(tx, self._team, user_id, NEVER)
            tx.invalidate(self._team, user_id, self._clock.now())
        await job.hasten(tx, self._team, ["alone"], self._clock.now())

    async def redraw(self, row: Job) -> Outcome:
        """Job: the cards of requests that wait say until when an answer is due, those of open guides how Coze calls
        its labels; some cards at a time.
        """
        return await (self._guides if row.subject == GUIDES else self._requests)(row)

    async def _guides(self, row: Job) -> Outcome:
        after = int((row.payload or {}).get("after", 0))
        async with self._db.read() as conn:
            found = await guides.opened_after(conn, self._team, after, AT_ONCE)
        if not found:
            return Done()
        subjects = [guides.subject(each) for each in found]
        return Reschedule(self._clock.now(), on_commit(self._draw, subjects), {"after": found[-1]})

    async def _requests(self, row: Job) -> Outcome:
        offset, now = int((row.payload or {}).get("offset", 0)), self._clock.now()
        async with self._db.read() as conn:
            _, found = await requests.listed(conn, self._team, "undecided", offset, AT_ONCE, "", now)
        if not found:
            return Done()
        subjects = [requests.subject(each.id) for each in found]
        return Reschedule(now, on_commit(self._draw, subjects), {"offset": offset + AT_ONCE})

    async def _draw(self, tx: Tx, subjects: list[str]) -> None:
        for subject in subjects:
            await message.redraw(tx, self._team, subject, self._clock.now(), planned=True)
