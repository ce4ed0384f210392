"""Join: a request to enter the ShargeAI team, from asking to having joined."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .account import Grade, grade_of, normal_uid
from .errors import (
    AlreadyDecided,
    HasJoined,
    InvalidFields,
    NoAccount,
    NotAdmin,
    NotYours,
    Outdated,
    OwnRequest,
    Problem,
    Unproven,
    WrongState,
)
from .people import Evidence, Person
from .words import needed

PURPOSE_LENGTH = 300
NICK_LENGTH = 40
REASON_SHORTEST = 5
ALONE = timedelta(minutes=10)
"""For so long it counts that there is no other admin, where the only one decides about themselves."""

WHY_LENGTH = 120
"""Of what goes with a request that is handed on."""

NUDGE_PAUSE = timedelta(days=1)
WATCH = timedelta(hours=48)
"""For so long the bot looks whether an invited person has accepted."""
WHOSE = "E13-who"
"""The key of the error help for an account that is in the team already and that nobody has shown to be theirs."""


class JoinState(StrEnum):
    """Where a request stands. An invitation that failed leaves it `approved`, with its error.

    Another account than the approved one takes it back to `pending`. An approval that an admin takes back before
    anybody has joined by it is `revoked`; who arrives all the same has `joined`.
    """

    PENDING = "pending"
    INFO_REQUESTED = "info_requested"
    APPROVED = "approved"
    INVITED = "invited"
    JOINED = "joined"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CLOSED = "closed"
    REVOKED = "revoked"
    REMOVED = "removed"


UNDECIDED = frozenset({JoinState.PENDING, JoinState.INFO_REQUESTED})
"""Admins have not decided yet."""

OPEN = UNDECIDED | {JoinState.APPROVED, JoinState.INVITED}
"""One person has at most one request in these states."""

HOLDING = OPEN | {JoinState.JOINED}
"""One Coze account belongs to at most one person's request in these states: who published what hangs on it."""


@dataclass(frozen=True)
class Answers:
    """What the form brought, checked by `read`."""

    coze_uid: str
    nick: str
    purpose: str
    email: str | None


@dataclass(frozen=True)
class HandedOn:
    """Who has assigned a request to somebody, and what they wrote with it, "" for nothing."""

    by: str
    note: str = ""


@dataclass(frozen=True)
class Instead:
    """Who may decide where the only admin has asked: `deputies` by user id, and with `themself` the admin."""

    deputies: tuple[str, ...] = ()
    themself: bool = False


NOBODY = Instead()


