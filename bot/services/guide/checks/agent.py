"""Agent: which one it is, by its page's address, or made from here."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from pydantic import SecretStr

from bot.core.account import Grade
from bot.core.agent import Address, Draft, Space
from bot.core.guide import Failed, Failure, Guide, Learned, LearnedFacts, Passed, Result, Route, Shown
from bot.core.join import JoinState
from bot.coze.errors import CozeError, CozeNotFound
from bot.services.guide.carrying import CARRIES, PUBLICATION
from bot.services.guide.check import Answer, Asking, Settled, StepContext, Told
from bot.services.guide.looked_up import LookedUp
from bot.services.workspace_client import PRESSED
from bot.store import audit, job
from bot.store import guide as store
from bot.store.database import Tx

OURS = "ShargeAI"  # what the team's workspace is called
log = logging.getLogger(__name__)
CREATE = "createBot"  # the permission, as Coze spells it
WRONG_SPACE = "E9"  # keys of the error help
COPIED_BY_US = {"yes": "E9-copyable", "proof": "E9-proof"}  # where the bot can have it copied, by COPYABLE
NOT_OPENED, NOT_THEIRS = "E1", "E8"
FAILED, LOST = "E9-copy", "E15-copied"  # of a copy: Coze said why not; whether it was made is not known

COPY = "copy"
"""The fact how far a copy into ShargeAI is: WANTED, SENT, or the number of Coze's task; empty where none is made."""
WANTED, SENT = "wanted", "sent"
SINCE = "copy_since"
"""The fact when Coze was asked for it."""
COPYABLE = "copyable"
"""Among a failure's values: a copy can be asked for ("yes"), or once the account is proven ("proof")."""


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

    buttons = frozenset({"open", "paste", "create", "channel"})
    menu = frozenset({"paste", "create"})
    presses = frozenset({"copy"})
    gives = frozenset({"agent", "agent_id", "space"})
    opens = frozenset({"paste", "take", "create"})
    forms = frozenset({"agent", "spaces", "space", "create"})
    given = "agent_id"

    def carried(self, route: Route, guide: Guide) -> str:
        """Which agent it is, may be told by publishing one."""
        return PUBLICATION if route.team and not guide.value(self.given) else ""

    def _begun(self, at: StepContext) -> Result | None:
        """The agent that is being published since this step came; that it is theirs is looked up on the way."""
        publication = at.rows.publication
        if publication is None or at.guide.value(self.given) or at.guide.value(CARRIES) != PUBLICATION:
            return None
        known = {"agent_id": publication.agent_id, "agent": publication.agent_name, "space": publication.workspace_id}
        return Passed(facts={name: Learned(value) for name, value in known.items()})

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

    def known(self, at: StepContext) -> Result | None:
        """It is being published; or a copy had to wait for the proof of the account, and can be asked for now."""
        if begun := self._begun(at):
            return begun
        failure, request = at.guide.failure, at.rows.request
        if failure is None or failure.values.get(COPYABLE) != "proof":
            return None
        if request is None or request.grade is not Grade.PROVEN:
            return None
        values = {**failure.values, COPYABLE: "yes"}
        return Failed(replace(failure, error=COPIED_BY_US["yes"], values=values))

    def is_waiting(self, guide: Guide) -> bool:
        """The card of a copy says itself how far that is."""
        return not guide.value(COPY) and super().is_waiting(guide)

    def press(self, verb: str, at: StepContext) -> Settled:
        """Copy it: only what a look has allowed, for somebody whose account is proven."""
        failure, guide = at.guide.failure, at.guide
        if failure is None or failure.values.get(COPYABLE) != "yes" or not at.coze_uid:
            raise at.closed()

        async def begin(tx: Tx) -> LearnedFacts:
            subject = f"agent:{guide.value('agent_id')}"
            await audit.note(tx, guide.team_id, at.now, guide.user_id, "agent.copy", subject)
            await job.enqueue(tx, guide.team_id, "copy", store.subject(guide.id), at.now, job.SOMEBODY_WAITS, PRESSED)
            return {}

        return Settled(Shown({COPY: Learned(WANTED)}), begin)

    def _pasted(self, at: StepContext, address: Address) -> Settled | Asking:
        facts = {**_facts(address, Learned), COPY: Learned()}
        ours, lies_in = self.res.workspace_id, address.workspace_id
        if at.route.team and ours and lies_in != ours:
            if self.res.workspace_client is None:
                return Settled(Failed(Failure(at.step.id, WRONG_SPACE, at.now), facts))
            return Asking(lambda: self._elsewhere(at, facts))
        if self.res.workspace_client and lies_in == ours:
            return Settled(Shown(facts), look=True)
        return Settled(Passed(facts=facts))

    async def _elsewhere(self, at: StepContext, facts: LearnedFacts) -> Answer:
        """Whether it can be copied to ShargeAI: only within one enterprise, by an account that is in both workspaces
        (coze.cn/open/docs, copy_entity). One call, of the bot's own credential.
        """
        values = {}
        try:
            listed = await self.res.workspace_client.workspaces() if self.res.workspace_client else []
        except CozeError as error:
            log.info("nobody knows whether it can be copied: %s", error)
            listed = []
        spaces = {each.id: each for each in listed}
        its, ours = spaces.get(facts["space"].value), spaces.get(self.res.workspace_id)
        if its:
            values["space"] = its.name
        if its and ours and its.enterprise_id and its.enterprise_id == ours.enterprise_id:
            values[COPYABLE] = "yes" if at.coze_uid else "proof"
        known = COPIED_BY_US.get(values.get(COPYABLE, ""), WRONG_SPACE)
        return Settled(Failed(Failure(at.step.id, known, at.now, values), facts))

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
