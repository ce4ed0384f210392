"""The forecast of reminders in Slack, for admins."""

from bot.core.expiring import read_days
from bot.core.forecast import MOST, USUAL
from bot.services.forecast import Forecasts
from bot.slack.router import Access, Caller, Command, Ephemeral, EphemeralLater, Result, Router
from bot.slack.views import forecast as views
from bot.slack.views.parts import Card


class ForecastHandlers:
    """What admins ask about reminders to come."""

    def __init__(self, forecasts: Forecasts) -> None:
        self._forecasts = forecasts

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.command("forecast", self.within, access=Access.ADMIN, fresh=True, reads=True)

    async def within(self, command: Command, caller: Caller) -> Result:
        """What will be sent in so many days, a week where none are named."""
        days = read_days(command.text, USUAL, MOST)
        if days is None:
            return Ephemeral(views.which_days(caller.locale))

        async def listed(within: int = days) -> Card:
            return views.listing(await self._forecasts.within(caller.person, within), caller.locale)

        return EphemeralLater(listed)
