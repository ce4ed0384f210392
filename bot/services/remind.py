"""Remind: ring when a rung of a token's ladder is due, and only the tightest of those that are."""

from bot.clock import Clock
from bot.core.credential import Credential, CredentialState
from bot.core.remind import ENDED, SNOOZED, Rung, ladder, tightest
from bot.store import credential as store
from bot.store import message, people
from bot.store.database import Database, Tx
from bot.store.job import Job

from .job_runner import Done, Outcome, Reschedule, on_commit

FALLBACK_ZONE = "Asia/Shanghai"


class Remind:
    """The jobs of reminding."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def ring(self, row: Job) -> Outcome:
        """Job: tell the owner, unless the token was replaced or a tighter rung is due as well."""
        _, credential_id, key = row.subject.split(":")
        async with self._db.read() as conn:
            credential = await store.load(conn, row.team_id, int(credential_id))
            person = await people.load(conn, row.team_id, credential.user_id)
        if credential.state is not CredentialState.ACTIVE:
            return Done()
        rungs = rungs_of(credential, person.tz if person else FALLBACK_ZONE)
        now = self._clock.now()
        if now >= credential.ends_at:
            return Done(on_commit(self._ended, credential))
        mine = next((rung for rung in rungs if rung.key == key), None)
        if mine and mine.due_at > now:  # planned in the zone that the person was in then
            return Reschedule(mine.due_at)
        tight = tightest(rungs, now)
        own = key.startswith(SNOOZED)  # put off by the person: stands beside the ladder, but rings not with a rung
        if tight and tight.key != key and (not own or tight.due_at >= row.due_at):
            return Done()
        return Done(on_commit(self._show, credential, key))

    async def _show(self, tx: Tx, credential: Credential, key: str) -> None:
        now, subject = self._clock.now(), store.subject(credential.id)
        await message.redraw(tx, credential.team_id, subject, now)
        await message.show(tx, credential.team_id, subject, credential.user_id, key, now)

    async def _ended(self, tx: Tx, credential: Credential) -> None:
        if await store.move(tx, credential, CredentialState.EXPIRED):
            await self._show(tx, credential, ENDED)


def rungs_of(credential: Credential, tz: str) -> list[Rung]:
    """The whole ladder of a recorded token, in its owner's zone."""
    return ladder(credential.created_at, credential.ends_at, credential.recorded_at, tz)
