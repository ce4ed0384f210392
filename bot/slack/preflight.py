"""Whether the settings are true, for admins."""

from slack_sdk.models.blocks import Block

from bot.core.limits import Costly
from bot.services.preflight import Preflight
from bot.slack.router import Access, Ack, Caller, Press, Result, Router
from bot.slack.views.preflight import at_home
from bot.texts.locale import Locale


class PreflightHandlers:
    """What admins see and press about the settings."""

    def __init__(self, preflight: Preflight) -> None:
        self._preflight = preflight

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("preflight.look", self.look, access=Access.ADMIN, costs=Costly.LOOK)

    async def at_home(self, locale: Locale) -> list[Block]:
        """What stands on the Home of admins."""
        return at_home(await self._preflight.findings(), locale)

    async def look(self, _press: Press, _caller: Caller) -> Result:
        """Look again now; Home is redrawn with what has changed."""
        await self._preflight.again()
        return Ack()
