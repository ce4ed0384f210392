"""Expiring tokens in Slack: what ends soon, for admins."""

from bot.core import expiring as rules
from bot.services.expiring import ExpiringTokens
from bot.slack.router import Access, Caller, Command, Ephemeral, EphemeralLater, Result, Router
from bot.slack.views import expiring as views
from bot.slack.views.parts import Card


class ExpiringHandlers:
    """What admins ask about everybody's tokens."""

    def __init__(self, expiring: ExpiringTokens) -> None:
        self._expiring = expiring

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.command("expiring", self.within, access=Access.ADMIN, fresh=True, reads=True)

    async def within(self, command: Command, caller: Caller) -> Result:
        """What ends within so many days, two weeks where none are named."""
        days = rules.read_days(command.text)
        if days is None:
            return Ephemeral(views.which_days(caller.locale))

        async def listed(within: int = days) -> Card:
            return views.listing(await self._expiring.within(caller.person, within), caller.locale)

        return EphemeralLater(listed)
