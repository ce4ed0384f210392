"""Published: the agent is on the API channel."""

from pydantic import SecretStr

from bot.core.errors import InvalidFields, Problem
from bot.core.guide import Learned, LearnedFacts, Passed, Shown
from bot.core.publish import API_CONNECTOR
from bot.coze.errors import Ambiguous, CozeError
from bot.services.guide.check import Answer, Asking, Effect, Settled, StepContext
from bot.services.guide.looked_up import LookedUp
from bot.services.rotation import Deleted, Unopened
from bot.services.token_checker import Refused
from bot.store import audit
from bot.store.database import Tx

CLAIMED = "claimed"
"""The fact that a person says they published to the API channel; Coze has yet to show it."""


class Published(LookedUp):
    """Looked up with the bot's own credential or a token; else the person's word counts. Or published from here."""

    buttons = frozenset({"open", "next", "try", "publish", "skip"})
    menu = frozenset({"next", "try", "publish", "skip"})
    needs = frozenset({("try", "agent_id"), ("publish", "agent_id")})
    presses = frozenset({"next"})
    opens = frozenset({"check", "publish"})
    forms = frozenset({"check", "publish"})
    given = CLAIMED
    published = True

    def press(self, verb: str, at: StepContext) -> Settled:
        """The person published it."""
        if self.res.looks(at.guide):
            return Settled(Shown({CLAIMED: Learned(at.now.isoformat())}), look=True)
        return Settled(Passed())

    async def prepare(self, verb: str, at: StepContext) -> object:
        """Whether what the person has us keep is used for publishing. Raises WrongState while no agent is known."""
        if verb != "publish":
            return None
        if not at.guide.value("agent_id"):
            raise at.closed()
        return await self._kept(at)

    async def enter(self, form: str, at: StepContext, given: object) -> Answer | Asking:
        """With a token: look it up, or publish. Without: publish with what the person has us keep."""
        token = given if isinstance(given, SecretStr) else None
        if form == "publish":
            if token is None and not await self._kept(at):
                raise InvalidFields([Problem("guide.token", "empty")])
            return Asking(lambda: self._publish(at, token))
        if token is None:
            raise at.closed()
        return Asking(lambda: self._looked(at, token))

    async def _kept(self, at: StepContext) -> bool:
        return await self.res.secret_store.find(at.guide.team_id, at.guide.user_id) is not None

    async def _looked(self, at: StepContext, token: SecretStr) -> Answer:
        """Whether the agent is on the API channel. One call."""
        found = await self.res.checker.agent(token, at.guide.value("agent_id"))
        if isinstance(found, Refused):
            return Settled(at.failed(found.error, found.calls))
        name = found.name or at.guide.value("agent")
        return Settled(Passed.verified({"agent": Learned.verified(name)}))

    async def _publish(self, at: StepContext, token: SecretStr | None) -> Answer:
        """Publish the agent to the API channel. One call, never repeated.

        Where its outcome is not known, a look tells whether the agent is there before it may be sent again.
        """
        guide = at.guide
        try:
            token = token or await self.res.secret_store.use(guide.team_id, guide.user_id, f"guide:{guide.id}")
            await self.res.coze.publish(token, guide.value("agent_id"), [API_CONNECTOR])
        except (Deleted, Unopened) as error:
            return Settled(at.failed(error, 0))
        except Ambiguous as lost:
            found = await self.res.checker.agent(token, guide.value("agent_id")) if token else None
            if found is None or isinstance(found, Refused):
                return Settled(at.failed(lost, 2), self._noted(at, "unknown"))
        except CozeError as error:
            return Settled(at.failed(error, 1))
        return Settled(Passed.verified(), self._noted(at, "verified"))

    def _noted(self, at: StepContext, evidence: str) -> Effect:
        """It is published, or nobody knows whether."""

        async def note(tx: Tx) -> LearnedFacts:
            guide, about = at.guide, f"agent:{at.guide.value('agent_id')}"
            now = self.res.clock.now()
            await audit.note(tx, guide.team_id, now, guide.user_id, "agent.publish", about, evidence=evidence)
            return {}

        return note


CHECK = Published
