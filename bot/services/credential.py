"""Credential: record a token's name and end date, watch it, and let it go."""

from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.core import remind as ladder_rules
from bot.core.credential import OUTGROWN, WATCHED, Credential, CredentialState, Record, check_name, line_of, renewals
from bot.core.errors import NotFound, NotYours, WrongState
from bot.core.people import Person
from bot.core.remind import SNOOZED, Quiet, Rung, Timetable, heard, quiet_of
from bot.core.ringing import PUT_OFF
from bot.store import audit, backup, job, message, people, secret_store
from bot.store import credential as store
from bot.store import guide as guides
from bot.store.database import Database, Reading, Tx
from bot.store.message import Message

from .erasure import carry, drop
from .remind import Reminders

OFFERED, STAYED = "credential.outgrow", "credential.stay"
"""What is noted of a token: that its receipt shows the ways that need no renewal, and that they were declined."""


@dataclass(frozen=True)
class Told:
    """A token in a reminder: by which rung, `key`, and whether nothing newer tells of it. `quiet_until` (UTC) is when
    it rings again that its owner put off, whose quiet hours are `quiet`.
    """

    credential: Credential
    key: str
    quiet: Quiet | None
    quiet_until: datetime | None
    current: bool

    @property
    def is_open(self) -> bool:
        """Whether something can be done about it here."""
        return self.current and self.credential.state in WATCHED


