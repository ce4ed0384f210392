"""Refusal: what somebody tried and may not do, as it is written down: counted for each person, action and hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .errors import (
    AlreadyDecided,
    BotError,
    InvalidFields,
    NotAdmin,
    NotAllowed,
    NotFound,
    NotYours,
    Outdated,
    OwnRequest,
    WrongState,
)
from .setting import MayNotAsk

PILE = 20
"""So many refusals within an hour are nobody's mistake: who meets a dead button tries it twice, not twenty times."""

DAY = timedelta(days=1)
KEPT = timedelta(days=180)
"""For so long they are kept: half a year, in which an audit asks for them."""

FORGED_CODES = frozenset({"unknown_choice"})
"""Problems of a field that no form of ours can have: somebody made the choice up."""


class Reason(StrEnum):
    """Why it was refused. `secret` is the leak guard's: a mistake of whoever typed, never an attempt at anything."""

    NOT_ADMIN = "not_admin"
    OWN_REQUEST = "own_request"
    NOT_YOURS = "not_yours"
    NO_MEMBER = "no_member"
    DECIDED = "decided"
    MOVED_ON = "moved_on"
    NOT_FOUND = "not_found"
    FORGED = "forged"
    NO_ASKER = "no_asker"
    SECRET = "secret"  # noqa: S105 (a word, not a password)


_REASONS: Mapping[type[BotError], Reason] = {
    NotAdmin: Reason.NOT_ADMIN,
    OwnRequest: Reason.OWN_REQUEST,
    NotYours: Reason.NOT_YOURS,
    MayNotAsk: Reason.NO_ASKER,
    NotAllowed: Reason.NO_MEMBER,
    AlreadyDecided: Reason.DECIDED,
    WrongState: Reason.MOVED_ON,
    Outdated: Reason.MOVED_ON,
    NotFound: Reason.NOT_FOUND,
}


@dataclass(frozen=True)
class Refusal:
    """What one person tried within one hour for one reason, and how often. Times are simulated time, in UTC.

    `action` is a route, "press:join.approve"; `subject` the row of the last try, "join:12", or empty.
    """

    user_id: str
    hour: datetime
    action: str
    reason: Reason
    subject: str
    count: int
    last_at: datetime


@dataclass(frozen=True)
class Attempts:
    """How often somebody was refused in the hours in which it piled up."""

    user_id: str
    count: int


def reason_of(error: BotError) -> Reason | None:
    """Why a request was refused, for want of a right or because what it names is not so; None for other errors."""
    if isinstance(error, InvalidFields):
        forged = any(problem.code in FORGED_CODES for problem in error.problems)
        return Reason.FORGED if forged else None
    return next((_REASONS[kind] for kind in type(error).__mro__ if kind in _REASONS), None)


def hour_of(moment: datetime) -> datetime:
    """The hour in which it lies."""
    return moment.replace(minute=0, second=0, microsecond=0)
