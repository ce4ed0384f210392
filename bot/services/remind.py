"""Remind: plan the ladder of a recorded token, plan it anew when its owner's day changes, and ring."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.clock import Clock
from bot.core.credential import Credential, CredentialState
from bot.core.people import NOWHERE, is_zone
from bot.core.remind import ENDED, SNOOZED, Quiet, Rung, Timetable, heard, quiet_of
from bot.core.ringing import FALLBACK_ZONE, TOGETHER, Due, owner_of, rings_at, rungs_of, together, told_as
from bot.store import credential as store
from bot.store import job, message, people
from bot.store.database import Database, Tx
from bot.store.job import Job

from .job_runner import Done, Outcome, Reschedule, on_commit

AT_ONCE = 20
"""Tokens of one transaction that plans anew."""

BEGINNING = datetime.fromtimestamp(0, UTC), 0
AGAIN = timedelta(days=30)
REPLAN, TIMETABLE = "replan", "timetable"


class Reminders:
    """What is planned of reminders. All of it is written in somebody's transaction."""

    def __init__(self, clock: Clock, timetable: Callable[[], Timetable]) -> None:
        self._clock, self._timetable = clock, timetable

    @property
    def timetable(self) -> Timetable:
        """When reminders come, as it holds now."""
        return self._timetable()

    def rungs(self, credential: Credential, tz: str, quiet: Quiet | None) -> list[Rung]:
        """The whole ladder of a recorded token, past rungs too, in its owner's zone, around their quiet hours."""
        return rungs_of(self.timetable, credential, tz, quiet)

    async def plan(self, tx: Tx, credential: Credential, tz: str, quiet: Quiet | None) -> None:
        """A token was recorded: what could still be said in time then is planned."""
        for rung in self.rungs(credential, tz, quiet):
            if rung.due_at > credential.recorded_at:
                await self.ring_at(tx, credential, rung)

    async def ring_at(self, tx: Tx, credential: Credential, rung: Rung) -> None:
        """This one rings then."""
        name = f"{store.subject(credential.id)}:{rung.key}"
        await job.enqueue(tx, credential.team_id, "remind", name, rung.due_at)

    async def follow(
        self, tx: Tx, team_id: str, user_id: str, tz: str, quiet: Quiet | None, *, planned: bool = False
    ) -> None:
        """The person's zone or quiet hours are these now: what is planned for them follows, and their cards say so.

        `planned`: nobody waits for the cards just now.
        """
        now = self._clock.now()
        tx.invalidate(team_id, user_id, now)
        for credential in await store.all_watched(tx.conn, team_id, user_id):
            if credential.state is CredentialState.ACTIVE:
                await self.plan_anew(tx, credential, tz, quiet)
                await message.redraw(tx, team_id, store.subject(credential.id), now, planned=planned)

    async def plan_anew(self, tx: Tx, credential: Credential, tz: str, quiet: Quiet | None) -> None:
        """What waits rings when it may now; what should have rung already by that, at once: it was not heard yet.
        What the ladder does not know any more rings no more."""
        now, team, subject = self._clock.now(), credential.team_id, store.subject(credential.id)
        rungs = {f"{subject}:{rung.key}": rung.due_at for rung in self.rungs(credential, tz, quiet)}
        wait = await job.planned(tx.conn, team, "remind", f"{subject}:")
        snoozed = {name: at for name, at in wait.items() if name.startswith(f"{subject}:{SNOOZED}")}
        put_off = {name: heard(at, credential.ends_at, tz, quiet) for name, at in snoozed.items()}
        for name, due_at in (rungs | put_off).items():
            moment = max(due_at, now)
            if (due_at > now or name in wait) and wait.get(name) != moment:
                await job.enqueue(tx, team, "remind", name, moment)
        for name in wait.keys() - rungs.keys() - put_off.keys():
            await job.cancel_all(tx, team, "remind", name, exact=True)


