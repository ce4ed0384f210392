"""Said: the person says that the step is done."""

from bot.core.guide import Passed
from bot.services.guide.check import Check, Settled, StepContext


class Said(Check):
    """Nobody else can tell."""

    buttons = frozenset({"open", "next", "service"})
    menu = frozenset({"next", "service"})
    needs = frozenset({("service", "app_id"), ("service", "kid")})
    presses = frozenset({"next"})

    def press(self, verb: str, at: StepContext) -> Settled:
        """It is done."""
        return Settled(Passed())


CHECK = Said
