"""Member: whether the person is in the ShargeAI team already, by our request, Coze's list or their own word."""

from bot.core.guide import Failed, Failure, Passed, Result
from bot.core.join import HOLDING
from bot.core.people import Evidence
from bot.coze.errors import CozeError
from bot.coze.secret import Secret
from bot.services.guide.answers import Answer, Asking, Looking, Settled
from bot.services.guide.check import ASKING, Check, StepContext
from bot.services.guide.failures import failed
from bot.services.guide.proof import proven
from bot.services.guide.team import team_steps_done
from bot.texts.guide_rules import CheckKind

NOT_LISTED = "E13-list"  # key of the error help


class Member(Check):
    """The team's door: nobody is stuck at it, their word counts where Coze's list does not help."""

    kind = CheckKind(
        {"open": frozenset(), "join": frozenset(), "next": frozenset()}, menu=frozenset({"next"}), team=True
    )
    presses = frozenset({"next", "insist"})
    opens = frozenset({"account"})
    forms = frozenset({"account"})

    def known(self, at: StepContext) -> Result | None:
        """A request that holds is enough."""
        request = at.rows.request
        return Passed(Evidence.CONFIRMED) if request and request.state in HOLDING else None

    def in_team(self, evidence: Evidence) -> Evidence:
        """By the same evidence."""
        return evidence

    def can_look(self, at: StepContext) -> bool:
        """Whether it is known which account to look for."""
        return self.res.operator is not None and bool(at.coze_uid)

    async def look(self, at: StepContext) -> Result | None:
        """Whether the team's list has this account. None where it has not, or can't be read, and nobody waits for it.

        One call for each fifty members; it is not repeated, since the person may go on by their word meanwhile.
        """
        if self.res.operator is None or not at.coze_uid:
            return None
        try:
            if await self.res.operator.has_joined(at.coze_uid):
                return self._inside(at, Evidence.VERIFIED)
            why = Failed(Failure(at.step.id, NOT_LISTED, at.now, {"uid": at.coze_uid}))
        except CozeError as error:
            why = failed(at, error, 0)
        return why if ASKING in at.guide.facts else None

    def press(self, verb: str, at: StepContext) -> Settled | Looking:
        """They say that they are in it: it is looked up where that is possible, unless they insist."""
        if verb == "next" and self.can_look(at):
            return Looking()
        return Settled(self._inside(at, Evidence.CONFIRMED))

    async def enter(self, form: str, at: StepContext, given: object) -> Answer | Asking:
        """A token of the account that is in the team; without one the person's word counts."""
        if not isinstance(given, Secret):
            return Settled(self._inside(at, Evidence.CONFIRMED))
        return Asking(lambda: self._whose(at, given))

    async def _whose(self, at: StepContext, token: Secret) -> Answer:
        """Whose token it is: that account is looked for among the team's members. One call."""
        try:
            account = await self.res.coze.me(token)
        except CozeError as error:
            return Settled(failed(at, error, 1))
        return Looking(proven(at, account.user_id))

    def _inside(self, at: StepContext, evidence: Evidence) -> Passed:
        return Passed(evidence, team_steps_done(at.route, at.checks, evidence))


CHECK = Member
