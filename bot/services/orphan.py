"""Orphans: a reminder that its owner does not read goes to the admins' channel, once for each token."""

from bot.clock import Clock
from bot.core.credential import WATCHED, Credential, CredentialState
from bot.core.errors import NotFound, WrongState
from bot.core.expiring import Ending
from bot.core.orphan import HANDED, KIND, Orphan, Reason
from bot.core.people import Person
from bot.core.remind import SNOOZED
from bot.core.ringing import LAST_DAY, instead, is_silent, owner_of
from bot.store import audit, expiring, job, message, people
from bot.store import credential as store
from bot.store.database import Database, Tx
from bot.store.job import Job
from bot.store.message import Message

from .credential import Credentials
from .job_runner import Done, Outcome, on_commit
from .people import must_be_admin
from .remind import Remind, key_in

TAKEN = "remind.take"
"""How audit names that one of the admins takes care of it."""


class Orphans:
    """What `remind` would tell an owner whom nothing reaches is told in `channel`."""

    def __init__(self, db: Database, clock: Clock, channel: str, remind: Remind, credentials: Credentials) -> None:
        self._db, self._clock, self._channel = db, clock, channel
        self._remind, self._credentials = remind, credentials

    async def ring(self, row: Job) -> Outcome:
        """Job: a rung is due. Who is no member hears nothing: the admins do, once; and once where an owner was
        reminded and did nothing until the last day."""
        key = key_in(row.subject)
        async with self._db.read() as conn:
            credential = await store.load(conn, row.team_id, store.id_in(row.subject))
            reason = instead(credential, owner_of(await people.load(conn, row.team_id, credential.user_id)))
        if credential.state is not CredentialState.ACTIVE:
            return Done()
        if reason:
            return Done(on_commit(self._instead, credential, reason))
        outcome = await self._remind.ring(row)
        if key != LAST_DAY or credential.is_operators or not isinstance(outcome, Done) or outcome.save is None:
            return outcome
        ring = outcome.save
        silent = await self._is_silent(credential, key)

        async def save(tx: Tx) -> None:
            await ring(tx)
            if silent:
                await self._tell(tx, credential, Reason.SILENT)

        return Done(save)

    async def _is_silent(self, credential: Credential, key: str) -> bool:
        async with self._db.read() as conn:
            [found] = await expiring.told(conn, credential.team_id, [Ending(credential)], but=LAST_DAY)
            later = f"{store.subject(credential.id)}:{SNOOZED}"
            put_off = await job.was_wanted(conn, credential.team_id, "remind", later)
        return is_silent(key, found.reminders, is_being_replaced=found.is_being_replaced, is_put_off=put_off)

    async def _instead(self, tx: Tx, credential: Credential, reason: Reason) -> None:
        now = self._clock.now()
        if now >= credential.ends_at and await store.move(tx, credential, CredentialState.EXPIRED):
            await message.redraw(tx, credential.team_id, store.subject(credential.id), now, planned=True)
        await self._tell(tx, credential, reason)

    async def _tell(self, tx: Tx, credential: Credential, reason: Reason) -> None:
        team, subject, now = credential.team_id, store.subject(credential.id), self._clock.now()
        if await audit.is_noted(tx.conn, team, subject, HANDED):
            return
        await audit.note(tx, team, now, None, HANDED, subject, why=reason.value)
        await message.show(tx, team, subject, self._channel, KIND, now, planned=True)

    async def unreached(self, tx: Tx, copy: Message) -> None:
        """Slack does not deliver this copy to whom it is for: of a reminder the admins hear."""
        if not copy.subject.startswith("credential:") or copy.kind == message.CARD:
            return
        for told, _ in await message.told_by(tx.conn, copy):
            credential = await store.load(tx.conn, copy.team_id, store.id_in(told.subject))
            if credential.state in WATCHED:
                await self._tell(tx, credential, Reason.REFUSED)

    async def find(self, copy: Message) -> Orphan:
        """Why the admins were told, and who took it. Raises NotFound."""
        async with self._db.read() as conn:
            told = await audit.last(conn, copy.team_id, copy.subject, HANDED)
            taken = await audit.last(conn, copy.team_id, copy.subject, TAKEN)
        if told is None:
            raise NotFound
        whom = (taken.actor, taken.at) if taken else (None, None)
        return Orphan(Reason(told.detail["why"]), *whom)

    async def take(self, by: Person, credential_id: int) -> None:
        """An admin takes care of it. Raises NotAdmin, Unreachable, NotFound, WrongState (another one does)."""
        must_be_admin(by)
        subject, now = store.subject(credential_id), self._clock.now()
        async with self._db.write() as tx:
            await self._handed(tx, by, credential_id)
            if await audit.is_noted(tx.conn, by.team_id, subject, TAKEN):
                raise WrongState(TAKEN)
            await audit.note(tx, by.team_id, now, by.user_id, TAKEN, subject)
            await message.redraw(tx, by.team_id, subject, now)

    async def drop(self, by: Person, credential_id: int) -> None:
        """An admin says that nobody needs it. Raises NotAdmin, Unreachable, NotFound, WrongState."""
        must_be_admin(by)
        async with self._db.write() as tx:
            credential = await self._handed(tx, by, credential_id)
            await self._credentials.close_in(tx, credential, CredentialState.FORGOTTEN)
            subject = store.subject(credential_id)
            await audit.note(tx, by.team_id, self._clock.now(), by.user_id, "credential.forget", subject)

    async def _handed(self, tx: Tx, by: Person, credential_id: int) -> Credential:
        """A token that the admins were told of: of no other one they decide. Raises NotFound."""
        credential = await store.load(tx.conn, by.team_id, credential_id)
        if not await audit.is_noted(tx.conn, by.team_id, store.subject(credential_id), HANDED):
            raise NotFound
        return credential
