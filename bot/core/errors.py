"""What can go wrong, as a tree. One class for each thing that a person can be told.

BotError
├── InvalidFields     a form holds values that can't be accepted; one problem a field
├── NotAllowed        this person may not do that
│   ├── NotAdmin      only today's admins decide
│   ├── OwnRequest    nobody decides about their own request
│   └── NotYours      the matter belongs to somebody else
├── AlreadyDecided    somebody was faster
├── WrongState        the matter has moved on since it was drawn
│   ├── HasJoined     an approval can't be taken back any more
│   └── Overtaken     it was changed between reading and writing: once more may do
├── Outdated          what is decided about was changed since it was drawn
├── NoAccount         a request has lost its Coze account to whom it belongs
├── Unproven          nobody has shown whose the Coze account is
├── TooOften          so often in so short a time that it is nobody's mistake
├── TooSoon           it was done a moment ago, or is not time yet
├── Throttled         it was done too often in a short time
├── NotFound          no such row in this workspace
│   └── Lapsed        a line of the audit whose days are over
├── Duplicate         this very delivery was handled before
├── SlackRefused      Slack has understood what was asked, and said no
└── Unreachable       Slack can't be asked at the moment
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


class BotError(Exception):
    """Something a person can be told. Carries facts, never words and never secrets."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field: `where` is its block id, `code` names the sentence, `values` fill it in."""

    where: str
    code: str
    values: Mapping[str, object] = field(default_factory=dict)


class InvalidFields(BotError):
    """A form holds values that can't be accepted."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(f"{problem.where}: {problem.code}" for problem in problems))
        self.problems = problems


class NotAllowed(BotError):
    """This person may not do that."""


class NotAdmin(NotAllowed):
    """Only today's admins decide."""


class OwnRequest(NotAllowed):
    """Nobody decides about their own request."""


class NotYours(NotAllowed):
    """The matter belongs to somebody else."""


class AlreadyDecided(BotError):
    """Somebody was faster. `by` is their user id, `at` the moment in UTC."""

    def __init__(self, state: str, by: str | None, at: datetime | None) -> None:
        super().__init__(state)
        self.state, self.by, self.at = state, by, at


class WrongState(BotError):
    """The matter has moved on since the button was drawn."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class HasJoined(WrongState):
    """They have joined by the approval, so that can't be taken back any more."""


class Overtaken(WrongState):
    """It was changed between reading and writing: once more may do."""


class Outdated(BotError):
    """What is decided about was changed since it was drawn."""


class NoAccount(BotError):
    """A request has lost its Coze account to whom it belongs, and has no other yet."""


class Unproven(BotError):
    """Nobody has shown whose the Coze account is, so nothing is done to it."""


class TooSoon(BotError):
    """It was done a moment ago, or is not time yet."""


class TooOften(BotError):
    """So often in so short a time is nobody's mistake; in ten minutes again."""


class Throttled(BotError):
    """It was done too often in a short time. It goes on after so many `seconds` of real time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.1f} s")
        self.seconds = seconds


class NotFound(BotError):
    """No such row in this workspace."""


class Lapsed(NotFound):
    """A line of the audit that was there, and was let go of when its days were over."""


class Duplicate(BotError):
    """This very delivery was handled before."""


class SlackRefused(BotError):
    """Slack refused a call; `code` is its own word, such as message_not_found, `hints` what it says where."""

    def __init__(self, code: str, hints: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code, self.hints = code, hints


class Unreachable(BotError):
    """Slack can't be asked at the moment. `is_over`: nor is it done later, as it never got there, or Slack has said
    in its own words that it failed; what stands before Slack may say so of what is under way.
    """

    def __init__(self, why: str = "", *, is_over: bool = False) -> None:
        super().__init__(why)
        self.is_over = is_over


class StartError(Exception):
    """The bot can't start; the text says to its operator what to do."""


Tell = Callable[[str, str], None]
"""Hears while the bot starts what is missing, and why; "" once it is there."""


def untold(_what: str, _why: str) -> None:
    """Nobody hears it."""