@dataclass(frozen=True)
class Request:
    """One request. All times are UTC.

    `error` is a key of the error help, while the invitation has failed. `version` rises with every change that
    matters to a decision. `is_member` is Coze's answer when the request came in, None while nobody has asked.
    `by_hand` says that people do on Coze what the bot has no credential for. `removed_by` is set from the moment that
    an admin wants the person removed; `removed` is the state only once they are out.

    `coze_uid` is empty once somebody else has shown that the account was theirs. `approved_uid` is the account that
    an admin has approved; another one is to be approved anew, and waits since `reopened_at`. `proof_asked_at` is when
    an admin asked them to show whose the account is. `checked_at` is when Coze's list of members was last looked
    at for whoever was invited. `note` is what the admin wrote to the person with the approval,
    `revoked_by` who took that back. `alone_at` is when Slack last said that they are the only
    admin, so that nobody else decides.
    """

    id: int
    team_id: str
    user_id: str
    name: str
    coze_uid: str
    nick: str
    purpose: str
    email: str | None
    state: JoinState
    created_at: datetime
    version: int = 1
    grade: Grade = Grade.TYPED
    is_member: bool | None = None
    earlier: int = 0
    assignee: str | None = None
    question: str | None = None
    asked_by: str | None = None
    asked_at: datetime | None = None
    answer: str | None = None
    nudged_at: datetime | None = None
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
    ended_at: datetime | None = None
    removed_by: str | None = None
    removed_evidence: Evidence | None = None
    approved_uid: str | None = None
    reopened_at: datetime | None = None
    proof_asked_at: datetime | None = None
    checked_at: datetime | None = None
    note: str | None = None
    revoked_by: str | None = None
    alone_at: datetime | None = None

    @property
    def waiting_since(self) -> datetime:
        """Since when it waits for a decision, UTC."""
        return self.reopened_at or self.created_at

    @property
    def is_changed(self) -> bool:
        """Whether it waits with another account than the one that an admin has approved."""
        return self.state in UNDECIDED and self.approved_uid not in (None, self.coze_uid)

    @property
    def may_publish(self) -> bool:
        """Whether they are in the team with an account that is surely theirs."""
        return self.state is JoinState.JOINED and self.grade is Grade.PROVEN

    @property
    def wants_proof(self) -> bool:
        """Whether their account is in the team, and they have yet to show that it is theirs."""
        if self.state is JoinState.JOINED:
            return self.grade is not Grade.PROVEN
        return self.state is JoinState.APPROVED and self.error == WHOSE

    def arrives_as(self) -> Grade:
        """The grade of its account now that Coze lists it as a member; `typed`: it was in before we invited it."""
        is_out = self.state in (JoinState.INVITED, JoinState.REVOKED)
        accepted = is_out and self.invited_evidence is Evidence.VERIFIED
        return grade_of(is_proven=self.grade is Grade.PROVEN, has_accepted=accepted)

    def notice(self, name: str) -> str:
        """The kind of a notice to post now: one that a request has rung with rings again once it was reopened."""
        return f"{name}-{self.version}" if self.reopened_at else name


def read(coze_uid: str = "", nick: str = "", purpose: str = "", email: str = "") -> Answers:
    """The form's values, trimmed. Raises InvalidFields naming each that can't be accepted."""
    answers = Answers(normal_uid(coze_uid), nick.strip(), purpose.strip(), email.strip() or None)
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
    """A Coze user id alone, as it is meant. Raises InvalidFields."""
    coze_uid = normal_uid(coze_uid)
    if problems := _uid_problems(coze_uid):
        raise InvalidFields(problems)
    return coze_uid


def read_reason(reason: str) -> str:
    """Why a request is declined, trimmed: the person reads it. Raises InvalidFields."""
    if len(reason.strip()) < REASON_SHORTEST:
        raise InvalidFields([Problem("join.reason", "too_short", {"shortest": REASON_SHORTEST})])
    if len(reason.strip()) > PURPOSE_LENGTH:
        raise InvalidFields([Problem("join.reason", "too_long", {"longest": PURPOSE_LENGTH})])
    return reason.strip()


def _uid_problems(coze_uid: str) -> list[Problem]:
    if re.fullmatch(r"[0-9]{6,24}", coze_uid):
        return []
    return [Problem("join.uid", "email_not_id" if "@" in coze_uid else "not_uid")]


def read_words(field: str, words: str) -> str:
    """A question or an answer, trimmed. Raises InvalidFields."""
    return needed(f"join.{field}", words, PURPOSE_LENGTH)


def read_own_note(note: str) -> str:
    """The note of who chose to write one, trimmed. Raises InvalidFields."""
    return read_words("note", note)


def read_note(note: str, longest: int = PURPOSE_LENGTH) -> str:
    """What somebody may add, trimmed; "" for nothing. Raises InvalidFields."""
    if len(note.strip()) > longest:
        raise InvalidFields([Problem("join.note", "too_long", {"longest": longest})])
    return note.strip()


def check_telling(request: Request, by: Person) -> None:
    """Whether `by` may write to the person about it, decided or not. Raises NotAdmin, OwnRequest."""
    if not by.may_decide():
        raise NotAdmin
    if by.user_id == request.user_id:
        raise OwnRequest


