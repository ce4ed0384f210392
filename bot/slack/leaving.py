"""Leaving in Slack: admins remove somebody, and see what somebody holds who has gone."""

import logging

from bot.core import join as rules
from bot.core.join import Request
from bot.coze.errors import CozeError
from bot.services.join.leaving import Leaving
from bot.services.overview import Overview
from bot.slack.router import (
    Access,
    Ack,
    Caller,
    Drawing,
    DrawView,
    OpenModal,
    Owner,
    Press,
    Result,
    Router,
    Submission,
    View,
)
from bot.slack.views.join import drift as drift_views
from bot.slack.views.join import forms as views
from bot.slack.views.join import leaving as leaving_views
from bot.store.message import Message
from bot.texts.locale import Locale

log = logging.getLogger(__name__)


def reason_in(form: Submission) -> str:
    """Why an admin says no, as the person will read it. Raises InvalidFields."""
    return rules.read_reason(views.read_reason(form.fields))


class LeavingHandlers:
    """What admins see and press about people who leave."""

    def __init__(self, leaving: Leaving, overview: Overview) -> None:
        self._leaving, self._overview = leaving, overview

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.form("join.remove", self.remove, access=Access.ADMIN, owner=Owner.ANY, precheck=reason_in)
        router.press("join.remove_again", self.remove_again, access=Access.ADMIN, owner=Owner.ANY)
        router.press("join.removed", self.removed, access=Access.ADMIN, owner=Owner.ANY)
        router.renderer("left", self.draw_left)
        router.renderer("drift", self.draw_drift)

    def open_form(self, caller: Caller, request: Request) -> Result:
        """What will happen, before it does. What Coze calls the account and its agents comes once Coze has told."""
        rules.check_removal(request, caller.person)
        return OpenModal(views.remove_form(request, caller.locale), self._with_agents(request, caller.locale))

    def _with_agents(self, request: Request, locale: Locale) -> DrawView:
        async def look() -> View:
            try:
                return views.remove_form(request, locale, *await self._leaving.holds(request))
            except CozeError as error:
                log.warning("agents not looked up: %s", error)
                return views.remove_form(request, locale, unknown=True)

        return look

    async def remove(self, form: Submission, caller: Caller) -> Result:
        """An admin wants them out, with a reason. Raises InvalidFields."""
        await self._leaving.remove(caller.person, form.row, reason_in(form))
        return Ack()

    async def remove_again(self, press: Press, caller: Caller) -> Result:
        """Once more, for the same reason."""
        await self._leaving.remove(caller.person, press.row, None)
        return Ack()

    async def removed(self, press: Press, caller: Caller) -> Result:
        """An admin removed them by hand."""
        await self._leaving.removed(caller.person, press.row)
        return Ack()

    async def draw_left(self, copy: Message, locale: Locale) -> Drawing:
        """What somebody holds who was deactivated in Slack."""
        user_id = copy.subject.partition(":")[2]
        _, facts = await self._overview.of(user_id)
        left = leaving_views.left(locale, user_id, facts.request, facts.credentials, facts.publications)
        return Drawing(left, is_open=False)

    async def draw_drift(self, copy: Message, locale: Locale) -> Drawing:
        """Where Slack's and Coze's lists differ."""
        found = (await self._leaving.found(copy.team_id, copy.subject)).detail
        return Drawing(drift_views.drift(locale, found["gone"], found["unknown"], found["left"]), is_open=False)
