"""Glasses: the agent answers there; where it does not, a look tells whether that is Coze's doing."""

from pydantic import SecretStr

from bot.core.guide import Failed, Failure, Passed
from bot.services.guide.check import Answer, Asking, Check, Settled, StepContext
from bot.services.token_checker import Refused

SILENT, SILENT_IN_TEAM = "E10", "E10-team"  # keys of the error help: the glasses do not answer
NOT_COZE = "E10-coze"  # they do not, and Coze has no part in it


class Glasses(Check):
    """Only the person hears whether they answer. `silent` shows what to look at, and offers to look with a token.

    In the team the agent was listed on its channel before, and no token is entered in the app.
    """

    buttons = frozenset({"open", "next", "silent"})
    menu = frozenset({"next", "silent"})
    presses = frozenset({"next", "silent"})
    opens = frozenset({"check"})
    forms = frozenset({"check"})

    def press(self, verb: str, at: StepContext) -> Settled:
        """They answered, or they are silent."""
        if verb == "silent":
            error = SILENT_IN_TEAM if at.route.team else SILENT
            return Settled(Failed(Failure(at.step.id, error, at.now)))
        return Settled(Passed())

    async def enter(self, form: str, at: StepContext, given: object) -> Answer | Asking:
        """The token that stands in the app."""
        if not isinstance(given, SecretStr):
            raise at.closed()
        return Asking(lambda: self._looked(at, given))

    async def _looked(self, at: StepContext, token: SecretStr) -> Answer:
        """Whether Coze takes the token, and shows the agent on the API channel where one is known. One call."""
        agent_id, checker = at.guide.value("agent_id"), self.res.checker
        found = await (checker.agent(token, agent_id) if agent_id else checker.account(token))
        if isinstance(found, Refused):
            return Settled(at.failed(found.error, found.calls))
        values = {"agent": found.name or at.guide.value("agent")} if agent_id else {}
        return Settled(Failed(Failure(at.step.id, NOT_COZE, at.now, values, 1)))


CHECK = Glasses
