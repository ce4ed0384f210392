"""Looks that somebody presses for: whether who was invited is on Coze's list of members by now."""

import logging
from functools import partial

from bot.core.limits import Costly
from bot.coze.errors import CozeError, Quota
from bot.services.calls import Calls
from bot.services.join.membership import Invitations, Seen
from bot.slack.router import Access, Ack, Caller, Owner, Press, Result, Router
from bot.slack.views import calls as calls_views
from bot.slack.views.join import invited as views
from bot.slack.views.parts import Card

log = logging.getLogger(__name__)


class LookHandlers:
    """The member's button and the admins'. Both cost the same call, so both have the same pace."""

    def __init__(self, invitations: Invitations, calls: Calls) -> None:
        self._invitations, self._calls = invitations, calls

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("join.accepted", self.accepted, owner=Owner.OWN, costs=Costly.LOOK)
        router.press("join.check", self.accepted, owner=Owner.OWN, costs=Costly.LOOK)
        router.press("join.look", self.look, access=Access.ADMIN, owner=Owner.ANY, costs=Costly.LOOK)

    async def accepted(self, press: Press, caller: Caller) -> Result:
        """The person says they accepted on Coze: if Coze does not list them yet, they are told."""
        await self._invitations.accepted(caller.person, press.row)
        return Ack(partial(self._looked, caller, press.row, is_theirs=True))

    async def look(self, press: Press, caller: Caller) -> Result:
        """An admin looks now. Where nothing has changed, the card says when it was looked at."""
        await self._invitations.wants_look(caller.person, press.row)
        return Ack(partial(self._looked, caller, press.row, is_theirs=False))

    async def _looked(self, caller: Caller, request_id: int, *, is_theirs: bool) -> Card | None:
        locale = caller.locale
        try:
            seen = await self._invitations.look(caller.person.team_id, request_id)
        except Quota:
            return calls_views.used_up(await self._calls.usage(), locale)
        except CozeError as error:
            log.info("member list not read: %s", error)  # the watch goes on
            return None
        if seen is Seen.SOON:
            return views.just_now(locale)
        if seen is Seen.LISTED or not is_theirs:
            return None
        return views.not_yet(request_id, locale, rarely=await self._invitations.looks_rarely())
