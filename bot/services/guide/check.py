"""A check: what makes one kind of step count as done. Each has a class in `checks`, and a face among the views."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Literal

from bot.clock import Clock
from bot.core import guide as rules
from bot.core.errors import WrongState
from bot.core.guide import Failed, Failure, Guide, LearnedFacts, Result, Route, Step
from bot.core.people import Person
from bot.coze.client import CozeClient
from bot.coze.errors import CozeError, MissingPermission
from bot.services.credential import Credentials
from bot.services.join.accounts import Accounts
from bot.services.secret_store import SecretStore
from bot.services.token_checker import TokenChecker
from bot.services.workspace_client import WorkspaceClient
from bot.store.database import Tx
from bot.texts.guide_rules import CheckKind

from .rows import Rows

ASKING = "asking"
"""The fact that Coze is asked just now, and the person waits for the answer; it has a value where several calls are
needed."""


Effect = Callable[[Tx], Awaitable[LearnedFacts]]
"""What else is written, in the transaction that moves the guide, before it moves; answers what is known by that."""


@dataclass(frozen=True)
class Settled:
    """It is known at once. With `look` Coze is asked next with the bot's own credential.

    `told` is what the form that is open may show of it.
    """

    result: Result
    effect: Effect | None = None
    look: bool = False
    told: object = None


@dataclass(frozen=True)
class Looking:
    """The bot asks Coze by itself, and the person waits for it: the card says so."""

    effect: Effect | None = None


@dataclass(frozen=True)
class Told:
    """Nothing changes: the form goes on with what was found."""

    found: object


Answer = Settled | Looking | Told


@dataclass(frozen=True)
class Asking:
    """Coze is asked after the ack, with what the person gave; `ask` answers what came of it and raises no CozeError.

    The card says so meanwhile, call by call where there are `several`; it keeps `quiet` where the form says it.
    """

    ask: Callable[[], Awaitable[Answer]]
    several: bool = False
    quiet: bool = False


def told_of(answer: Answer) -> object:
    """What the form that is open may show of it: why not, what was found or made."""
    match answer:
        case Told(found):
            return found
        case Settled(Failed(failure)):
            return failure
        case Settled(told=told):
            return told
    return None


@dataclass(frozen=True)
class CheckTools:
    """What checks work with. Without `operator` the bot looks nothing up on Coze by itself.

    `workspace_id` is ShargeAI's on Coze.
    """

    clock: Clock
    coze: CozeClient
    checker: TokenChecker
    credentials: Credentials
    accounts: Accounts
    secret_store: SecretStore
    workspace_client: WorkspaceClient | None
    workspace_id: str

    def looks(self, guide: Guide) -> bool:
        """Whether the operator's credential reaches the guide's agent."""
        return self.workspace_client is not None and guide.value("space") == self.workspace_id


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

    def failed(self, error: CozeError, calls: int) -> Failed:
        """Coze said no. `calls` is what it cost the person; where it cost any, the end of the token is told."""
        missing = {"key": error.key, "space": error.space} if isinstance(error, MissingPermission) else {}
        code = {} if error.code is None else {"code": str(error.code)}
        ends = self.guide.value("ends")
        date = {"date": ends[:10]} if ends and calls else {}
        values = {**code, "log_id": error.log_id, **missing, **date}
        return Failed(Failure(self.step.id, error.help, self.now, values, calls))


@dataclass(frozen=True)
class Check:
    """One kind of step; what it does by default is nothing.

    `buttons` is what the guide's files may let it offer, `menu` those of them that may stand in the menu too, `needs`
    what an earlier step has to have learned for one of them, as pairs, and `gives` what is known once it is done. It
    `closes` the route, or makes sense only `through_team`. `in_team` says how it is known to be done for somebody who
    is in the team: by the same evidence, or by their word alone.

    `carries` is what the card shows in the step's place while there is one.

    `presses` are the buttons that act at once, `opens` those that open a form, `forms` what may be sent; of these,
    `anywhere` works at every step of a route that has this one.
    """

    res: CheckTools = field(repr=False)

    buttons: ClassVar[frozenset[str]] = frozenset()
    menu: ClassVar[frozenset[str]] = frozenset()
    needs: ClassVar[frozenset[tuple[str, str]]] = frozenset()
    gives: ClassVar[frozenset[str]] = frozenset()
    closes: ClassVar[bool] = False
    through_team: ClassVar[bool] = False
    in_team: ClassVar[Literal["", "same", "word"]] = ""
    carries: ClassVar[Literal["", "join", "publish"]] = ""
    presses: ClassVar[frozenset[str]] = frozenset()
    opens: ClassVar[frozenset[str]] = frozenset()
    forms: ClassVar[frozenset[str]] = frozenset()
    anywhere: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def kind(cls) -> CheckKind:
        """What the guide's files may ask of it."""
        buttons = {name: frozenset(fact for button, fact in cls.needs if button == name) for name in cls.buttons}
        return CheckKind(buttons, cls.menu, cls.gives, cls.closes, cls.through_team)

    @property
    def names(self) -> frozenset[str]:
        """All that it answers."""
        return self.presses | self.opens | self.forms

    def known(self, at: StepContext) -> Result | None:
        """What our own rows answer; None while the step waits for somebody."""
        return None

    def carried(self, route: Route, guide: Guide) -> str:
        """What the card shows in the place of this step of the guide, while there is one."""
        return self.carries

    def overtaken(self, at: StepContext, step: Step) -> Result | None:
        """What happened outside of the guide that makes `step`, which lies ahead, and all before it count as done."""
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
