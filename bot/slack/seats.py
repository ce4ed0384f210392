"""Seats in Slack: admins see what is left, and enter how many there are."""

from collections.abc import Callable

from bot.core.seats import QUESTION, read_total
from bot.services.seats import SeatCount
from bot.slack.router import (
    Access,
    Ack,
    Caller,
    DrawView,
    OpenModal,
    Press,
    RedrawModal,
    Result,
    Router,
    Submission,
)
from bot.slack.views import seats as views

Desk = Callable[[Caller], DrawView]


class SeatHandlers:
    """What admins see and press about them. `desk` draws what the form was opened from."""

    def __init__(self, seats: SeatCount, desk: Desk) -> None:
        self._seats, self._desk = seats, desk

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("seats.enter", self.open, access=Access.ADMIN)
        router.form("seats.enter", self.enter, access=Access.ADMIN, precheck=_total)

    async def open(self, _press: Press, caller: Caller) -> Result:
        """The form for how many there are."""
        return OpenModal(views.form(await self._seats.look(caller.person), caller.locale))

    async def enter(self, form: Submission, caller: Caller) -> Result:
        """So many there are; the desk says what that means. Raises InvalidFields."""
        await self._seats.enter(caller.person, _total(form))
        return RedrawModal(form.parent_view_id, self._desk(caller)) if form.parent_view_id else Ack()


def _total(form: Submission) -> int:
    """Raises InvalidFields."""
    return read_total(form.fields.text(QUESTION))
