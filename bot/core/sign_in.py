"""Sign-in: somebody shows on Coze which account is theirs, by a code that they are shown here. Nothing is pasted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from .errors import NotYours, WrongState

ANSWER = timedelta(minutes=15)
"""For so long the person is asked whether the account is theirs, and whether the sign-in is to be kept. Then it is
dropped; an access token lives no longer."""

STARTING = timedelta(minutes=2)
"""For so long Coze may not answer when it is asked for a code."""

MORE = 5
"""Seconds that Coze adds between two questions when it was asked too often."""


class SignInState(StrEnum):
    """Where a sign-in stands. `looking`: Coze has said yes and is asked whose account it is; `seen`: the person is
    asked whether it is theirs; `taken`: somebody else here has proven it.
    """

    STARTING = "starting"
    WAITING = "waiting"
    LOOKING = "looking"
    SEEN = "seen"
    DONE = "done"
    DENIED = "denied"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    NOT_MINE = "not_mine"
    TAKEN = "taken"
    FAILED = "failed"


OPEN = frozenset({SignInState.STARTING, SignInState.WAITING, SignInState.LOOKING, SignInState.SEEN})
"""One person has at most one in these states."""


class Purpose(StrEnum):
    """What the account is wanted for."""

    JOIN = "join"
    GUIDE = "guide"
    ACCOUNT = "account"
    PUBLISH = "publish"


@dataclass(frozen=True)
class SignIn:
    """One sign-in, without its secrets. Times are UTC, simulated time.

    `about` is what a button of its purpose names: a request's id, or a guide and its step. `typed` is what stood in
    the form that waits for the account, for a week. `page` and `user_code` are Coze's, shown to the person;
    `interval` is in seconds. `answer_by` is until when the person may say whose account it is, and whether the
    sign-in is to be kept, which is possible while `may_keep`; `is_kept` once they have agreed. `in_modal` says that
    it is shown in a form too. `error` is a key of the error help, LOST or APP.
    """

    id: int
    team_id: str
    user_id: str
    purpose: Purpose
    about: str
    typed: Mapping[str, str] | None = field(repr=False)
    state: SignInState
    created_at: datetime
    in_modal: bool
    page: str | None = None
    user_code: str | None = None
    interval: int | None = None
    expires_at: datetime | None = None
    coze_uid: str | None = None
    account: str | None = None
    answer_by: datetime | None = None
    may_keep: bool = False
    is_kept: bool = False
    error: str | None = None
    settled_at: datetime | None = None


LOST, APP = "lost", "app"
"""Why a sign-in failed, besides the keys of the error help: an answer was lost; the operator's app is refused."""


def check_owner(sign_in: SignIn, user_id: str, *states: SignInState) -> None:
    """Whether this is the person's own sign-in and in one of `states`. Raises NotYours, WrongState."""
    if sign_in.user_id != user_id:
        raise NotYours
    if sign_in.state not in states:
        raise WrongState(sign_in.state)
