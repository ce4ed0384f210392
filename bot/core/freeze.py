"""Freeze: for a while nobody publishes to the channel but whose agent an admin lets pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .errors import BotError, InvalidFields, Problem
from .words import needed

WORDS = 300  # characters of a reason
LONGEST = timedelta(days=30)
REMIND_AFTER = 9.0  # working hours, which is a day: so often admins are reminded that it is still on


@dataclass(frozen=True)
class Freeze:
    """One freeze, which ends by itself at `ends_at` if nobody lifts it before. Times are UTC."""

    id: int
    team_id: str
    reason: str
    begun_by: str
    begun_at: datetime
    ends_at: datetime
    lifted_by: str | None = None
    lifted_at: datetime | None = None
    lift_reason: str | None = None

    def is_on(self, now: datetime) -> bool:
        """Whether it keeps people from publishing at this moment."""
        return self.lifted_at is None and now < self.ends_at


@dataclass(frozen=True)
class FreezePass:
    """An agent that somebody wants to publish all the same, and who let it pass, if anybody has. Times are UTC."""

    id: int
    team_id: str
    freeze_id: int
    agent_id: str
    agent_name: str
    user_id: str
    asked_at: datetime
    passed_by: str | None = None
    passed_at: datetime | None = None
    reason: str | None = None


class Frozen(BotError):
    """There is a freeze already."""

    def __init__(self, freeze: Freeze) -> None:
        super().__init__("frozen")
        self.freeze = freeze


def read_reason(text: str) -> str:
    """A reason, trimmed. Raises InvalidFields."""
    return needed("freeze.reason", text, WORDS)


def read(reason: str, ends_at: datetime, now: datetime) -> tuple[str, datetime]:
    """What the form says: why, and until when (UTC). Raises InvalidFields naming each that can't be accepted."""
    problems: Sequence[Problem] = []
    try:
        reason = read_reason(reason)
    except InvalidFields as error:
        problems = error.problems
    if ends_at <= now:
        problems = [*problems, Problem("freeze.until", "over")]
    elif ends_at > now + LONGEST:
        problems = [*problems, Problem("freeze.until", "too_long_frozen", {"days": LONGEST.days})]
    if problems:
        raise InvalidFields(list(problems))
    return reason, ends_at
