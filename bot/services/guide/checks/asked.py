"""Asked: the request to join waits for an admin."""

from bot.core.guide import Passed, Result
from bot.core.join import JoinState
from bot.services.guide.check import Check, StepContext

INVITED = frozenset({JoinState.INVITED, JoinState.JOINED})


class Asked(Check):
    """Only our own rows tick it."""

    buttons = frozenset({"open", "join"})
    through_team = True
    in_team = "word"  # that an admin approved it nobody has checked
    carries = "join"

    def known(self, at: StepContext) -> Result | None:
        """Whether the invitation is out."""
        request = at.rows.request
        return Passed() if request and request.state in INVITED else None


CHECK = Asked
