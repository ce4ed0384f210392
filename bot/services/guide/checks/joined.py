"""Joined: the invitation was accepted."""

from bot.core.guide import Passed, Result
from bot.core.join import JoinState
from bot.services.guide.check import Check, StepContext


class Joined(Check):
    """Ticked by the request, which follows Coze's list; the person may say so too, at the request."""

    buttons = frozenset({"open", "join", "accepted"})
    through_team = True
    in_team = "same"
    carries = "join"

    def known(self, at: StepContext) -> Result | None:
        """As the request says it, by its evidence."""
        request = at.rows.request
        if request is None or request.state is not JoinState.JOINED:
            return None
        return Passed(request.joined_evidence) if request.joined_evidence else Passed()


CHECK = Joined
