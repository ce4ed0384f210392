"""Deleting one's data in Slack: what goes and what stays, then the deed."""

import logging

from bot.clock import Clock
from bot.core.errors import SlackRefused, Unreachable
from bot.core.people import OPERATOR
from bot.services.job_runner import Backoff
from bot.services.personal_data import SUBJECT, PersonalData
from bot.slack.router import (
    Access,
    Ack,
    Caller,
    Drawing,
    FieldErrors,
    OpenModal,
    Press,
    Result,
    Router,
    Submission,
)
from bot.slack.send import Sender
from bot.slack.views import home
from bot.slack.views import personal_data as views
from bot.slack.views.parts import Card
from bot.store.message import Message
from bot.store.personal_data import Held
from bot.texts.locale import Locale

log = logging.getLogger(__name__)


class PersonalDataHandlers:
    """What people see and press about their data. Who is no member any more may delete theirs too."""

    def __init__(self, clock: Clock, sender: Sender, data: PersonalData) -> None:
        self._clock, self._sender, self._data = clock, sender, data

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("people.delete", self.open, access=Access.ANYONE)
        router.form("people.delete", self.delete, access=Access.ANYONE)
        router.renderer(SUBJECT, self.draw)

    async def open(self, _press: Press, caller: Caller) -> Result:
        """What there is, before anything goes."""
        who = caller.person
        return OpenModal(views.form(await self._data.held(who.team_id, who.user_id), caller.locale))

    async def delete(self, form: Submission, caller: Caller) -> Result:
        """All of it goes; the person reads what."""
        if not form.fields[views.SURE].ticked:
            return FieldErrors({views.SURE: caller.locale._("Tick this first, please.")})
        held = await self._data.delete(caller.person.team_id, caller.person.user_id)

        async def told() -> Card:
            await self._empty_home(caller)
            return views.done(held, caller.locale)

        return Ack(told)

    async def _empty_home(self, caller: Caller) -> None:
        """Nothing of theirs stands there any more. Nobody is looked up for it: that would remember them again."""
        who, locale = caller.person, caller.locale
        try:
            await self._sender.turn("views.publish")
            await self._sender.publish_home(who.user_id, home.member(locale, home.Own(self._clock.now(), who.name)))
        except (SlackRefused, Unreachable, Backoff) as error:
            log.info("Home not emptied: %s", error)

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """What it means for the admins."""
        entry = await self._data.line(copy.team_id, int(copy.subject.partition(":")[2]))
        notice = views.notice(Held.told(entry.detail), locale, is_own_wish=entry.actor != OPERATOR)
        return Drawing(notice, is_open=False)
