"""A freeze of publishing in Slack: admins begin and lift it and let single agents pass, authors ask to."""

import re
from datetime import UTC, datetime

from bot.clock import Clock
from bot.core import freeze as rules
from bot.core.errors import NotFound
from bot.core.freeze import Frozen
from bot.services.freeze import Freezes
from bot.slack.router import (
    Access,
    Ack,
    Caller,
    Command,
    Drawing,
    Ephemeral,
    OpenModal,
    Owner,
    Press,
    Result,
    Router,
    Submission,
    UpdateModal,
)
from bot.slack.views import freeze as views
from bot.store.message import Message
from bot.texts.locale import Locale

_ASKED = re.compile(r"([0-9]{1,24}) (.*)", re.ASCII | re.DOTALL)


class FreezeHandlers:
    """What admins and authors see and press about it."""

    def __init__(self, clock: Clock, freezes: Freezes) -> None:
        self._clock, self._freezes = clock, freezes

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.command("freeze", self.open, access=Access.ADMIN, fresh=True)
        router.form("publish.freeze", self.begin, access=Access.ADMIN)
        router.press("publish.lift", self.open_lift, access=Access.ADMIN, owner=Owner.ANY)
        router.form("publish.lift", self.lift, access=Access.ADMIN, owner=Owner.ANY, precheck=_reason)
        router.press("publish.pass", self.open_pass, access=Access.ADMIN, owner=Owner.ANY)
        router.form("publish.pass", self.let_pass, access=Access.ADMIN, owner=Owner.ANY, precheck=_reason)
        router.press("publish.ask_pass", self.ask)
        router.renderer("freeze", self.draw)
        router.renderer("freeze_pass", self.draw_pass)

    async def open(self, _command: Command, caller: Caller) -> Result:
        """The form to begin one, or to lift the one that is on."""
        freeze = await self._freezes.current()
        if freeze:
            return OpenModal(views.lift_form(freeze, caller.locale))
        return OpenModal(views.begin_form(caller.locale, self._clock.now()))

    async def begin(self, form: Submission, caller: Caller) -> Result:
        """From now on. Where another admin was faster theirs is shown. Raises InvalidFields."""
        reason, until = views.read(form.fields)
        try:
            await self._freezes.begin(caller.person, reason, datetime.fromtimestamp(until, UTC))
        except Frozen as error:
            return UpdateModal(views.lift_form(error.freeze, caller.locale))
        return Ack()

    async def open_lift(self, press: Press, caller: Caller) -> Result:
        """The form for the reason."""
        return OpenModal(views.lift_form(await self._freezes.load(press.row), caller.locale))

    async def lift(self, form: Submission, caller: Caller) -> Result:
        """Publishing works again. Raises InvalidFields."""
        await self._freezes.lift(caller.person, form.row, _reason(form))
        return Ack()

    async def open_pass(self, press: Press, caller: Caller) -> Result:
        """The form: whose agent, and why."""
        freeze = await self._freezes.load(press.row)
        return OpenModal(views.pass_form(freeze, await self._freezes.asked(freeze), caller.locale))

    async def let_pass(self, form: Submission, caller: Caller) -> Result:
        """This agent may be published. Raises InvalidFields."""
        chosen = form.fields.text("freeze.agent")
        if not (chosen.isascii() and chosen.isdigit()):
            raise NotFound
        await self._freezes.let_pass(caller.person, int(chosen), _reason(form))
        return Ack()

    async def ask(self, press: Press, caller: Caller) -> Result:
        """An author asks to publish theirs all the same."""
        asked = _ASKED.fullmatch(press.value)
        if asked is None:
            raise NotFound
        await self._freezes.ask(caller.person, asked[1], asked[2])
        return Ephemeral(views.asked_to_pass(caller.locale))

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The admins' card."""
        freeze = await self._freezes.load(int(copy.subject.partition(":")[2]))
        now = self._clock.now()
        return Drawing(views.card(freeze, await self._freezes.asked(freeze), locale, now), freeze.is_on(now))

    async def draw_pass(self, copy: Message, locale: Locale) -> Drawing:
        """What an author is told who asked."""
        freeze, asked_for = await self._freezes.of_pass(copy)
        return Drawing(views.may_publish(freeze, asked_for, locale, self._clock.now()), is_open=False)


def _reason(form: Submission) -> str:
    """Raises InvalidFields."""
    return rules.read_reason(form.fields.text("freeze.reason"))
