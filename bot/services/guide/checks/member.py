"""Member: whether the person is in the ShargeAI team already, by our request, Coze's list or their own word."""

from pydantic import SecretStr

from bot.core.guide import Failed, Failure, Passed, Result
from bot.core.join import HOLDING
from bot.coze.errors import CozeError
from bot.services.guide.check import ASKING, Answer, Asking, Check, Looking, Settled, StepContext
from bot.services.guide.proof import proven
from bot.services.guide.team import inside

NOT_LISTED = "E13-list"  # key of the error help


class Member(Check):
    """The team's door: nobody is stuck at it, their word counts where Coze's list does not help."""

    buttons = frozenset({"open", "join", "next"})
    menu = frozenset({"next"})
    through_team = True
    in_team = "same"
    carries = "join"
    presses = frozenset({"next", "insist"})
    opens = frozenset({"account"})
    forms = frozenset({"account"})

    def known(self, at: StepContext) -> Result | None:
        """A request that holds is enough."""
        request = at.rows.request
        return Passed() if request and request.state in HOLDING else None

    def can_look(self, at: StepContext) -> bool:
        """Whether it is known which account to look for."""
        return self.res.workspace_client is not None and bool(at.coze_uid)

    async def look(self, at: StepContext) -> Result | None:
        """Whether the team's list has this account. None where it has not, or can't be read, and nobody waits for it.

        One call for each fifty members; it is not repeated, since the person may go on by their word meanwhile. Where
        calls are few only who waits for it is looked for.
        """
        client, waits = self.res.workspace_client, ASKING in at.guide.facts
        if client is None or not at.coze_uid or (not waits and await client.looks_rarely()):
            return None
        try:
            if await client.has_joined(at.coze_uid, at.now, afresh=waits):
                return inside(at, is_verified=True)
            why = Failed(Failure(at.step.id, NOT_LISTED, at.now, {"uid": at.coze_uid}))
        except CozeError as error:
            why = at.failed(error, 0)
        return why if waits else None

    def press(self, verb: str, at: StepContext) -> Settled | Looking:
        """They say that they are in it: it is looked up where that is possible, unless they insist."""
        if verb == "next" and self.can_look(at):
            return Looking()
        return Settled(inside(at, is_verified=False))

    async def enter(self, form: str, at: StepContext, given: object) -> Answer | Asking:
        """A token of the account that is in the team; without one the person's word counts."""
        if not isinstance(given, SecretStr):
            return Settled(inside(at, is_verified=False))
        return Asking(lambda: self._whose(at, given))

    async def _whose(self, at: StepContext, token: SecretStr) -> Answer:
        """Whose token it is: that account is looked for among the team's members. One call."""
        try:
            account = await self.res.coze.me(token)
        except CozeError as error:
            return Settled(at.failed(error, 1))
        return Looking(proven(self.res.accounts, at, account))


CHECK = Member
