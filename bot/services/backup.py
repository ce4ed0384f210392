"""Backup persons: the owner of a token names one, who accepts or declines; only who has accepted is asked to help."""

from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.core import backup as rules
from bot.core.backup import BACKED, HELP, OPEN, OWNER, TAKEN, Backup, BackupState, Help
from bot.core.credential import WATCHED, Credential
from bot.core.errors import InvalidFields, NotFound, NotYours, Problem, WrongState
from bot.core.orphan import HANDED
from bot.core.people import Person
from bot.store import audit, job, message
from bot.store import backup as store
from bot.store import credential as credentials
from bot.store.database import Database, Reading, Tx
from bot.store.message import Message


@dataclass(frozen=True)
class Naming:
    """A naming with its token, and what was asked of the backup person about that, if anything was."""

    backup: Backup
    credential: Credential
    help: Help | None

    @property
    def is_open(self) -> bool:
        """Whether the token is still watched, and nobody else was named."""
        return self.backup.state in OPEN and self.credential.state in WATCHED


class Backups:
    """The verbs of naming and answering."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def current(self, credential: Credential) -> Backup | None:
        """Whom its owner has named last."""
        async with self._db.read() as conn:
            return await store.of(conn, credential.team_id, credential.id)

    async def name(self, who: Person, credential_id: int, person: Person) -> None:
        """Ask this person, as of this minute; who was named before stands in no more.

        Raises InvalidFields, NotFound, NotYours, WrongState (the token is not watched any more, or somebody else was
        named just now).
        """
        now = self._clock.now()
        async with self._db.write() as tx:
            credential = await credentials.load(tx.conn, who.team_id, credential_id)
            if credential.user_id != who.user_id:
                raise NotYours
            if credential.state not in WATCHED:
                raise WrongState(credential.state)
            rules.check(person.user_id, who.user_id, person)
            old = await store.of(tx.conn, who.team_id, credential_id)
            if old and old.state in OPEN:
                if old.named == person.user_id:
                    raise InvalidFields([Problem(rules.QUESTION, "backup_named")])
                await store.move(tx, old, BackupState.CLOSED, now)
            backup_id = await store.add(tx, who.team_id, credential_id, who.user_id, person.user_id, now)
            if backup_id is None:
                raise WrongState(BackupState.ASKED)
            await audit.note(tx, who.team_id, now, who.user_id, "backup.name", store.subject(backup_id))
            for recipient, kind in ((person.user_id, message.CARD), (who.user_id, OWNER)):
                await message.show(tx, who.team_id, store.subject(backup_id), recipient, kind, now)

    async def answer(self, who: Person, backup_id: int, *, accepts: bool) -> None:
        """The named person accepts, declines, or can't any more. Raises NotFound, NotYours, WrongState."""
        now, state = self._clock.now(), BackupState.ACCEPTED if accepts else BackupState.DECLINED
        async with self._db.write() as tx:
            backup = await self.own(tx.conn, who, backup_id)
            credential = await credentials.load(tx.conn, who.team_id, backup.credential_id)
            if backup.state not in OPEN or backup.state is state or credential.state not in WATCHED:
                raise WrongState(backup.state)
            if not await store.move(tx, backup, state, now):
                raise WrongState(backup.state)
            await audit.note(tx, who.team_id, now, who.user_id, f"backup.{state}", store.subject(backup_id))
            if not accepts:
                await self._tell_owner(tx, backup, now)

    async def unreached(self, tx: Tx, copy: Message) -> None:
        """Slack does not deliver the question to whom it is for."""
        now, backup = self._clock.now(), await store.load(tx.conn, copy.team_id, _id_in(copy.subject))
        if backup.state is BackupState.ASKED and await store.move(tx, backup, BackupState.UNREACHED, now):
            await self._tell_owner(tx, backup, now)

    async def find(self, copy: Message) -> Naming:
        """What a message is about: the token that it names, or the one that the naming stands for now. Raises
        NotFound."""
        async with self._db.read() as conn:
            backup = await store.load(conn, copy.team_id, _id_in(copy.subject))
            about = int(copy.kind[1:]) if copy.kind[:1] == HELP else backup.credential_id
            credential = await credentials.load(conn, copy.team_id, about)
            return Naming(backup, credential, await help_of(conn, credential, backup.named))

    async def own(self, conn: Reading, who: Person, backup_id: int) -> Backup:
        """The naming of this person. Raises NotFound, NotYours."""
        backup = await store.load(conn, who.team_id, backup_id)
        if backup.named != who.user_id:
            raise NotYours
        return backup

    async def _tell_owner(self, tx: Tx, backup: Backup, now: datetime) -> None:
        """The owner has to know that nobody stands in; what was asked of the person goes on to the admins."""
        await message.move(tx, backup.team_id, store.subject(backup.id), backup.user_id, OWNER, now)
        await job.enqueue(tx, backup.team_id, store.JOB, credentials.subject(backup.credential_id), now)


async def help_of(conn: Reading, credential: Credential, named: str) -> Help | None:
    """What was asked of this person about a token; None where nothing was."""
    about = credential.team_id, credentials.subject(credential.id)
    told = await audit.last(conn, *about, BACKED)
    if told is None or told.detail.get("backup") != named:
        return None
    taken, handed = await audit.last(conn, *about, TAKEN), await audit.is_noted(conn, *about, HANDED)
    by, at = (taken.actor, taken.at) if taken else (None, None)
    return Help(told.detail["why"], datetime.fromisoformat(told.detail["until"]), by, at, handed)


def _id_in(subject: str) -> int:
    number = subject.partition(":")[2]
    if not number.isdigit():
        raise NotFound
    return int(number)
