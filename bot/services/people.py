"""People: who somebody is, as fresh as the matter needs, and the first words to whoever is new."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

from bot.clock import Clock, utc_now
from bot.core.errors import NotAdmin, Unreachable
from bot.core.people import Person, Standing
from bot.core.remind import OFF, USUAL, Quiet, quiet_of
from bot.services.job_runner import Done, Outcome, on_commit
from bot.services.remind import Reminders
from bot.store import audit, backup, job, message
from bot.store import people as store
from bot.store.database import Database, Tx
from bot.store.job import Job
from bot.texts.catalogue import Language, preferred
from bot.texts.labels import Renamed
from bot.texts.locale import Locale

NEVER = datetime.fromtimestamp(0, UTC)
UNKNOWN_ZONE = "Asia/Shanghai"

Lookup = Callable[[str], Awaitable[Person]]
"""Asks Slack about a user id: standing, language, zone, authority. Raises Unreachable, SlackRefused."""


class People:
    """Knows people by what Slack said last, and asks again when told to."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        team_id: str,
        lookup: Lookup,
        default: Language,
        reminders: Reminders,
        renamed: Callable[[], Renamed] = tuple,
    ) -> None:
        self._db, self._clock, self.team_id, self._lookup, self.default = db, clock, team_id, lookup, default
        self._reminders, self._renamed = reminders, renamed

    async def known(self, user_id: str) -> Person | None:
        """The person as last seen; asks nobody."""
        async with self._db.read() as conn:
            return await store.load(conn, self.team_id, user_id)

    def locale(self, person: Person) -> Locale:
        """In which language and zone to write to the person."""
        return locale_of(person, self.default, self._renamed())

    def common_locale(self) -> Locale:
        """The same where many read it, or somebody who isn't known."""
        return Locale(self.default, UNKNOWN_ZONE, self._renamed())

    def unmet(self, user_id: str) -> Person:
        """Somebody we never met. Nothing may be decided by it: it is never fresh, and no member."""
        who = (self.team_id, user_id, user_id, "", UNKNOWN_ZONE, Standing.STRANGER)
        return Person(*who, admin=False, seen_at=NEVER)

    async def refresh(self, user_id: str) -> Person:
        """Ask Slack and remember. Raises Unreachable, SlackRefused."""
        return await self.remember(await self._lookup(user_id))

    async def remember(self, person: Person) -> Person:
        """Keep what Slack says now; the language that the person chose stays."""
        async with self._db.write(apart=True) as tx:
            await self._save(tx, person)
        return await self.known(person.user_id) or person

    async def changed(self, tx: Tx, person: Person) -> None:
        """Keep what an event says of somebody, in the transaction that remembers it: all but their authority."""
        await self._save(tx, replace(person, seen_at=NEVER), authority=False)

    async def _save(self, tx: Tx, person: Person, *, authority: bool = True) -> None:
        """What is planned in the person's mornings goes where they go."""
        before = await store.load(tx.conn, person.team_id, person.user_id)
        await store.save(tx, person, authority=authority)
        if authority:
            await self._note_authority(tx, before, person)
        if before and before.tz != person.tz:
            quiet = quiet_of(before.quiet)
            await self._reminders.follow(tx, person.team_id, person.user_id, person.tz, quiet, planned=True)
        await self._left(tx, person)

    async def doubted(self, tx: Tx, user_id: str) -> None:
        """An event may have changed who somebody is, and does not say to what: nothing is decided before Slack was
        asked."""
        await store.seen(tx, self.team_id, user_id, NEVER)

    async def authorise(self, person: Person) -> None:
        """Keep what Slack says about being an admin."""
        async with self._db.write(apart=True) as tx:
            before = await store.load(tx.conn, person.team_id, person.user_id)
            await store.authorise(tx, person)
            await self._note_authority(tx, before, person)

    async def _note_authority(self, tx: Tx, before: Person | None, now: Person) -> None:
        """Who may decide from now on, or no more, as Slack and the settings say."""
        had = (before.admin, before.deputy) if before else (False, False)
        if had != (now.admin, now.deputy):
            about, detail = f"person:{now.user_id}", {"admin": now.admin, "deputy": now.deputy}
            await audit.note(tx, now.team_id, self._clock.now(), None, "person.authority", about, **detail)

    async def _left(self, tx: Tx, person: Person) -> None:
        """Who is no member any more keeps nothing here: that is a job, so that no crash loses it."""
        if person.standing is not Standing.MEMBER:
            await job.enqueue(tx, person.team_id, "gone", person.user_id, self._clock.now())
            await backup.left(tx, person.team_id, person.user_id, self._clock.now())

    async def choose(self, person: Person, language: Language | None) -> Person:
        """The person chose a language; None means: as Slack says."""
        async with self._db.write() as tx:
            await self._choose(tx, person, language)
        return replace(person, chosen=language)

    async def prefer(self, person: Person, language: Language | None, quiet: Quiet | None) -> None:
        """The person chose a language, and in which hours they want no reminders: both are kept, or neither. What is
        planned for them follows."""
        async with self._db.write() as tx:
            if language != person.chosen:
                await self._choose(tx, person, language)
            if quiet != quiet_of(person.quiet):
                stored = OFF if quiet is None else str(quiet)
                await self._note_choice(tx, person, quiet=stored)
                await store.quieten(tx, person.team_id, person.user_id, None if quiet == USUAL else stored)
                await self._reminders.follow(tx, person.team_id, person.user_id, person.tz, quiet)

    async def _choose(self, tx: Tx, person: Person, language: Language | None) -> None:
        await self._note_choice(tx, person, language=language or "")
        await store.choose(tx, person.team_id, person.user_id, language)
        tx.invalidate(person.team_id, person.user_id, self._clock.now())
        await message.redraw(tx, person.team_id, message.hello(person.user_id), self._clock.now())
        await message.translate(tx, person.team_id, person.user_id, self._clock.now())

    async def _note_choice(self, tx: Tx, person: Person, **chosen: str) -> None:
        about = f"person:{person.user_id}"
        await audit.note(tx, person.team_id, self._clock.now(), person.user_id, "person.choose", about, **chosen)


