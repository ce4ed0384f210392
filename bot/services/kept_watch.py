"""Kept watch: whether Coze still takes the tokens and keys that people have us keep, asked once a day and heard of at
each use. That it refuses one before its end is told once, on that day; what else it says is nobody's matter.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.core.credential import Credential, CredentialState
from bot.core.errors import NotFound
from bot.core.people import Person
from bot.core.ringing import FALLBACK_ZONE
from bot.core.secret_store import HANDED_OVER, REFUSED, REFUSES, TAKES, StoredSecret, next_look
from bot.coze.errors import CozeError
from bot.store import audit, message, people
from bot.store import credential as credentials
from bot.store import secret_store as store
from bot.store.database import Database, Reading, Tx
from bot.store.job import Job

from .job_runner import Done, Outcome, Reschedule, on_commit
from .owner_credential import is_dead
from .rotation import Deleted, Unopened
from .secret_store import SecretStore

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Watched:
    """What is kept, whose it is, and the recorded token that it is, None for a key."""

    kept: StoredSecret
    owner: Person | None
    credential: Credential | None

    def is_over(self, now: datetime) -> bool:
        """Whether its end has come, or it was given up: then its own reminders tell what there is to tell."""
        mine = self.credential
        return mine is not None and (mine.state is not CredentialState.ACTIVE or now >= mine.ends_at)

    @property
    def subject(self) -> str:
        """The matter: the token's reminders, or the key."""
        return credentials.subject(self.credential.id) if self.credential else store.secret_subject(self.kept.id)


@dataclass(frozen=True)
class RefusedKey:
    """A key that Coze has refused: None for one that is deleted, and for the moment (UTC) where it takes it again."""

    kept: StoredSecret | None
    at: datetime | None


class KeptWatch:
    """What is known of it."""

    def __init__(self, db: Database, clock: Clock, secret_store: SecretStore) -> None:
        self._db, self._clock, self._secret_store = db, clock, secret_store

    async def look(self, row: Job) -> Outcome:
        """Job: ask Coze once, and again on the next day, whatever it says, as long as the thing is kept."""
        now = self._clock.now()
        async with self._db.read() as conn:
            found = await self._find(conn, row.team_id, row.subject.partition(":")[2])
        if found is None or found.is_over(now):
            return Done()
        error: CozeError | None = None
        try:
            await self._secret_store.ask(found.kept)
        except (Deleted, NotFound, Unopened):
            return Done()
        except CozeError as refused:
            error = refused
            log.info("a kept secret could not be used: %s", error, extra={"secret": found.kept.id})
        again = next_look(now, found.owner.tz if found.owner else FALLBACK_ZONE)
        says_nothing = error is not None and not is_dead(error)
        return Reschedule(again, None if says_nothing else on_commit(self._note, found.kept, error))

    async def heard(self, kept: StoredSecret, error: CozeError | None) -> None:
        """Coze has answered a call that was made with it. Raises nothing: the call's outcome stands, whatever becomes
        of this."""
        if kept.kind not in HANDED_OVER or (error is not None and not is_dead(error)):
            return
        try:
            async with self._db.read() as conn:
                found = await self._find(conn, kept.team_id, kept.id)
                is_news = found and (await self._refused_at(conn, found) is None) == (error is not None)
            if is_news:
                async with self._db.write(apart=True) as tx:
                    await self._note(tx, kept, error)
        except Exception as failure:
            self._db.log_failure(log, "what Coze says of a kept secret could not be noted", failure)

    async def refused_key(self, team_id: str, secret_id: str) -> RefusedKey:
        """A key that was refused, to draw it."""
        async with self._db.read() as conn:
            found = await self._find(conn, team_id, secret_id)
            return RefusedKey(found.kept, await self._refused_at(conn, found)) if found else RefusedKey(None, None)

    async def _note(self, tx: Tx, kept: StoredSecret, error: CozeError | None) -> None:
        """Coze takes it, or refuses it: written down where that is news, and told where it is refused."""
        now, found = self._clock.now(), await self._find(tx.conn, kept.team_id, kept.id)
        if found is None or found.is_over(now):
            return
        if found.credential:
            if not await credentials.refuse(tx, found.credential, now if error else None):
                return
            tx.invalidate(kept.team_id, kept.user_id, now)
        elif (await self._refused_at(tx.conn, found) is None) == (error is None):
            return
        await audit.note(tx, kept.team_id, now, None, REFUSES if error else TAKES, found.subject)
        await message.redraw(tx, kept.team_id, found.subject, now, planned=True)
        if error:
            kind = f"{REFUSED}{now:%y%m%d}"
            await message.show(tx, kept.team_id, found.subject, kept.user_id, kind, now, planned=True)

    async def _find(self, conn: Reading, team_id: str, secret_id: str) -> Watched | None:
        """None where it is not kept any more, or its token is gone."""
        try:
            kept = await store.load(conn, team_id, secret_id)
            mine = await credentials.load(conn, team_id, kept.credential_id) if kept.credential_id else None
        except NotFound:
            return None
        return Watched(kept, await people.load(conn, team_id, kept.user_id), mine)

    async def _refused_at(self, conn: Reading, found: Watched) -> datetime | None:
        if found.credential:
            return found.credential.refused_at
        return await audit.since_when(conn, found.kept.team_id, found.subject, REFUSES, TAKES)
