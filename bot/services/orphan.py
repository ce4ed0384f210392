"""Orphans: a reminder that its owner does not read goes to the backup person who has accepted, and to the admins'
channel where there is none or nobody takes it; to each once for each token.
"""

from bot.clock import Clock
from bot.core import backup as backup_rules
from bot.core.backup import BACKED, HELP, OFF, Backup, BackupState, Help, How, Standby
from bot.core.backup import TAKEN as BACKUP_TAKES
from bot.core.credential import WATCHED, Credential, CredentialState
from bot.core.errors import NotFound, WrongState
from bot.core.expiring import Ending
from bot.core.orphan import HANDED, KIND, LAST, TAKEN, Orphan, Reason
from bot.core.people import Person
from bot.core.ringing import LAST_DAY, PUT_OFF, Due, instead, is_silent, owner_of, taker_hears_at
from bot.store import audit, expiring, job, message, people
from bot.store import backup as backups
from bot.store import credential as store
from bot.store.database import Database, Reading, Tx
from bot.store.job import Job
from bot.store.message import Message

from .backup import Backups, help_of
from .credential import Credentials
from .job_runner import Done, Outcome, Reschedule, on_commit
from .people import must_be_admin
from .remind import Remind, key_in


class Orphans:
    """What `remind` would tell an owner whom nothing reaches is told to their backup person, or in `channel`."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        channel: str,
        remind: Remind,
        credentials: Credentials,
        named: Backups,
    ) -> None:
        self._db, self._clock, self._channel = db, clock, channel
        self._reminders, self._credentials, self._named = remind, credentials, named

    async def ring(self, row: Job) -> Outcome:
        """Job: a rung is due. Who is no member hears nothing: the admins do, once; and once where an owner was
        reminded and did nothing until the last day. Who takes care of it is reminded on the last day."""
        key = key_in(row.subject)
        async with self._db.read() as conn:
            credential = await store.load(conn, row.team_id, store.id_in(row.subject))
            reason = instead(credential, owner_of(await people.load(conn, row.team_id, credential.user_id)))
            taker = await self._taker(conn, credential) if reason else None
        if credential.state is not CredentialState.ACTIVE:
            return Done()
        now = self._clock.now()
        if taker and (moment := taker_hears_at(Due(credential, key, row.due_at), taker, now)):
            return Reschedule(moment) if moment > now else Done(on_commit(self._remind, credential, taker))
        if reason:
            return Done(on_commit(self._instead, credential, reason))
        outcome = await self._reminders.ring(row)
        if key != LAST_DAY or credential.stands_alone or not isinstance(outcome, Done) or outcome.save is None:
            return outcome
        ring = outcome.save
        silent = await self._is_silent(credential, key)

        async def save(tx: Tx) -> None:
            await ring(tx)
            if silent:
                await self._tell(tx, credential, Reason.SILENT)

        return Done(save)

    async def _taker(self, conn: Reading, credential: Credential) -> Standby | None:
        """Who takes care of it, unless they are no full member any more."""
        about = credential.team_id, store.subject(credential.id)
        taken = [await audit.last(conn, *about, action) for action in (TAKEN, BACKUP_TAKES)]
        last = max((each for each in taken if each), key=lambda each: each.at, default=None)
        who = await people.load(conn, credential.team_id, last.actor) if last and last.actor else None
        return backup_rules.standby(who)

    async def _remind(self, tx: Tx, credential: Credential, taker: Standby) -> None:
        about = credential.team_id, store.subject(credential.id)
        await message.show(tx, *about, taker.user_id, LAST, self._clock.now(), planned=True)

    async def _is_silent(self, credential: Credential, key: str) -> bool:
        async with self._db.read() as conn:
            [found] = await expiring.told(conn, credential.team_id, [Ending(credential)], but=LAST_DAY)
            put_off = await audit.is_noted(conn, credential.team_id, store.subject(credential.id), PUT_OFF)
        return is_silent(key, found.reminders, is_being_replaced=found.is_being_replaced, is_put_off=put_off)

    async def _instead(self, tx: Tx, credential: Credential, reason: Reason) -> None:
        now = self._clock.now()
        if now >= credential.ends_at and await store.move(tx, credential, CredentialState.EXPIRED):
            await message.redraw(tx, credential.team_id, store.subject(credential.id), now, planned=True)
        await self._tell(tx, credential, reason)

    async def _tell(self, tx: Tx, credential: Credential, reason: Reason) -> None:
        """The backup person, or the admins where there is none; whoever was told goes on from there."""
        team, subject = credential.team_id, store.subject(credential.id)
        for action in (HANDED, BACKED):
            if await audit.is_noted(tx.conn, team, subject, action):
                return
        backup = await backups.of(tx.conn, team, credential.id)
        if backup is None or backup.state is not BackupState.ACCEPTED:
            await self._hand(tx, credential, reason)
            return
        person = await people.load(tx.conn, team, backup.named)
        if (standby := backup_rules.standby(person)) is None:
            await self._hand(tx, credential, reason, backup.named, How.AWAY)
        else:
            await self._ask(tx, credential, reason, backup, standby)

    async def _ask(self, tx: Tx, credential: Credential, reason: Reason, backup: Backup, standby: Standby) -> None:
        """Ask the backup person to help, and look at the end of their working day whether they took it."""
        team, subject, now = credential.team_id, store.subject(credential.id), self._clock.now()
        _, until = standby.asked(now, credential.ends_at, self._credentials.timetable.is_worked)
        facts = {"why": reason.value, "backup": standby.user_id, "until": until.isoformat()}
        await audit.note(tx, team, now, None, BACKED, subject, **facts)
        about, kind = backups.subject(backup.id), f"{HELP}{credential.id}"
        await message.redraw(tx, team, about, now, planned=True)
        await message.show(tx, team, about, standby.user_id, kind, now, planned=True)
        await job.enqueue(tx, team, backups.JOB, subject, until)

    async def _hand(
        self, tx: Tx, credential: Credential, reason: Reason, backup: str = "", how: How | None = None
    ) -> None:
        """Tell the admins; `how` it came from the `backup` person to them, if there was one."""
        team, subject, now = credential.team_id, store.subject(credential.id), self._clock.now()
        if await audit.is_noted(tx.conn, team, subject, HANDED):
            return
        facts = {"backup": backup, "how": how.value} if how else {}
        await audit.note(tx, team, now, None, HANDED, subject, why=reason.value, **facts)
        await backups.redraw(tx, team, credential.id, now)
        await message.show(tx, team, subject, self._channel, KIND, now, planned=True)

    async def unanswered(self, row: Job) -> Outcome:
        """Job: whoever was asked to help with a token has had until now; unless they took it the admins are told."""
        team, now = row.team_id, self._clock.now()
        async with self._db.read() as conn:
            credential = await store.load(conn, team, store.id_in(row.subject))
            told = await audit.last(conn, team, row.subject, BACKED)
            asked = await help_of(conn, credential, told.detail["backup"]) if told else None
            backup = await backups.of(conn, team, credential.id)
        if told is None or asked is None or asked.handed or credential.state not in WATCHED:
            return Done()
        named = told.detail["backup"]
        is_theirs = backup is not None and (backup.named, backup.state) == (named, BackupState.ACCEPTED)
        if is_theirs and (asked.taken_by or now < asked.until):
            return Done() if asked.taken_by else Reschedule(asked.until)
        how = How.SILENT if is_theirs else How.AWAY
        return Done(on_commit(self._hand, credential, Reason(asked.why), named, how))

    async def back_up(self, who: Person, backup_id: int) -> None:
        """The backup person gets in touch with the owner. Raises NotFound, NotYours, WrongState."""
        async with self._db.write() as tx:
            credential, asked = await self._asked(tx, who, backup_id)
            if asked.taken_by:
                raise WrongState(BACKUP_TAKES)
            team, now = who.team_id, self._clock.now()
            await audit.note(tx, team, now, who.user_id, BACKUP_TAKES, store.subject(credential.id))
            await backups.redraw(tx, team, credential.id, now)

    async def pass_on(self, who: Person, backup_id: int) -> None:
        """The backup person gives it to the admins. Raises NotFound, NotYours, WrongState."""
        async with self._db.write() as tx:
            credential, asked = await self._asked(tx, who, backup_id)
            await self._hand(tx, credential, Reason(asked.why), who.user_id, How.PASSED)

    async def stop(self, who: Person, backup_id: int) -> None:
        """The backup person says that nobody needs it; its owner is told who did. Raises NotFound, NotYours,
        WrongState."""
        now = self._clock.now()
        async with self._db.write() as tx:
            credential, _ = await self._asked(tx, who, backup_id)
            await self._credentials.close_in(tx, credential, CredentialState.FORGOTTEN)
            subject = store.subject(credential.id)
            await audit.note(tx, who.team_id, now, who.user_id, "credential.forget", subject)
            about = backups.subject(backup_id)
            await message.show(tx, who.team_id, about, credential.user_id, f"{OFF}{credential.id}", now)

    async def _asked(self, tx: Tx, who: Person, backup_id: int) -> tuple[Credential, Help]:
        """The token with which somebody was asked to help, as long as that is open. Raises NotFound, NotYours,
        WrongState."""
        backup = await self._named.own(tx.conn, who, backup_id)
        credential = await store.hold(tx, who.team_id, backup.credential_id)
        asked = await help_of(tx.conn, credential, who.user_id)
        if asked is None:
            raise NotFound
        if asked.handed or backup.state is not BackupState.ACCEPTED:
            raise WrongState(HANDED if asked.handed else backup.state)
        if credential.state not in WATCHED:
            raise WrongState(credential.state)
        return credential, asked

    async def unreached(self, tx: Tx, copy: Message) -> None:
        """Slack does not deliver this copy to whom it is for: of a reminder the backup person or the admins hear, of
        what asks a backup person to help the admins, of the question whether they stand in its asker."""
        if copy.subject.startswith("backup:"):
            await self._unreached_backup(tx, copy)
            return
        if not copy.subject.startswith("credential:") or copy.kind == message.CARD:
            return
        for told, _ in await message.told_by(tx.conn, copy):
            credential = await store.load(tx.conn, copy.team_id, store.id_in(told.subject))
            if credential.state in WATCHED:
                await self._tell(tx, credential, Reason.REFUSED)

    async def _unreached_backup(self, tx: Tx, copy: Message) -> None:
        if copy.kind == message.CARD:
            await self._named.unreached(tx, copy)
        elif copy.kind[:1] == HELP:
            credential = await store.load(tx.conn, copy.team_id, int(copy.kind[1:]))
            asked = await help_of(tx.conn, credential, copy.recipient)
            if asked and credential.state in WATCHED:
                await self._hand(tx, credential, Reason(asked.why), copy.recipient, How.AWAY)

    async def find(self, copy: Message) -> Orphan:
        """Why the admins were told, and who took it. Raises NotFound."""
        async with self._db.read() as conn:
            told = await audit.last(conn, copy.team_id, copy.subject, HANDED)
            taken = await audit.last(conn, copy.team_id, copy.subject, TAKEN)
        if told is None:
            raise NotFound
        by, at = (taken.actor, taken.at) if taken else (None, None)
        how = How(told.detail["how"]) if "how" in told.detail else None
        return Orphan(Reason(told.detail["why"]), by, at, told.detail.get("backup"), how)

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
        credential = await store.hold(tx, by.team_id, credential_id)
        if not await audit.is_noted(tx.conn, by.team_id, store.subject(credential_id), HANDED):
            raise NotFound
        return credential
