"""Who was approved and has not joined, in Slack: admins remind them, invite them again or take the approval back."""

from bot.clock import Clock
from bot.core.errors import TooSoon
from bot.services.join.membership import Invitations
from bot.services.join.requests import Join
from bot.slack.desk import offset_in, shown
from bot.slack.router import Access, Caller, DrawView, Owner, Press, Result, Router, View
from bot.slack.views.join import outside as views
from bot.slack.views.parts import Line


class OutsideHandlers:
    """What admins see and press about people who are on their way."""

    def __init__(self, clock: Clock, join: Join, invitations: Invitations) -> None:
        self._clock, self._join, self._invitations = clock, join, invitations

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("outside.list", self.listed, access=Access.ADMIN)
        router.press("outside.nudge", self.nudge, access=Access.ADMIN, owner=Owner.ANY)
        router.press("outside.resend", self.resend, access=Access.ADMIN, owner=Owner.ANY)

    async def listed(self, press: Press, caller: Caller) -> Result:
        """A page of them."""
        return await shown(press, self._page(caller, offset_in(press.value)))

    async def nudge(self, press: Press, caller: Caller) -> Result:
        """Their card rings again, unless it did within a day."""
        try:
            request = await self._invitations.nudge(caller.person, press.row)
        except TooSoon:
            return await self._redrawn(press, caller, views.nudged_before(caller.locale))
        return await self._redrawn(press, caller, views.nudged(request, caller.locale))

    async def resend(self, press: Press, caller: Caller) -> Result:
        """The invitation is sent again."""
        await self._invitations.resend(caller.person, press.row)
        request = await self._join.load(caller.person.team_id, press.row)
        return await self._redrawn(press, caller, views.resent(request, caller.locale))

    async def _redrawn(self, press: Press, caller: Caller, note: Line) -> Result:
        return await shown(press, self._page(caller, offset_in(press.place.metadata), note))

    def _page(self, caller: Caller, offset: int, note: Line | None = None) -> DrawView:
        async def draw() -> View:
            total, found = await self._join.listed(caller.person, "outside", offset, views.PAGE)
            start = offset
            if not found and offset:  # they have joined meanwhile
                start = max(0, (total - 1) // views.PAGE * views.PAGE)
                total, found = await self._join.listed(caller.person, "outside", start, views.PAGE)
            return views.page(found, total, start, self._clock.now(), caller.locale, note)

        return draw
