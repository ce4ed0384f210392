"""Asked: the request to join waits for an admin."""

from bot.core.guide import Passed, Result
from bot.core.join import State as Join
from bot.core.people import Evidence
from bot.services.guide.check import Check, StepContext
from bot.texts.guide_rules import CheckKind

INVITED = frozenset({Join.INVITED, Join.JOINED})


class Asked(Check):
    """Only our own rows tick it."""

    kind = CheckKind({"open": frozenset(), "join": frozenset()}, team=True)

    def known(self, at: StepContext) -> Result | None:
        """Whether the invitation is out."""
        request = at.rows.request
        return Passed(Evidence.CONFIRMED) if request and request.state in INVITED else None

    def in_team(self, evidence: Evidence) -> Evidence:
        """That an admin approved it nobody has checked."""
        return Evidence.CONFIRMED


CHECK = Asked