def locale_of(person: Person, default: Language, renamed: Renamed = ()) -> Locale:
    """In which language and zone to write to the person; `default` is the operator's language."""
    return Locale(preferred(person.chosen, person.locale, default), person.tz, renamed)


def must_be_admin(person: Person) -> None:
    """Only today's admins see this. Raises NotAdmin; Unreachable where nobody has asked Slack this minute."""
    if not person.may_decide():
        raise NotAdmin
    if not person.fresh(utc_now()):
        raise Unreachable


class Greeting:
    """Greets full members only. With `wanted` off nobody is greeted before they come by themselves."""

    def __init__(self, clock: Clock, people: People, *, wanted: bool) -> None:
        self._clock, self._people, self._wanted = clock, people, wanted

    async def arrived(self, tx: Tx, user_id: str) -> None:
        """Somebody has joined the workspace. Asks nobody: who they are is looked up when it is done.

        Who is known has been here before, or came to the bot sooner than Slack told of them.
        """
        team_id = self._people.team_id
        if self._wanted and await store.load(tx.conn, team_id, user_id) is None:
            await job.enqueue(tx, team_id, "greet", user_id, self._clock.now())

    async def greet(self, row: Job) -> Outcome:
        """Job: say hello to a full member, in their language; to guests, bots and strangers nothing.

        Raises Unreachable while Slack can't tell who it is.
        """
        who = await self._people.refresh(row.subject)
        if who.standing is not Standing.MEMBER:
            return Done()
        hello = who.team_id, message.hello(who.user_id), who.user_id, message.CARD, self._clock.now()
        return Done(on_commit(message.show, *hello, planned=True))
