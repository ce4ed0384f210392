"""The admins' desk in Slack, which leads to each of its parts."""

from collections.abc import Awaitable, Callable

from bot.services.desk import AdminDesk
from bot.slack.router import (
    Access,
    Caller,
    Command,
    DrawView,
    OpenModal,
    Press,
    RedrawModal,
    Result,
    Router,
    View,
)
from bot.slack.views import desk as views
from bot.slack.words import part_in

Search = Callable[[str, Caller], Awaitable[Result]]
LARGEST = 1_000_000  # offset


def offset_in(value: str) -> int:
    """From which row on a page is wanted; the first for what no button of ours holds."""
    return min(int(value), LARGEST) if value.isascii() and value.isdecimal() and len(value) < 8 else 0


async def shown(press: Press, draw: DrawView) -> Result:
    """A part of the desk: in the form in which the button stands, else in one of its own."""
    return RedrawModal(press.target.modal_id, draw) if press.target.modal_id else OpenModal(await draw())


class DeskHandlers:
    """The desk itself. `search` takes what follows the word for the audit."""

    def __init__(self, desk: AdminDesk, search: Search) -> None:
        self._desk, self._search = desk, search

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.command("admin", self.command, access=Access.ADMIN, fresh=True, reads=True)
        router.press("desk.open", self.open, access=Access.ADMIN)

    async def command(self, command: Command, caller: Caller) -> Result:
        """All that wants a hand; with `audit` behind it what is looked for in the audit."""
        part, rest = part_in(command.verb, command.text)
        if part == "audit":
            return await self._search(rest, caller)
        return OpenModal(await self.drawn(caller)())

    async def open(self, press: Press, caller: Caller) -> Result:
        """The same, from one of its parts."""
        return await shown(press, self.drawn(caller))

    def drawn(self, caller: Caller) -> DrawView:
        """The desk as it is now, for this admin."""

        async def draw() -> View:
            return views.desk(await self._desk.look(caller.person), caller.locale)

        return draw
