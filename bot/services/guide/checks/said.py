"""Said: the person says that the step is done."""

from bot.core.guide import Failed, Failure, Passed
from bot.services.guide.check import Check, Settled, StepContext

SILENT = "E10"  # key of the error help: the glasses do not answer


class Said(Check):
    """Nobody else can tell. `silent` shows what to look at where the glasses do not answer."""

    buttons = frozenset({"open", "next", "silent", "service"})
    menu = frozenset({"next", "silent", "service"})
    needs = frozenset({("service", "app_id"), ("service", "kid")})
    presses = frozenset({"next", "silent"})

    def press(self, verb: str, at: StepContext) -> Settled:
        """It is done, or the glasses are silent."""
        if verb == "silent":
            return Settled(Failed(Failure(at.step.id, SILENT, at.now)))
        return Settled(Passed())


CHECK = Said
