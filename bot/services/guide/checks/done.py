"""Done: the last card, which closes the guide."""

from bot.core.guide import Learned, Shown
from bot.services.guide.check import Check, Settled, StepContext


class Done(Check):
    """Nothing is left to be checked; what else is good to do, the person may say is done."""

    buttons = frozenset({"open", "next"})
    presses = frozenset({"next"})
    closes = True

    def press(self, verb: str, at: StepContext) -> Settled:
        """That is done too."""
        return Settled(Shown({at.step.id: Learned()}))


CHECK = Done
