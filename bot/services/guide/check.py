"""A check: what makes one kind of step count as done. Each has a class in `checks`, and a face among the views."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from bot.clock import Clock
from bot.core import guide as rules
from bot.core.errors import WrongState
from bot.core.guide import Guide, Result, Route, Step
from bot.core.people import Evidence, Person
from bot.coze.client import CozeClient
from bot.services.credential import Credentials
from bot.services.operator import Operator
from bot.services.token_checker import TokenChecker
from bot.services.vault import Vault
from bot.texts.guide_rules import CheckKind

from .answers import Answer, Asking, Looking, Settled
from .rows import Rows

ASKING = "asking"
"""The fact that Coze is asked just now, and the person waits for the answer; it has a value where several calls are
needed."""


@dataclass(frozen=True)
class Resources:
    """What checks work with. Without `operator` the bot looks nothing up on Coze by itself.

    `workspace_id` is ShargeAI's on Coze.
    """

    clock: Clock
    coze: CozeClient
    checker: TokenChecker
    credentials: Credentials
    vault: Vault
    operator: Operator | None
    workspace_id: str

    def looks(self, guide: Guide) -> bool:
        """Whether the operator's credential reaches the guide's agent."""
        return self.operator is not None and guide.value("space") == self.workspace_id


@dataclass(frozen=True)
class StepContext:
    """A guide at its open step: what our rows say, and whose press it is (None where nobody pressed).

    `now` is simulated time, in UTC. `checks` are all there are, by name.
    """

    guide: Guide
    route: Route
    rows: Rows
    checks: Mapping[str, "Check"]
    now: datetime
    who: Person | None = None

    @property
    def step(self) -> Step:
        """The open step."""
        return rules.current_step(self.route, self.guide)

    @property
    def coze_uid(self) -> str:
        """The account on Coze that the person has proven to be theirs, empty if none."""
        return (self.who.coze_uid if self.who else None) or ""

    def at(self, guide: Guide) -> "StepContext":
        """The same a step further."""
        return replace(self, guide=guide)

    def closed(self) -> WrongState:
        """What is raised where the step has nothing to do with what came in."""
        return WrongState(self.guide.state)


@dataclass(frozen=True)
class Check:
    """One kind of step; what it does by default is nothing.

    `presses` are the buttons that act at once, `opens` those that open a form, `forms` what may be sent; of these,
    `anywhere` works at every step of a route that has this one.
    """

    res: Resources = field(repr=False)

    kind: ClassVar[CheckKind] = CheckKind()
    presses: ClassVar[frozenset[str]] = frozenset()
    opens: ClassVar[frozenset[str]] = frozenset()
    forms: ClassVar[frozenset[str]] = frozenset()
    anywhere: ClassVar[frozenset[str]] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """All that it answers."""
        return self.presses | self.opens | self.forms

    def known(self, at: StepContext) -> Result | None:
        """What our own rows answer; None while the step waits for somebody."""
        return None

    def overtaken(self, at: StepContext, step: Step) -> Result | None:
        """What happened outside of the guide that makes `step`, which lies ahead, and all before it count as done."""
        return None

    def in_team(self, evidence: Evidence) -> Evidence | None:
        """How it is known to be done for somebody who is in the team; None if that does not settle it."""
        return None

    def can_look(self, at: StepContext) -> bool:
        """Whether there is something that the bot can look up with its own credential."""
        return False

    async def look(self, at: StepContext) -> Result | None:
        """Look it up. None where that settles nothing. Raises CozeError where a later attempt may succeed."""
        return None

    def is_waiting(self, guide: Guide) -> bool:
        """Whether the person waits for what Coze says."""
        return ASKING in guide.facts

    def press(self, verb: str, at: StepContext) -> Settled | Looking:
        """One of `presses`. Raises WrongState."""
        raise at.closed()

    async def prepare(self, verb: str, at: StepContext) -> object:
        """What the form of one of `opens` has to know besides the guide. Raises WrongState."""
        return None

    async def enter(self, form: str, at: StepContext, given: object) -> Answer | Asking:
        """What the form of this name brought. Raises InvalidFields, WrongState."""
        raise at.closed()