def may_decide(request: Request, by: Person) -> bool:
    """Whether this is for them to decide: as an admin, or as a deputy where the only admin asks."""
    return by.may_decide() or (request.alone_at is not None and by.may_stand_in())


def check_decision(request: Request, by: Person, seen: int | None = None) -> None:
    """Whether `by` may decide `request` now. `seen` is the version that their card shows, if it is known.

    Raises NotAdmin, OwnRequest, AlreadyDecided (with who and when), WrongState (withdrawn or closed meanwhile),
    Outdated (the person changed it since the card was drawn).
    """
    if not may_decide(request, by):
        raise NotAdmin
    if by.user_id == request.user_id:
        raise OwnRequest
    _check_undecided(request, seen)


def _check_undecided(request: Request, seen: int | None) -> None:
    if request.state in (JoinState.WITHDRAWN, JoinState.EXPIRED, JoinState.CLOSED):
        raise WrongState(request.state)
    if request.state not in UNDECIDED:
        raise AlreadyDecided(request.state, request.decided_by, request.decided_at)
    if seen is not None and seen != request.version:
        raise Outdated


def check_approval(request: Request, by: Person, seen: int | None = None) -> None:
    """The same for letting somebody in, which needs an account. Raises NoAccount too."""
    check_decision(request, by, seen)
    if not request.coze_uid:
        raise NoAccount


def check_own_approval(request: Request, by: Person, now: datetime, seen: int | None = None) -> None:
    """Whether `by`, the only admin as of some minutes ago, may let themselves in. Raises as `check_approval` does,
    NotYours for somebody else's request, and OwnRequest where there is another admin.
    """
    if not by.may_decide():
        raise NotAdmin
    if by.user_id != request.user_id:
        raise NotYours
    _check_undecided(request, seen)
    if request.alone_at is None:
        raise OwnRequest
    if now - request.alone_at > ALONE:
        raise Outdated
    if not request.coze_uid:
        raise NoAccount


def check_taking_back(request: Request, by: Person) -> None:
    """Whether `by` may take the approval back now.

    Raises NotAdmin, OwnRequest, HasJoined (too late for that), AlreadyDecided (somebody else has), WrongState.
    """
    if not may_decide(request, by):
        raise NotAdmin
    if by.user_id == request.user_id:
        raise OwnRequest
    if request.state is JoinState.JOINED:
        raise HasJoined(request.state)
    if request.state is JoinState.REVOKED:
        raise AlreadyDecided(request.state, request.revoked_by, request.ended_at)
    if request.state not in (JoinState.APPROVED, JoinState.INVITED):
        raise WrongState(request.state)


def check_removal(request: Request, by: Person) -> None:
    """Whether `by` may have this person removed from the team. Raises NotAdmin, WrongState.

    Raises Unproven for an account that was only typed: whoever owns it would be removed.
    """
    if not by.may_decide():
        raise NotAdmin
    if request.state is not JoinState.JOINED:
        raise WrongState(request.state)
    if request.grade is Grade.TYPED:
        raise Unproven


def check_asking(request: Request, by: Person) -> None:
    """Whether `by` may ask this person to show whose the account is. Raises NotAdmin, WrongState."""
    if not may_decide(request, by):
        raise NotAdmin
    if request.state not in HOLDING or request.grade is Grade.PROVEN or not request.coze_uid:
        raise WrongState(request.state)


def check_owner(request: Request, user_id: str, *states: JoinState) -> None:
    """Whether this is the person's own request and in one of `states`. Raises NotYours, WrongState."""
    if request.user_id != user_id:
        raise NotYours
    if request.state not in states:
        raise WrongState(request.state)


def may_nudge(request: Request, now: datetime, sla: datetime) -> bool:
    """Whether the person may remind the admins: after the agreed time, and once a day."""
    if request.state is not JoinState.PENDING or now < sla:
        return False
    return request.nudged_at is None or now - request.nudged_at >= NUDGE_PAUSE
