"""Where people get stuck, in Slack: one list for admins."""

from bot.services.stuck import StuckPlaces
from bot.slack.desk import shown
from bot.slack.router import Access, Caller, Press, Result, Router, View
from bot.slack.views import stuck as views
from bot.texts.guide import GuideTexts


class StuckHandlers:
    """What admins see of it."""

    def __init__(self, stuck: StuckPlaces, texts: GuideTexts) -> None:
        self._stuck, self._texts = stuck, texts

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("stuck.places", self.places, access=Access.ADMIN)

    async def places(self, press: Press, caller: Caller) -> Result:
        """The places with the most people."""

        async def draw() -> View:
            return views.places(await self._stuck.look(caller.person), self._texts, caller.locale)

        return await shown(press, draw)
