"""Join: a request to enter the ShargeAI team, from asking to having joined."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .errors import AlreadyDecided, InvalidFields, NotAdmin, NotYours, OwnRequest, Problem, WrongState
from .people import Evidence, Person

PURPOSE_LENGTH = 300
NICK_LENGTH = 40
REASON_SHORTEST = 5
WATCH = timedelta(hours=48)
"""For so long the bot looks whether an invited person has accepted."""


class State(StrEnum):
    """Where a request stands. An invitation that failed leaves it `approved`, with its error."""

    PENDING = "pending"
    APPROVED = "approved"
    INVITED = "invited"
    JOINED = "joined"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({State.PENDING, State.APPROVED, State.INVITED})
"""One person has at most one request in these states."""


@dataclass(frozen=True)
class Answers:
    """What the form brought, checked by `read`."""

    coze_uid: str
    nick: str
    purpose: str
    email: str | None


@dataclass(frozen=True)
class Request:
    """One request. All times are UTC. `error` is a key of the error help, while the invitation has failed."""

    id: int
    team_id: str
    user_id: str
    name: str
    coze_uid: str
    nick: str
    purpose: str
    email: str | None
    state: State
    created_at: datetime
    earlier: int = 0
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    by_hand: bool = False
    error: str | None = None
    log_id: str | None = None
    invited_at: datetime | None = None
    invited_evidence: Evidence | None = None
    watch_until: datetime | None = None
    joined_at: datetime | None = None
    joined_evidence: Evidence | None = None


def read(coze_uid: str, nick: str, purpose: str, email: str) -> Answers:
    """The form's values, trimmed. Raises InvalidFields naming each that can't be accepted."""
    answers = Answers(coze_uid.strip(), nick.strip(), purpose.strip(), email.strip() or None)
    problems = _uid_problems(answers.coze_uid)
    for field, value, longest in (("nick", answers.nick, NICK_LENGTH), ("purpose", answers.purpose, PURPOSE_LENGTH)):
        if not value:
            problems.append(Problem(f"join.{field}", "empty"))
        elif len(value) > longest:
            problems.append(Problem(f"join.{field}", "too_long", {"longest": longest}))
    if answers.email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", answers.email):
        problems.append(Problem("join.email", "not_email"))
    if problems:
        raise InvalidFields(problems)
    return answers


def read_uid(coze_uid: str) -> str:
    """A Coze user id alone, trimmed. Raises InvalidFields."""
    if problems := _uid_problems(coze_uid.strip()):
        raise InvalidFields(problems)
    return coze_uid.strip()


def read_reason(reason: str) -> str:
    """Why a request is declined, trimmed: the person reads it. Raises InvalidFields."""
    if len(reason.strip()) < REASON_SHORTEST:
        raise InvalidFields([Problem("join.reason", "too_short", {"shortest": REASON_SHORTEST})])
    return reason.strip()


def _uid_problems(coze_uid: str) -> list[Problem]:
    if re.fullmatch(r"[0-9]{6,24}", coze_uid):
        return []
    return [Problem("join.uid", "email_not_id" if "@" in coze_uid else "not_digits")]


def check_decision(request: Request, by: Person) -> None:
    """Whether `by` may decide `request` now.

    Raises NotAdmin, OwnRequest, AlreadyDecided (with who and when), WrongState (withdrawn meanwhile).
    """
    if not by.may_decide():
        raise NotAdmin
    if by.user_id == request.user_id:
        raise OwnRequest
    if request.state is State.WITHDRAWN:
        raise WrongState(request.state)
    if request.state is not State.PENDING:
        raise AlreadyDecided(request.state, request.decided_by, request.decided_at)


def check_owner(request: Request, user_id: str, *states: State) -> None:
    """Whether this is the person's own request and in one of `states`. Raises NotYours, WrongState."""
    if request.user_id != user_id:
        raise NotYours
    if request.state not in states:
        raise WrongState(request.state)
