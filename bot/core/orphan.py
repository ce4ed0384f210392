"""Orphan: a token that runs on while nobody reads its reminders."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .backup import How
from .people import Person, Standing

KIND = "orphan"
"""The kind of the card by which the admins' channel hears of it, once."""

LAST = "last"
"""The kind of what reminds on the last day whoever takes care of a token of which its owner hears nothing."""

HANDED = "remind.orphan"
"""How audit names that it was told."""

TAKEN = "remind.take"
"""How audit names that an admin takes care of it."""


class Reason(StrEnum):
    """Why its owner does nothing: switched off in Slack, no full member any more, out of Slack's reach, or reminded
    without having done anything until the last day."""

    DEACTIVATED = "deactivated"
    GUEST = "guest"
    REFUSED = "refused"
    SILENT = "silent"


@dataclass(frozen=True)
class Orphan:
    """Why the admins were told of a token, and who has taken care of it since `taken_at` (UTC); `how` it came to them
    from the `backup` person, if there was one."""

    reason: Reason
    taken_by: str | None = None
    taken_at: datetime | None = None
    backup: str | None = None
    how: How | None = None


def unheard(owner: Person | None) -> Reason | None:
    """Why nothing is sent to this person; None where it is."""
    if owner is None or owner.standing is Standing.MEMBER:
        return None
    return Reason.DEACTIVATED if owner.standing is Standing.DEACTIVATED else Reason.GUEST
