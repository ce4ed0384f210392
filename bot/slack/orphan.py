"""Orphans in Slack: the card by which admins hear of a token whose owner reads no reminder."""

from bot.clock import Clock
from bot.core.credential import WATCHED
from bot.core.orphan import LAST
from bot.services.credential import Credentials
from bot.services.orphan import Orphans
from bot.slack.router import Access, Ack, Caller, Drawing, Owner, Press, Result, Router
from bot.slack.views import orphan as views
from bot.store.message import Message
from bot.texts.locale import Locale


class OrphanHandlers:
    """What admins see and press about it."""

    def __init__(self, clock: Clock, orphans: Orphans, credentials: Credentials) -> None:
        self._clock, self._orphans, self._credentials = clock, orphans, credentials

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("remind.take", self.take, access=Access.ADMIN, owner=Owner.ANY)
        router.press("remind.drop", self.drop, access=Access.ADMIN, owner=Owner.ANY)

    async def take(self, press: Press, caller: Caller) -> Result:
        """An admin takes care of it; the card says so."""
        await self._orphans.take(caller.person, press.row)
        return Ack()

    async def drop(self, press: Press, caller: Caller) -> Result:
        """Nobody needs it any more; the card says so."""
        await self._orphans.drop(caller.person, press.row)
        return Ack()

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The card, what reminds on the last day, or what became of the token."""
        now = self._clock.now()
        token = await self._credentials.find(copy.team_id, int(copy.subject.partition(":")[2]))
        if copy.kind == LAST:
            return Drawing(views.last_day(token, locale, now), is_open=False)
        orphan = await self._orphans.find(copy)
        is_open = token.state in WATCHED
        return Drawing(views.card(token, orphan, locale, now), is_open=is_open)
