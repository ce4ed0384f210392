"""Alert: what operators are told of the bot's own state, once when it begins and once when it ends."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Trouble(StrEnum):
    """What may be wrong. `SWEEP`: no worker looks for jobs; `DEAD`: jobs were given up; `TOKEN`: Slack takes the bot
    token no more; `WRITE`: the database takes no writes; `DISK`: its disk is nearly full.
    """

    SWEEP = "sweep"
    DEAD = "dead"
    TOKEN = "token"  # noqa: S105  (a word)
    WRITE = "write"
    DISK = "disk"


class Phase(StrEnum):
    """How far it is told: what begins or ends is to be said, what lasts or is over was."""

    BEGINS = "begins"
    LASTS = "lasts"
    ENDS = "ends"
    OVER = "over"


@dataclass(frozen=True)
class Alert:
    """What is to be said: that it began, or with `until` that it has ended. Times are real, UTC.

    `count` says how many jobs wait, or were given up, or how many megabytes are left; `reasons` why, in words for
    operators.
    """

    trouble: Trouble
    since: datetime
    until: datetime | None = None
    count: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def phase(self) -> Phase:
        """Which of both it says."""
        return Phase.ENDS if self.until else Phase.BEGINS
