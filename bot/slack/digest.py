"""The Monday digest in Slack: one card in the admins' channel."""

from dataclasses import replace

from bot.clock import Clock
from bot.services.digest import MondayDigest
from bot.slack.links import Links
from bot.slack.router import Drawing, Router, TooLate
from bot.slack.views import digest as views
from bot.store import join
from bot.store.message import Message
from bot.texts.locale import Locale


class DigestHandlers:
    """What admins see of it."""

    def __init__(self, clock: Clock, digest: MondayDigest, links: Links) -> None:
        self._clock, self._digest, self._links = clock, digest, links

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.renderer("digest", self.draw)

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """What it says, with the way to the cards by which the oldest matters are decided. Raises TooLate."""
        found = await self._digest.of(copy)
        if found is None:
            raise TooLate
        requests = found.waiting[1], found.unfinished[1]
        cards = [await self._links.to(copy, join.subject(each.id)) if each else "" for each in requests]
        left = [await self._links.to(copy, f"left:{whose}") for _, whose in (found.unreachable, found.ownerless)]
        where = views.Places(*cards, *left)
        here = replace(locale, tz=self._digest.tz)
        return Drawing(views.card(found, where, here, self._clock.now()), is_open=False)
