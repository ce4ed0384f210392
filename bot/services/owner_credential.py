"""The bot's own credential on Coze: its end is asked for and admins are reminded of it, as members are of theirs.
That Coze refuses it is told at once, once; the message changes when it works again.
"""

import logging
from datetime import datetime, timedelta
from math import inf

from bot.clock import Clock
from bot.core import credential as rules
from bot.core.credential import LONGEST, PERSONAL, Credential, CredentialState, Lifetime, Record
from bot.core.errors import InvalidFields, Problem
from bot.core.owner import NEVER_ENDS, OwnerCredential
from bot.core.people import Person, Standing
from bot.core.ringing import FALLBACK_ZONE
from bot.coze.errors import CozeError, InvalidToken, NotAuthorised, WrongAssertion
from bot.store import audit, message
from bot.store import credential as credentials
from bot.store import owner as store
from bot.store.database import Database, Tx

from .credential import Credentials
from .people import NEVER
from .preflight_checks import Configured

log = logging.getLogger(__name__)

UNSIGNED = frozenset({"unknown_kid", "signature", "audience", "wrong_app"})
"""How an assertion is wrong whatever time it is."""


def is_dead(error: CozeError) -> bool:
    """Whether Coze has said that the credential opens nothing (any more)."""
    if isinstance(error, WrongAssertion):
        return error.kind in UNSIGNED
    return isinstance(error, InvalidToken | NotAuthorised)


