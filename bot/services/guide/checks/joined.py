"""Joined: the invitation was accepted."""

from bot.core.guide import Passed, Result
from bot.core.join import State as Join
from bot.core.people import Evidence
from bot.services.guide.check import Check, StepContext
from bot.texts.guide_rules import CheckKind


class Joined(Check):
    """Ticked by the request, which follows Coze's list; the person may say so too, at the request."""

    kind = CheckKind({"open": frozenset(), "join": frozenset(), "accepted": frozenset()}, team=True)

    def known(self, at: StepContext) -> Result | None:
        """As the request says it, by its evidence."""
        request = at.rows.request
        if request is None or request.state is not Join.JOINED:
            return None
        return Passed(request.joined_evidence or Evidence.CONFIRMED)

    def in_team(self, evidence: Evidence) -> Evidence:
        """By the same evidence."""
        return evidence


CHECK = Joined
