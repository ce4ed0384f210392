"""The review of seats in Slack: admins see who may not need theirs, and decide; who is asked answers."""

import logging

from bot.core.errors import NotFound
from bot.core.limits import Costly
from bot.core.seat_doubt import DoubtState, SeatDoubt
from bot.coze.errors import CozeError
from bot.services.join.leaving import Leaving
from bot.services.seat_review import RELEASED, SeatReviews
from bot.slack.desk import offset_in, shown
from bot.slack.leaving import reason_in
from bot.slack.router import (
    Access,
    Ack,
    Caller,
    Drawing,
    DrawView,
    OpenModal,
    Owner,
    Press,
    RedrawModal,
    Result,
    Router,
    Submission,
    UpdateModal,
    View,
)
from bot.slack.views import seat_review as views
from bot.slack.views.join import forms
from bot.slack.views.parts import Line
from bot.store.message import CARD, Message
from bot.texts.locale import Locale, error_help

log = logging.getLogger(__name__)


class SeatReviewHandlers:
    """What admins see and press about seats in doubt, and what those who hold them do."""

    def __init__(self, reviews: SeatReviews, leaving: Leaving) -> None:
        self._reviews, self._leaving = reviews, leaving

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("seat.review", self.begin, access=Access.ADMIN, costs=Costly.LOOK)
        router.press("seat.list", self.listed, access=Access.ADMIN)
        router.press("seat.keep", self.keep, access=Access.ADMIN, owner=Owner.ANY)
        router.press("seat.anew", self.doubt_anew, access=Access.ADMIN, owner=Owner.ANY)
        router.press("seat.ask", self.ask, access=Access.ADMIN, owner=Owner.ANY)
        router.press("seat.remove", self.open_removal, access=Access.ADMIN, owner=Owner.ANY)
        router.form("seat.remove", self.remove, access=Access.ADMIN, owner=Owner.ANY, precheck=reason_in)
        router.press("seat.needed", self.needed, owner=Owner.OWN)
        router.press("seat.release", self.release, owner=Owner.OWN)
        router.renderer("seat", self.draw)

    async def begin(self, press: Press, caller: Caller) -> Result:
        """Look who is in doubt now; the list follows once Coze has told."""

        async def look() -> View:
            note = None
            try:
                await self._reviews.begin(caller.person)
            except CozeError as error:
                log.info("member list not read for the review: %s", error)
                note = views.unread(error_help(error.help, caller.locale).what, caller.locale)
            return await self._page(caller, "open:0", note)()

        if press.target.modal_id:
            return RedrawModal(press.target.modal_id, look)
        return OpenModal(views.reading(caller.locale), look)

    async def listed(self, press: Press, caller: Caller) -> Result:
        """A page of what is known."""
        return await shown(press, self._page(caller, press.value))

    async def keep(self, press: Press, caller: Caller) -> Result:
        """They keep the seat; the list says so, or who was faster."""
        done = await self._reviews.keep(caller.person, press.row, _seen(press))
        return await self._redrawn(press, caller, views.settled(done, caller.locale))

    async def doubt_anew(self, press: Press, caller: Caller) -> Result:
        """What was kept is to be decided again."""
        done = await self._reviews.doubt_anew(caller.person, press.row, _seen(press))
        return await self._redrawn(press, caller, views.settled(done, caller.locale))

    async def ask(self, press: Press, caller: Caller) -> Result:
        """They are asked in their DM."""
        done = await self._reviews.ask(caller.person, press.row, _seen(press))
        return await self._redrawn(press, caller, views.settled(done, caller.locale))

    async def open_removal(self, press: Press, caller: Caller) -> Result:
        """What will happen, before it does, and the reason for it. Raises as removing does."""
        doubt, request = await self._reviews.leaver(caller.person, press.row, _seen(press))
        if request is None:
            return OpenModal(views.stranger_form(doubt, caller.locale, by_hand=not self._reviews.acts))

        async def look() -> View:
            try:
                held = await self._leaving.holds(request)
            except CozeError as error:
                log.warning("agents not looked up: %s", error)
                return _of(doubt, forms.remove_form(request, caller.locale, unknown=True))
            return _of(doubt, forms.remove_form(request, caller.locale, *held))

        return OpenModal(_of(doubt, forms.remove_form(request, caller.locale)), look)

    async def remove(self, form: Submission, caller: Caller) -> Result:
        """An admin wants them out, with a reason. Raises InvalidFields, and as removing does."""
        done = await self._reviews.remove(caller.person, form.row, _seen(form), reason_in(form))
        draw = self._page(caller, "open:0", views.settled(done, caller.locale))
        return RedrawModal(form.parent_view_id, draw) if form.parent_view_id else UpdateModal(await draw())

    async def needed(self, press: Press, caller: Caller) -> Result:
        """The person needs the seat; their card says for how long nobody asks. Raises NotYours, WrongState."""
        await self._reviews.answer(caller.person, press.row, needs=True)
        return Ack()

    async def release(self, press: Press, caller: Caller) -> Result:
        """They don't. Raises NotYours, WrongState."""
        await self._reviews.answer(caller.person, press.row, needs=False)
        return Ack()

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The person's card, or what rings for the admins."""
        doubt = await self._reviews.load(copy.team_id, int(copy.subject.partition(":")[2]))
        if copy.kind == CARD:
            return Drawing(views.question(doubt, locale), is_open=doubt.state is DoubtState.ASKED)
        newest = copy.kind == f"{RELEASED}-{doubt.version}"
        return Drawing(views.released(doubt, locale, newest=newest), is_open=False)

    async def _redrawn(self, press: Press, caller: Caller, note: Line) -> Result:
        return await shown(press, self._page(caller, press.place.metadata, note))

    def _page(self, caller: Caller, which: str, note: Line | None = None) -> DrawView:
        kind, _, offset = which.partition(":")

        async def draw() -> View:
            start, kept = offset_in(offset), kind == "kept"
            found = await self._reviews.listed(caller.person, start, views.PAGE, kept=kept)
            return views.page(found, caller.locale, note)

        return draw


def _seen(asked: Press | Submission) -> int:
    """The version of the doubt as it was shown. Raises NotFound."""
    if asked.version is None:
        raise NotFound
    return asked.version


def _of(doubt: SeatDoubt, form: View) -> View:
    """The form by which anybody is removed, about this doubt."""
    return {**form, "callback_id": views.FORM, "private_metadata": f"{doubt.id}:{doubt.version}"}