class OwnerWatch:
    """Watches the credential that is set. `ends` is what the settings say of its end, "" for nothing."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        team_id: str,
        configured: Configured,
        reminders: Credentials,
        ends: str,
    ) -> None:
        self._db, self._clock, self._team, self._configured = db, clock, team_id, configured
        self._reminders, self._ends = reminders, ends
        channel = configured.admin_channel
        self._channel = Person(team_id, channel, channel, "", FALLBACK_ZONE, Standing.BOT, admin=False, seen_at=NEVER)

    async def plan(self, tx: Tx) -> None:
        """A process has started: a value never seen is a new credential, and takes the place of the one before."""
        if not self._configured.owner:
            return
        now = self._clock.now()
        mine = await store.known(tx, self._team, self._configured.owner, now)
        before = await store.others(tx.conn, self._team, mine.id)
        for old in before:
            await self._give_up(tx, old, now)
        if mine.replaced_at:  # a value that was set before is set again
            await store.save(tx, mine.id, replaced_at=None, credential_id=None, is_permanent=False)
        if self._ends and not self._configured.is_app:
            await self._as_set(tx, mine, before)

    async def of(self) -> tuple[OwnerCredential | None, Credential | None]:
        """What is known of the one that is set, and the row by which its end is watched."""
        async with self._db.read() as conn:
            mine = await store.find(conn, self._team, self._configured.owner) if self._configured.owner else None
            watched = mine and mine.credential_id
            return mine, await credentials.load(conn, self._team, watched) if watched else None

    async def end(self) -> float | None:
        """When it ends, in seconds since 1970; infinity for one without an end, None while nobody has said."""
        if self._configured.owner and self._configured.is_app:
            return inf
        mine, watched = await self.of()
        if mine and mine.is_permanent:
            return inf
        return watched.ends_at.timestamp() if watched and watched.ends_at else None

    async def is_refused(self) -> bool:
        """Whether Coze took it no more when it was used last."""
        mine, _ = await self.of()
        return bool(mine and mine.dead_at)

    @property
    def setting(self) -> str:
        """The setting that holds it."""
        return self._configured.credential

    async def find(self, row_id: int) -> OwnerCredential:
        """One value that is or was set. Raises NotFound."""
        async with self._db.read() as conn:
            return await store.load(conn, self._team, row_id)

    async def tell(self, who: Person, until: str | None, *, is_permanent: bool) -> None:
        """An admin says when it ends: a date in their zone, or never. Raises InvalidFields."""
        ends_at = None if is_permanent else read_end(until, who.tz, self._clock.now())
        async with self._db.write() as tx:
            mine = await store.known(tx, self._team, self._configured.owner, self._clock.now())
            await self._watch(tx, mine, ends_at)
            detail = {"ends": ends_at.isoformat() if ends_at else NEVER_ENDS}
            subject = store.subject(mine.id)
            await audit.note(tx, self._team, self._clock.now(), who.user_id, "owner.ends", subject, **detail)

    async def heard(self, error: CozeError | None) -> None:
        """Coze has answered a call of the credential: it took it, or said what was wrong. Raises nothing: the call's
        outcome stands, whatever becomes of this.
        """
        if error is not None and not is_dead(error):
            return
        try:
            await self._heard(error)
        except Exception as error:
            self._db.log_failure(log, "what Coze says of the credential could not be kept", error)

    async def _heard(self, error: CozeError | None) -> None:
        async with self._db.read() as conn:
            mine = await store.find(conn, self._team, self._configured.owner)
        if mine is None or mine.replaced_at or (mine.dead_at is None) == (error is None):
            return
        now = self._clock.now()
        async with self._db.write() as tx:
            if error is None:
                await self._revived(tx, mine, now)
            elif await store.died(tx, mine.id, now):
                log.error("%s: Coze refuses it: %s", self._configured.credential, error)
                kind, subject = f"d{now:%y%m%d%H%M%S}", store.subject(mine.id)
                await message.redraw(tx, self._team, subject, now)
                await message.show(tx, self._team, subject, self._configured.admin_channel, kind, now)
                await audit.note(tx, self._team, now, None, "owner.dead", subject)

    async def _revived(self, tx: Tx, mine: OwnerCredential, now: datetime) -> None:
        if await store.revived(tx, mine.id):
            log.warning("%s: Coze takes it again", self._configured.credential)
            await message.redraw(tx, self._team, store.subject(mine.id), now)

    async def _as_set(self, tx: Tx, mine: OwnerCredential, before: list[OwnerCredential]) -> None:
        """What the settings say of its end, unless that is known, or was left there from the value before."""
        ends_at = None
        if self._ends != NEVER_ENDS:
            ends_at = rules.end(Lifetime.DATE, self._ends, self._clock.now(), FALLBACK_ZONE)
        watched = await self._load(tx, mine.credential_id)
        stale = [old for old in [await self._load(tx, each.credential_id) for each in before] if old]
        if ends_at and any(old.ends_at == ends_at for old in stale):
            log.warning("COZE_OWNER_TOKEN_ENDS is the end of the token before: say when the new one ends")
            return
        if ends_at and ends_at <= self._clock.now():
            log.warning("COZE_OWNER_TOKEN_ENDS has passed: say when the token ends")
            return
        if mine.is_permanent != (ends_at is None) or (watched and watched.ends_at != ends_at) or not watched:
            await self._watch(tx, mine, ends_at)

    async def _watch(self, tx: Tx, mine: OwnerCredential, ends_at: datetime | None) -> None:
        """Remind the admins of this end instead of any other. When the token was made nobody has said: it gets the
        whole ladder."""
        now, row_id = self._clock.now(), None
        if ends_at:
            made = min(now, ends_at - PERSONAL)
            record = Record(self._configured.credential, made, ends_at, None)
            old = await self._load(tx, mine.credential_id)
            replaces = old.id if old and old.state in rules.WATCHED else None
            row_id = await self._reminders.record_in(tx, self._channel, record, replaces)
        else:
            await self._unwatch(tx, mine)
        await store.save(tx, mine.id, credential_id=row_id, is_permanent=ends_at is None)
        tx.invalidate(self._team, "", now)

    async def _give_up(self, tx: Tx, old: OwnerCredential, now: datetime) -> None:
        await self._unwatch(tx, old)
        await store.save(tx, old.id, replaced_at=now)
        await message.redraw(tx, self._team, store.subject(old.id), now)
        tx.invalidate(self._team, "", now)

    async def _unwatch(self, tx: Tx, row: OwnerCredential) -> None:
        watched = await self._load(tx, row.credential_id)
        if watched and watched.state in rules.WATCHED:
            await self._reminders.close_in(tx, watched, CredentialState.SUPERSEDED)

    async def _load(self, tx: Tx, credential_id: int | None) -> Credential | None:
        return await credentials.load(tx.conn, self._team, credential_id) if credential_id else None


def read_end(until: str | None, tz: str, now: datetime) -> datetime:
    """The end of that day in the zone `tz`, UTC. Raises InvalidFields where none is named, or none that can be."""
    try:
        ends_at = rules.end(Lifetime.DATE, until, now, tz)
    except InvalidFields as error:
        raise InvalidFields([Problem("owner.until", each.code) for each in error.problems]) from None
    if ends_at <= now:
        raise InvalidFields([Problem("owner.until", "past")])
    if ends_at - now > LONGEST + timedelta(days=1):
        raise InvalidFields([Problem("owner.until", "too_far")])
    return ends_at
