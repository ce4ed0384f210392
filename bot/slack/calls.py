"""Calls to Coze in Slack: what admins are told of them, see at Home and press."""

from collections.abc import Sequence
from datetime import UTC, datetime

from slack_sdk.models.blocks import Block

from bot.core.calls import Usage
from bot.core.limits import Costly
from bot.services.call_counter import STATES
from bot.services.calls import Calls
from bot.slack.router import Access, Ack, Caller, Drawing, Press, Result, Router
from bot.slack.views import calls as views
from bot.slack.views.parts import quiet
from bot.store.calls import SUBJECT
from bot.store.message import Message
from bot.texts.locale import Locale


class CallHandlers:
    """Everything of it is for admins."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("calls.ask", self.ask, access=Access.ADMIN, costs=Costly.LOOK)
        router.press("calls.compare", self.compare, access=Access.ADMIN, costs=Costly.LOOK)
        router.press("calls.agents", self.list_agents, access=Access.ADMIN, costs=Costly.LOOK)
        router.press("calls.retry", self.retry, access=Access.ADMIN, costs=Costly.LOOK)
        router.renderer(SUBJECT, self.draw)

    async def ask(self, _press: Press, caller: Caller) -> Result:
        """Which edition the account has now; Home says it."""
        await self._calls.ask(caller.person)
        return Ack()

    async def compare(self, _press: Press, caller: Caller) -> Result:
        """The members here and on Coze; a card says what differs."""
        await self._calls.compare(caller.person)
        return Ack()

    async def list_agents(self, _press: Press, caller: Caller) -> Result:
        """The list from which agents are picked."""
        await self._calls.list_agents(caller.person)
        return Ack()

    async def retry(self, _press: Press, caller: Caller) -> Result:
        """What has stopped goes on."""
        await self._calls.retry(caller.person)
        return Ack()

    async def at_home(self, locale: Locale) -> Sequence[Block]:
        """What admins see of it at Home; nothing where the bot has no credential."""
        found = await self._calls.usage()
        return views.at_home(found, locale) if found else []

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """That so many are used (`c300`), or that all are, since a moment (`s261202…`)."""
        found = await self._calls.usage() or Usage()
        if copy.kind.startswith("c"):
            mark = int(copy.kind[1:])
            card, is_newest = views.told(found, mark, locale), mark == found.told_at and not found.stopped_at
            return Drawing(card if is_newest else quiet(card), is_open=False)
        at = datetime.strptime(copy.kind[1:], STATES).replace(tzinfo=UTC)
        if found.stopped_at and found.stopped_at.replace(microsecond=0) == at:
            return Drawing(views.stopped(found, at, locale), is_open=True)
        return Drawing(views.resumed(locale), is_open=False)
