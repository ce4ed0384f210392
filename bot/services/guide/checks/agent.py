"""Agent: which one it is, by its page's address, or made from here."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr

from bot.core.agent import Address, Draft, Space
from bot.core.guide import Failed, Failure, Learned, LearnedFacts, Passed, Shown
from bot.core.join import JoinState
from bot.coze.errors import CozeError, CozeNotFound
from bot.services.guide.check import Answer, Asking, Settled, StepContext, Told
from bot.services.guide.looked_up import LookedUp
from bot.store import audit
from bot.store.database import Tx

OURS = "ShargeAI"  # what the team's workspace is called
CREATE = "createBot"  # the permission, as Coze spells it
WRONG_SPACE = "E9"  # keys of the error help
NOT_OPENED = "E1"


@dataclass(frozen=True)
class Chosen:
    """The workspace in which an agent is to be made, with the token that makes it."""

    space: Space
    token: SecretStr


@dataclass(frozen=True)
class Making:
    """An agent to be made: in a workspace with its token, else in ShargeAI with the bot's own credential."""

    draft: Draft
    chosen: Chosen | None


class Agent(LookedUp):
    """On a route that leads through the team the agent has to lie in ShargeAI, and is looked up there."""

    buttons = frozenset({"open", "paste", "create"})
    menu = frozenset({"paste", "create"})
    gives = frozenset({"agent", "agent_id", "space"})
    opens = frozenset({"paste", "take", "create"})
    forms = frozenset({"agent", "spaces", "space", "create"})
    given = "agent_id"

    async def prepare(self, verb: str, at: StepContext) -> object:
        """Whether the bot makes it in ShargeAI with its own credential."""
        return self._is_ours(at) if verb == "create" else None

    async def enter(self, form: str, at: StepContext, given: object) -> Answer | Asking:
        """The agent's address; or, on the way to a new one, a token, the workspace, the agent."""
        match given:
            case Address():
                return self._pasted(at, given)
            case SecretStr():
                return Asking(lambda: self._spaces(at, given), quiet=True)
            case Chosen(space):
                return Told(space)
            case Making(chosen=None) if not self._is_ours(at):
                raise at.closed()
            case Making():
                return Asking(lambda: self._make(at, given))
        raise at.closed()

    def _is_ours(self, at: StepContext) -> bool:
        """On a route through the team, by somebody who has joined."""
        request = at.rows.request
        joined = request is not None and request.state is JoinState.JOINED
        return at.route.team and joined and self.res.workspace_client is not None

    def _pasted(self, at: StepContext, address: Address) -> Settled:
        facts = _facts(address, Learned)
        ours, lies_in = self.res.workspace_id, address.workspace_id
        if at.route.team and ours and lies_in != ours:
            return Settled(Failed(Failure(at.step.id, WRONG_SPACE, at.now), facts))
        if self.res.workspace_client and lies_in == ours:
            return Settled(Shown(facts), look=True)
        return Settled(Passed(facts=facts))

    async def _spaces(self, at: StepContext, token: SecretStr) -> Answer:
        """The workspaces that the token may have been opened to; on a route through the team ShargeAI's. One call."""
        only = self.res.workspace_id if at.route.team else ""
        try:
            listed = await self.res.coze.workspaces(token)
        except CozeError as error:
            return Settled(at.failed(error, 1))
        found = [Space(each.id, each.name) for each in listed if each.opens and only in ("", each.id)]
        missing = Failure(at.step.id, NOT_OPENED, at.now, {"key": CREATE, "space": only}, 1)
        return Told(found) if found else Settled(Failed(missing))

    async def _make(self, at: StepContext, making: Making) -> Answer:
        """One call, which costs the person one where it is their token; never repeated."""
        draft, chosen = making.draft, making.chosen
        try:
            address = await self._made(draft, chosen)
        except CozeError as error:
            return Settled(at.failed(error, 1 if chosen else 0))

        async def note(tx: Tx) -> LearnedFacts:
            guide = at.guide
            subject = f"agent:{address.agent_id}"
            await audit.note(tx, guide.team_id, self.res.clock.now(), guide.user_id, "agent.create", subject)
            return {}

        return Settled(Passed.verified(_facts(address, Learned.verified)), note, told=address)

    async def _made(self, draft: Draft, chosen: Chosen | None) -> Address:
        if chosen:
            parts = (draft.name, draft.description, draft.persona, draft.opening, draft.questions)
            made = await self.res.coze.create_bot(chosen.token, chosen.space.id, *parts)
            return Address(made, chosen.space.id, draft.name, chosen.space.name)
        if self.res.workspace_client is None:
            raise CozeNotFound("no credential of the workspace")
        made = await self.res.workspace_client.create(draft)
        return Address(made, self.res.workspace_client.workspace_id, draft.name, OURS)


def _facts(address: Address, learned: Callable[[str], Learned]) -> LearnedFacts:
    return {
        "agent_id": learned(address.agent_id),
        "space": learned(address.workspace_id),
        "space_name": learned(address.workspace),
        "agent": learned(address.name),
    }


CHECK = Agent
