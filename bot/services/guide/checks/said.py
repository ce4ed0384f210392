"""Said: the person says that the step is done."""

from bot.core.guide import Failed, Failure, Passed
from bot.core.people import Evidence
from bot.services.guide.answers import Settled
from bot.services.guide.check import Check, StepContext
from bot.texts.guide_rules import CheckKind

SILENT = "E10"  # key of the error help: the glasses do not answer


class Said(Check):
    """Nobody else can tell. `silent` shows what to look at where the glasses do not answer."""

    kind = CheckKind(
        {
            "open": frozenset(),
            "next": frozenset(),
            "silent": frozenset(),
            "service": frozenset({"app_id", "kid"}),
        },
        menu=frozenset({"next", "silent", "service"}),
    )
    presses = frozenset({"next", "silent"})

    def press(self, verb: str, at: StepContext) -> Settled:
        """It is done, or the glasses are silent."""
        if verb == "silent":
            return Settled(Failed(Failure(at.step.id, SILENT, at.now)))
        return Settled(Passed(Evidence.CONFIRMED))


CHECK = Said
