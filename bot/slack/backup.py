"""Backup persons in Slack: the owner of a token names one, who answers, and helps when the owner can't be reached."""

import logging

from bot.clock import Clock, utc_now
from bot.core import backup as rules
from bot.core.backup import HELP, OFF, OWNER
from bot.core.credential import WATCHED
from bot.core.errors import InvalidFields, SlackRefused, Unreachable, WrongState
from bot.core.people import Person
from bot.core.remind import USUAL, held, quiet_of
from bot.services.backup import Backups, Naming
from bot.services.credential import Credentials
from bot.services.orphan import Orphans
from bot.services.people import People
from bot.slack.router import (
    Ack,
    Caller,
    Drawing,
    OpenModal,
    Owner,
    Press,
    Result,
    Router,
    Submission,
    UpdateModal,
    View,
)
from bot.slack.views import backup as views
from bot.slack.views.parts import Card
from bot.store import message
from bot.store.message import Message
from bot.texts.locale import Locale

log = logging.getLogger(__name__)


class BackupHandlers:
    """What owners and backup persons see and press."""

    def __init__(
        self, clock: Clock, people: People, credentials: Credentials, backups: Backups, orphans: Orphans
    ) -> None:
        self._clock, self._people, self._credentials = clock, people, credentials
        self._backups, self._orphans = backups, orphans

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("backup.open", self.open_form, owner=Owner.OWN)
        router.form("backup.name", self.name, owner=Owner.OWN)
        router.press("backup.accept", self.accept, owner=Owner.OWN)
        router.press("backup.decline", self.decline, owner=Owner.OWN)
        router.press("remind.backup_takes", self.take, owner=Owner.OWN)
        router.press("remind.backup_admins", self.pass_on, owner=Owner.OWN)
        router.press("remind.backup_off", self.stop, owner=Owner.OWN)
        router.renderer("backup", self.draw)

    async def open_form(self, press: Press, caller: Caller) -> Result:
        """The form for a token of theirs. Raises NotFound, NotYours, WrongState."""
        token = await self._credentials.load(caller.person, press.row)
        if token.state not in WATCHED:
            raise WrongState(token.state)
        return OpenModal(views.form(token, await self._backups.current(token), caller.locale))

    async def name(self, form: Submission, caller: Caller) -> Result:
        """Somebody was picked: what is known of them is said at once, the rest once Slack has told who they are.

        Raises InvalidFields, NotFound, NotYours.
        """
        token = await self._credentials.load(caller.person, form.row)
        named, locale = form.fields.text(rules.QUESTION), caller.locale
        rules.check(named, caller.person.user_id, await self._people.known(named))

        async def ask() -> View:
            try:
                await self._backups.name(caller.person, token.id, await self._fresh(named))
            except InvalidFields as wrong:
                return views.form(token, await self._backups.current(token), locale, wrong)
            except (Unreachable, SlackRefused) as error:
                log.warning("who was named as backup person is not known: %s", error)
                why = locale._("Slack gave no answer just now. Please try again.")
                return views.form(token, await self._backups.current(token), locale, why)
            return views.asked(named, locale)

        return UpdateModal(views.asking(locale), ask)

    async def _fresh(self, user_id: str) -> Person:
        person = await self._people.known(user_id)
        return person if person and person.fresh(utc_now()) else await self._people.refresh(user_id)

    async def accept(self, press: Press, caller: Caller) -> Result:
        """They stand in from now on."""
        await self._backups.answer(caller.person, press.row, accepts=True)
        return Ack()

    async def decline(self, press: Press, caller: Caller) -> Result:
        """They don't, or don't any more."""
        await self._backups.answer(caller.person, press.row, accepts=False)
        return Ack()

    async def take(self, press: Press, caller: Caller) -> Result:
        """They get in touch with the owner; the card says so."""
        await self._orphans.back_up(caller.person, press.row)
        return Ack()

    async def pass_on(self, press: Press, caller: Caller) -> Result:
        """The admins see to it."""
        await self._orphans.pass_on(caller.person, press.row)
        return Ack()

    async def stop(self, press: Press, caller: Caller) -> Result:
        """Nobody needs it any more; the owner is told."""
        await self._orphans.stop(caller.person, press.row)
        return Ack()

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The message as it stands. None rings in its reader's quiet hours."""
        naming, now = await self._backups.find(copy), self._clock.now()
        card, is_open = await self._card(copy, naming, locale)
        reader = await self._people.known(copy.recipient)
        ends_at = naming.credential.ends_at if now < naming.credential.ends_at else None
        not_before = held(now, ends_at, locale.tz, quiet_of(reader.quiet) if reader else USUAL)
        is_over = _is_past(copy, naming) or (copy.kind == message.CARD and not is_open)
        return Drawing(card, is_open, not_before=not_before, is_overtaken=is_over)

    async def _card(self, copy: Message, naming: Naming, locale: Locale) -> tuple[Card, bool]:
        """The card, and whether its matter is still open."""
        if copy.kind == OWNER:
            is_open = naming.backup.state in views.NOBODY and naming.credential.state in WATCHED
            return views.owners(naming, locale), is_open
        if copy.kind.startswith(OFF):
            return views.stopped(naming, locale), False
        if copy.kind[:1] == HELP:
            whose = await self._people.known(naming.credential.user_id)
            owner = whose.name if whose else naming.credential.user_id
            return views.help(naming, owner, locale, self._clock.now()), not _is_past(copy, naming)
        return views.question(naming, locale), naming.is_open


def _is_past(copy: Message, naming: Naming) -> bool:
    """Whether a request for help need not be made any more."""
    asked = naming.help
    return copy.kind[:1] == HELP and (asked is None or asked.handed or not naming.is_open)
