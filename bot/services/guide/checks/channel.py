"""Channel: the agent is through the review of the glasses' own channel."""

from bot.core import publish
from bot.core.guide import Failed, Failure, Guide, Learned, LearnedFacts, Passed, Result, Shown, Step
from bot.core.publish import Publication
from bot.services.claim import claim
from bot.services.guide.check import Check, Settled, StepContext
from bot.services.guide.team import skip_to
from bot.store.database import Tx

TOLD = "told"
"""The fact which publication's failure the card has shown: it is told once, until it is tried again."""

REJECTED = "E14"  # key of the error help; Coze tells it to the author alone, and they to us
UNSETTLED = frozenset({publish.PublicationState.REJECTED, publish.PublicationState.FAILED})


class Channel(Check):
    """Ticked by the publication, which follows the review; where the bot can't look, by the person's word."""

    buttons = frozenset({"open", "next", "channel"})
    menu = frozenset({"next"})
    needs = frozenset({("channel", "agent_id")})
    through_team = True
    carries = "publish"
    presses = frozenset({"next"})

    def known(self, at: StepContext) -> Result | None:
        """As the publication says it."""
        publication = at.rows.publication
        if publication is None or at.guide.value(TOLD) == str(publication.id):
            return None
        if publication.state is publish.PublicationState.ONLINE:
            return Passed(publication.evidence) if publication.evidence else Passed()
        if publication.state in UNSETTLED:
            return self._unsettled(at, publication)
        return Shown() if at.guide.failure and publication.state in publish.UNDER_WAY else None

    def _unsettled(self, at: StepContext, publication: Publication) -> Failed:
        error = publication.error if publication.state is publish.PublicationState.FAILED else None
        values = {"reason": publication.reason or "", "log_id": publication.log_id or ""}
        told = {TOLD: Learned(str(publication.id))}
        return Failed(Failure(at.step.id, error or REJECTED, at.now, values), told)

    def press(self, verb: str, at: StepContext) -> Settled:
        """The person published it by hand: its review is followed where the bot can look."""
        workspace_client, who, guide = self.res.workspace_client, at.who, at.guide
        if workspace_client is None or who is None or not self.res.looks(guide):
            return Settled(Passed())

        async def follow(tx: Tx) -> LearnedFacts:
            agent = guide.value("agent_id"), guide.value("agent") or guide.value("agent_id")
            await claim(tx, workspace_client, who, agent, at.now)
            return {}

        return Settled(Shown(), follow)

    def skip(self, at: StepContext, step: Step, publication: Publication) -> Guide:
        """Past this `step`, for an agent that is online."""
        return skip_to(at.route, at.checks, at.guide, step, at.rows.request, publication)


CHECK = Channel