class Credentials:
    """The verbs about tokens. What is recorded is never the token."""

    def __init__(self, db: Database, clock: Clock, reminders: Reminders) -> None:
        self._db, self._clock, self._reminders = db, clock, reminders

    async def load(self, who: Person, credential_id: int) -> Credential:
        """The person's own token. Raises NotFound, also for a key, and NotYours."""
        async with self._db.read() as conn:
            return await store.load_own(conn, who.team_id, who.user_id, credential_id)

    async def told_by(self, copy: Message) -> list[Told]:
        """Which tokens this reminder is about, the earliest end first. Raises NotFound, if there is none any more."""
        found = []
        async with self._db.read() as conn:
            for each, current in await message.told_by(conn, copy):
                row_id = store.id_in(each.subject)
                credential, quiet, until = await store.load_put_off(conn, copy.team_id, row_id, SNOOZED)
                found.append(Told(credential, each.kind, quiet_of(quiet), until, current=current))
        return sorted(found, key=lambda each: (each.credential.ends_at, each.credential.id))

    async def find(self, team_id: str, credential_id: int) -> Credential:
        """Anybody's credential, to draw it. Raises NotFound."""
        async with self._db.read() as conn:
            return await store.load(conn, team_id, credential_id)

    async def successor(self, credential: Credential) -> Credential | None:
        """What took its place; None where nothing has."""
        new_id = credential.superseded_by
        return await self.find(credential.team_id, new_id) if new_id else None

    @property
    def timetable(self) -> Timetable:
        """When reminders come."""
        return self._reminders.timetable

    def rungs(self, credential: Credential, tz: str, quiet: Quiet | None) -> list[Rung]:
        """All that the ladder says of a token, what has rung too, with a person in this zone with these hours."""
        return self._reminders.rungs(credential, tz, quiet)

    async def with_quiet_hours(self, team_id: str, credential_id: int) -> tuple[Credential, Quiet | None]:
        """The same, with the quiet hours of its owner. Raises NotFound."""
        async with self._db.read() as conn:
            credential, quiet = await store.load_quiet(conn, team_id, credential_id)
        return credential, quiet_of(quiet)

    async def watched(self, who: Person) -> list[Credential]:
        """The person's tokens that are neither replaced nor forgotten, the first to end first."""
        async with self._db.read() as conn:
            return await store.watched(conn, who.team_id, who.user_id)

    async def record(self, who: Person, record: Record, replaces: int | None, *, corrects: bool = False) -> int:
        """Watch a token from now on; its reminders stand when this returns. A renewed one takes the old one's place,
        or `corrects` what was wrong about it: then what is stored of it stays.

        Raises InvalidFields (another token of theirs has this name), NotFound, NotYours, WrongState (the old one was
        replaced meanwhile).
        """
        now = self._clock.now()
        async with self._db.write() as tx:
            credential_id = await self.record_in(tx, who, record, replaces, corrects=corrects)
            await message.show(tx, who.team_id, store.subject(credential_id), who.user_id, message.CARD, now)
            if replaces:
                await guides.renewed(tx, who.team_id, who.user_id, replaces, now)
        return credential_id

    async def record_in(
        self, tx: Tx, who: Person, record: Record, replaces: int | None, *, corrects: bool = False
    ) -> int:
        """The same in somebody's transaction, which tells of it: no receipt is posted.

        Raises InvalidFields, NotFound, NotYours, WrongState.
        """
        now = self._clock.now()
        credential_id = await store.add(tx, who.team_id, who.user_id, record, now)
        subject = store.subject(credential_id)
        tx.invalidate(who.team_id, who.user_id, now)
        credential = await store.load(tx.conn, who.team_id, credential_id)
        await self._check_name(tx, credential, replaces)
        await self._reminders.plan(tx, credential, who.tz, quiet_of(who.quiet))
        await audit.note(tx, who.team_id, now, who.user_id, "credential.record", subject)
        if replaces:
            await self._supersede(tx, who, replaces, credential, corrects=corrects)
            await self._outgrow(tx, credential)
        return credential_id

    async def _check_name(self, tx: Tx, credential: Credential, replaces: int | None) -> None:
        """Whether no other one that is watched has its name; what it replaces may have it. Raises InvalidFields."""
        await people.hold(tx, credential.team_id, credential.user_id)  # of two forms one sees what the other wrote
        found = {each.id: each for each in await store.all_watched(tx.conn, credential.team_id, credential.user_id)}
        if not credential.is_operators and (replaces is None or replaces in found):
            check_name(credential.name, [each for each in found.values() if each.id not in (credential.id, replaces)])

    async def _outgrow(self, tx: Tx, credential: Credential) -> None:
        """Renewed so often, and never asked before: its receipt tells of the ways that need no renewal."""
        line = await self._line(tx.conn, credential)
        if credential.stands_alone or renewals(line) < OUTGROWN:
            return
        team = credential.team_id
        if not [each for each in line if await audit.is_noted(tx.conn, team, store.subject(each.id), OFFERED)]:
            await audit.note(tx, team, self._clock.now(), None, OFFERED, store.subject(credential.id))

    async def _line(self, conn: Reading, credential: Credential) -> list[Credential]:
        return line_of(await store.owned(conn, credential.team_id, credential.user_id), credential.id)

    async def renewals(self, credential: Credential) -> int:
        """How often this token has been renewed, by what was recorded."""
        async with self._db.read() as conn:
            return renewals(await self._line(conn, credential))

    async def is_outgrown(self, credential: Credential) -> bool:
        """Whether its receipt shows the ways that need no renewal: until they are declined."""
        async with self._db.read() as conn:
            return await self._is_outgrown(conn, credential)

    async def _is_outgrown(self, conn: Reading, credential: Credential) -> bool:
        about = credential.team_id, store.subject(credential.id)
        return await audit.is_noted(conn, *about, OFFERED) and not await audit.is_noted(conn, *about, STAYED)

    async def show_outgrown(self, tx: Tx, team_id: str, credential_id: int) -> None:
        """What recorded the token has come to its end, without a receipt: where that has something to ask, it comes
        now. Raises NotFound."""
        credential = await store.load(tx.conn, team_id, credential_id)
        if credential.state is not CredentialState.ACTIVE or not await self._is_outgrown(tx.conn, credential):
            return
        to = team_id, store.subject(credential_id), credential.user_id
        if not await message.last_told(tx.conn, team_id, credential.user_id, [to[1]]):  # a reminder asks for more
            await message.show(tx, *to, message.CARD, self._clock.now())

    async def stay(self, who: Person, credential_id: int) -> None:
        """The ways that need no renewal are declined, for good. Raises NotFound, NotYours, WrongState."""
        now = self._clock.now()
        async with self._db.write() as tx:
            credential = _own(who, await store.load(tx.conn, who.team_id, credential_id))
            if credential.state not in WATCHED:
                raise WrongState(credential.state)
            subject = store.subject(credential_id)
            if not await audit.is_noted(tx.conn, who.team_id, subject, STAYED):
                await audit.note(tx, who.team_id, now, who.user_id, STAYED, subject)
            await message.redraw(tx, who.team_id, subject, now)

    async def snooze(self, who: Person, *credential_ids: int) -> None:
        """Remind of these again tomorrow morning; what has ended or was replaced meanwhile is left out.

        Raises NotFound, NotYours, WrongState (all have).
        """
        now = self._clock.now()
        async with self._db.write() as tx:
            found = [_own(who, await store.load(tx.conn, who.team_id, each)) for each in sorted(set(credential_ids))]
            wanted = ladder_rules.tomorrow(now, who.tz)
            moments = {each: heard(wanted, each.ends_at, who.tz, quiet_of(who.quiet)) for each in found}
            open_ = [each for each in found if each.state is CredentialState.ACTIVE]
            if not (later := [each for each in open_ if now < moments[each] < each.ends_at]):
                raise WrongState(found[0].state)
            for each in later:
                await self._reminders.ring_at(tx, each, Rung(f"{SNOOZED}{moments[each]:%y%m%d}", moments[each]))
                await audit.note(tx, who.team_id, now, who.user_id, PUT_OFF, store.subject(each.id))
                await message.redraw(tx, who.team_id, store.subject(each.id), now)

    async def forget(self, who: Person, credential_id: int) -> Credential:
        """No more reminders for this one. Raises NotFound, NotYours, WrongState."""
        async with self._db.write() as tx:
            credential = _own(who, await store.load(tx.conn, who.team_id, credential_id))
            await self._close(tx, credential, CredentialState.FORGOTTEN, None)
            now = self._clock.now()
            await audit.note(tx, who.team_id, now, who.user_id, "credential.forget", store.subject(credential_id))
        return credential

    async def forget_all(self, who: Person) -> int:
        """No more reminders at all; for how many tokens there were some."""
        async with self._db.write() as tx:
            found = await store.all_watched(tx.conn, who.team_id, who.user_id)
            for credential in found:
                await self._close(tx, credential, CredentialState.FORGOTTEN, None)
                subject = store.subject(credential.id)
                await audit.note(tx, who.team_id, self._clock.now(), who.user_id, "credential.forget", subject)
        return len(found)

    async def _supersede(self, tx: Tx, who: Person, old_id: int, new: Credential, *, corrects: bool) -> None:
        old = _own(who, await store.load(tx.conn, who.team_id, old_id))
        if old.kind is not new.kind:
            raise NotFound
        if corrects:
            for kept in await secret_store.listed(tx.conn, old.team_id, credential_id=old.id):
                await carry(tx, kept, new, self._clock)
        await self._close(tx, old, CredentialState.SUPERSEDED, new.id)

    async def close_in(self, tx: Tx, credential: Credential, state: CredentialState) -> None:
        """No more reminders for this one, in somebody's transaction. Raises WrongState."""
        await self._close(tx, credential, state, None)

    async def _close(self, tx: Tx, credential: Credential, state: CredentialState, superseded_by: int | None) -> None:
        if credential.state not in WATCHED or not await store.move(tx, credential, state, superseded_by):
            raise WrongState(credential.state)
        for kept in await secret_store.listed(tx.conn, credential.team_id, credential_id=credential.id):
            await drop(tx, kept, self._clock, credential.user_id, "replaced")
        subject = store.subject(credential.id)
        tx.invalidate(credential.team_id, credential.user_id, self._clock.now())
        await job.cancel_all(tx, credential.team_id, "remind", f"{subject}:")
        await message.redraw(tx, credential.team_id, subject, self._clock.now())
        await backup.redraw(tx, credential.team_id, credential.id, self._clock.now())
        if superseded_by:
            await backup.carry(tx, credential.team_id, credential.id, superseded_by)


def _own(who: Person, credential: Credential) -> Credential:
    if credential.user_id != who.user_id:
        raise NotYours
    return credential
