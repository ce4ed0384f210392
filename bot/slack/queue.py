"""The queue in Slack: what waits for admins, a page at a time."""

from bot.clock import Clock
from bot.core.errors import NotFound
from bot.services.join.requests import Join
from bot.slack.router import Access, Caller, Command, Ephemeral, Press, ReplaceMessage, Result, Router
from bot.slack.views.join import queue as views
from bot.slack.views.parts import Card

PAGE = 10
LARGEST = 1_000_000  # offset


class QueueHandlers:
    """The list of requests that admins ask for."""

    def __init__(self, clock: Clock, join: Join) -> None:
        self._clock, self._join = clock, join

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.command("queue", self.queue, access=Access.ADMIN, fresh=True)
        router.press("queue.filter", self.filter, access=Access.ADMIN)
        router.press("queue.page", self.page, access=Access.ADMIN)

    async def queue(self, command: Command, caller: Caller) -> Result:
        """The first page; the word behind the command may name what to list."""
        return Ephemeral(await self._page(caller, command.text if command.text in views.FILTERS else "waiting", 0))

    async def filter(self, press: Press, caller: Caller) -> Result:
        """Something else is to be listed."""
        return ReplaceMessage(await self._page(caller, press.value, 0))

    async def page(self, press: Press, caller: Caller) -> Result:
        """Another page: `filter:offset`."""
        wanted, _, offset = press.value.partition(":")
        if not (offset.isascii() and offset.isdecimal() and len(offset) < 8):
            raise NotFound
        return ReplaceMessage(await self._page(caller, wanted, min(int(offset), LARGEST)))

    async def _page(self, caller: Caller, wanted: str, offset: int) -> Card:
        which = views.FILTER.get(wanted)
        if which is None:
            raise NotFound
        now = self._clock.now()
        total, found = await self._join.listed(caller.person, which, offset, PAGE)
        if not found and offset:  # decided meanwhile: the last page that there is
            offset = max(0, (total - 1) // PAGE * PAGE)
            total, found = await self._join.listed(caller.person, which, offset, PAGE)
        overdue = [each.id for each in found if now > self._join.agreed(each)]
        return views.page(caller.locale, found, total, offset, PAGE, wanted, now, overdue)
