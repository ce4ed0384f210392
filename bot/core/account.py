"""Account: whose a Coze account is, how surely that is known, and what happens where two people have shown one."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .errors import AlreadyDecided, NotAdmin, OwnRequest
from .people import Person


class Grade(StrEnum):
    """How it is known that a Coze account is somebody's.

    `typed`: they wrote its ID. `invited`: whoever owns it has accepted the invitation that we sent for them.
    `proven`: Coze said so, of a token or a sign-in of theirs.
    """

    TYPED = "typed"
    INVITED = "invited"
    PROVEN = "proven"


def grade_of(*, is_proven: bool, has_accepted: bool = False) -> Grade:
    """The grade by what is known. An accepted invitation tells that the ID is right, not who accepted it."""
    if is_proven:
        return Grade.PROVEN
    return Grade.INVITED if has_accepted else Grade.TYPED


class Proof(StrEnum):
    """What came of showing an account: it is theirs, or somebody else has shown it before and admins decide."""

    PROVEN = "proven"
    DISPUTED = "disputed"


class DisputeState(StrEnum):
    """Two people have shown one account: nobody has decided yet, it stays the first one's, or is the second one's."""

    OPEN = "open"
    KEPT = "kept"
    MOVED = "moved"


@dataclass(frozen=True)
class Dispute:
    """One account that two people have shown: `holder` first, then `claimant`. `nick` is Coze's. Times are UTC."""

    id: int
    team_id: str
    coze_uid: str
    nick: str
    holder: str
    claimant: str
    state: DisputeState
    created_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None

    @property
    def owner(self) -> str:
        """Whose the account is as things stand."""
        return self.claimant if self.state is DisputeState.MOVED else self.holder


def check_dispute(dispute: Dispute, by: Person) -> None:
    """Whether `by` may decide it now. Raises NotAdmin, OwnRequest (they are one of the two), AlreadyDecided."""
    if not by.may_decide():
        raise NotAdmin
    if by.user_id in (dispute.holder, dispute.claimant):
        raise OwnRequest
    if dispute.state is not DisputeState.OPEN:
        raise AlreadyDecided(dispute.state, dispute.decided_by, dispute.decided_at)


def normal_uid(typed: str) -> str:
    """An ID as people paste it, without blanks and invisible signs, and with the usual digits for full-width ones."""
    text = unicodedata.normalize("NFKC", typed)
    return "".join(sign for sign in text if not sign.isspace() and unicodedata.category(sign) != "Cf")