class Remind:
    """The jobs of reminding."""

    def __init__(self, db: Database, clock: Clock, team_id: str, reminders: Reminders) -> None:
        self._db, self._clock, self._team, self._reminders = db, clock, team_id, reminders

    async def plan(self, tx: Tx) -> None:
        """A process has started: with another timetable than the last one everything is planned anew, by a job."""
        name = self._reminders.timetable.name
        if (await job.payload(tx.conn, self._team, REPLAN, TIMETABLE)).get("of") != name:
            await job.enqueue(tx, self._team, REPLAN, TIMETABLE, self._clock.now(), job.WHENEVER, {"of": name})

    async def replan(self, row: Job) -> Outcome:
        """Job: what is planned for everybody follows the timetable, some tokens at a time. It looks again each month,
        as the days of zones and countries change with this machine's libraries.
        """
        now, payload = self._clock.now(), dict(row.payload or {})
        after = BEGINNING
        if "id" in payload:
            after = datetime.fromisoformat(payload["ends_at"]), payload["id"]
        async with self._db.read() as conn:
            found = await store.active(conn, self._team, after, AT_ONCE)
        name = {"of": self._reminders.timetable.name}
        if not found:
            return Reschedule(now + AGAIN, keep=name)
        last = found[-1][0]
        reached = {"ends_at": last.ends_at.isoformat(), "id": last.id}
        return Reschedule(now, on_commit(self._anew, found), keep=name | reached)

    async def _anew(self, tx: Tx, found: list[tuple[Credential, str | None, str | None]]) -> None:
        for credential, tz, quiet in found:
            zone = FALLBACK_ZONE if tz is None else tz if is_zone(tz) else NOWHERE
            await self._reminders.plan_anew(tx, credential, zone, quiet_of(quiet))

    async def ring(self, row: Job) -> Outcome:
        """Job: tell the owner, unless the token was replaced or a tighter rung is due as well."""
        now, timetable = self._clock.now(), self._reminders.timetable
        async with self._db.read() as conn:
            credential = await store.load(conn, row.team_id, store.id_in(row.subject))
            owner = owner_of(await people.load(conn, row.team_id, credential.user_id))
        if credential.state is not CredentialState.ACTIVE:
            return Done()
        due = Due(credential, key_in(row.subject), row.due_at)
        moment = rings_at(timetable, due, owner, now)
        if moment is None:
            return Done()
        if moment > now:
            return Reschedule(moment)
        others = together(timetable, await self._others(credential, now), owner, now)
        return Done(on_commit(self._show, [due, *others], now))

    async def _others(self, credential: Credential, now: datetime) -> list[Due]:
        """Rungs of the owner's other tokens that are due by now, and may ring together with this one's."""
        if credential.stands_alone:
            return []
        team = credential.team_id
        async with self._db.read() as conn:
            watched = await store.watched(conn, team, credential.user_id)
            active = {each.id: each for each in watched if each.state is CredentialState.ACTIVE}
            first = sorted(active.keys() - {credential.id})[:TOGETHER]
            coming = await job.coming(conn, team, "remind", [f"{store.subject(each)}:" for each in first], now)
        return [Due(active[store.id_in(name)], key_in(name), due_at) for name, due_at in coming.items()]

    async def _show(self, tx: Tx, ringing: list[Due], now: datetime) -> None:
        """One message of all of them; one that was told already, as by another's job, is not told again."""
        told: dict[str, str] = {}
        for credential, kind in told_as(ringing, now).items():
            subject = store.subject(credential.id)
            if kind == ENDED and not await store.move(tx, credential, CredentialState.EXPIRED):
                continue
            told[subject] = kind
            await message.redraw(tx, credential.team_id, subject, now, planned=True)
        whose = ringing[0].credential
        if told:
            await message.show_as_one(tx, whose.team_id, whose.user_id, told, now, planned=True)


def key_in(name: str) -> str:
    """Of which rung this job is: `credential:17:t7`."""
    return name.rpartition(":")[2]
