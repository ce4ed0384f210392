"""Handing on in Slack: an admin gives a request to another one."""

import logging

from bot.core.errors import InvalidFields, Problem, SlackRefused, Unreachable, WrongState
from bot.core.join import Request
from bot.services.admins import Admin, Admins
from bot.services.join.requests import Join
from bot.services.people import People
from bot.slack.router import Caller, OpenModal, Result, Submission, View
from bot.slack.views.join import handing as views

log = logging.getLogger(__name__)


class HandingOn:
    """The form that offers today's admins, and what it does."""

    def __init__(self, admins: Admins, people: People, join: Join) -> None:
        self._admins, self._people, self._join = admins, people, join

    async def open_form(self, caller: Caller, request: Request) -> Result:
        """At once with the admins that are known; with those of this minute once Slack has told."""
        known = _others(await self._admins.known(), caller, request)

        async def look() -> View:
            try:
                today = _others(await self._admins.today(), caller, request)
            except (Unreachable, SlackRefused) as error:
                log.warning("the form goes on with the admins that are known: %s", error)
                today = known
            return views.assign_form(request, caller.locale, today)

        return OpenModal(views.assign_form(request, caller.locale, known, is_sure=False), look)

    async def assign(self, form: Submission, caller: Caller) -> None:
        """To a named admin, who has to be one this minute. Raises InvalidFields, and as `Join.reassign` does."""
        to, note = views.read(form.fields)
        person = await self._people.known(to)
        if person is None or not person.may_decide():
            raise InvalidFields([Problem("join.assignee", "not_admin")])
        await self._join.reassign(caller.person, form.row, to, note)

    async def back(self, caller: Caller, request_id: int) -> bool:
        """Back to whoever handed it on; False where they are no admin any more, so another one has to be named.

        Raises as `Join.reassign` does, and WrongState where it is not the caller's.
        """
        request = await self._join.load(caller.person.team_id, request_id)
        handed_on = await self._join.handed_on(request)
        if handed_on is None or request.assignee != caller.person.user_id:
            raise WrongState(request.state)
        person = await self._people.known(handed_on.by)
        if person is None or not person.may_decide() or person.user_id == request.user_id:
            return False
        await self._join.reassign(caller.person, request_id, handed_on.by)
        return True


def _others(admins: list[Admin], caller: Caller, request: Request) -> list[Admin]:
    """Neither who hands it on, nor who asks to join: nobody decides about their own request."""
    return [each for each in admins if each.person.user_id not in (caller.person.user_id, request.user_id)]
