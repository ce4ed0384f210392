"""The queue in Slack: what waits for admins, a page at a time."""

from bot.clock import Clock
from bot.core.errors import NotFound
from bot.services.join import Join
from bot.services.people import must_be_admin
from bot.slack.table import Call, Redraw, Reply, Say, Table
from bot.slack.views import queue as views
from bot.slack.views.parts import Card

PAGE = 10
LARGEST = 1_000_000  # offset


class QueueDesk:
    """The list of requests that admins ask for."""

    def __init__(self, clock: Clock, join: Join) -> None:
        self._clock, self._join = clock, join

    def register(self, table: Table) -> None:
        """Put everything into the table."""
        table.command("queue", self.queue, today=True)
        table.action("queue.filter", self.filter, today=True)
        table.action("queue.page", self.page, today=True)

    async def queue(self, call: Call) -> Reply:
        """The first page; the word behind the command may name what to list."""
        return Say(await self._page(call, call.text if call.text in views.FILTERS else "waiting", 0))

    async def filter(self, call: Call) -> Reply:
        """Something else is to be listed."""
        return Redraw(await self._page(call, call.text, 0))

    async def page(self, call: Call) -> Reply:
        """Another page: `filter:offset`."""
        wanted, _, offset = call.text.partition(":")
        if not (offset.isascii() and offset.isdecimal() and len(offset) < 8):
            raise NotFound
        return Redraw(await self._page(call, wanted, min(int(offset), LARGEST)))

    async def _page(self, call: Call, wanted: str, offset: int) -> Card:
        must_be_admin(call.who)
        which = views.FILTER.get(wanted)
        if which is None:
            raise NotFound
        now = self._clock.now()
        total, found = await self._join.listed(call.who, which, offset, PAGE)
        if not found and offset:  # decided meanwhile: the last page that there is
            offset = max(0, (total - 1) // PAGE * PAGE)
            total, found = await self._join.listed(call.who, which, offset, PAGE)
        overdue = [each.id for each in found if now > self._join.agreed(each)]
        return views.page(call.reader, found, total, offset, PAGE, wanted, now, overdue)
