"""Backup: who is asked about a token whose owner can't be reached, before the admins are; only who has accepted."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from .errors import InvalidFields, Problem
from .people import Person, Standing
from .remind import Quiet, held, quiet_of
from .worktime import CLOSES, FREE_AT_MOST, IsWorked

QUESTION = "backup.person"
"""The form's question, who it is to be."""

HELP = "h"
"""How the kind of the message begins that asks a backup person to help; the token's id follows."""

BACKED, TAKEN = "backup.told", "backup.take"
"""How audit names, about a token, that its backup person was asked to help, and that they took it."""

OWNER, OFF = "owner", "off"
"""Kinds of what the owner reads: how it stands with whom they named; that the backup person stopped the reminders."""


class BackupState(StrEnum):
    """Where a naming stands. `closed`: the owner named somebody else; `left`: no full member any more; `unreached`:
    Slack does not deliver the question."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    UNREACHED = "unreached"
    LEFT = "left"
    CLOSED = "closed"


OPEN = frozenset({BackupState.ASKED, BackupState.ACCEPTED})
"""Of a token one naming at most is in these."""


class How(StrEnum):
    """Why the admins are told although there was a backup person."""

    PASSED = "passed"
    SILENT = "silent"
    AWAY = "away"


_OTHERS = {
    Standing.GUEST: "backup_guest",
    Standing.BOT: "backup_bot",
    Standing.STRANGER: "backup_stranger",
    Standing.DEACTIVATED: "backup_deactivated",
}


@dataclass(frozen=True)
class Backup:
    """Whom (`named`) the owner of a token (`user_id`) has named for it; a renewed one has it too. Times are UTC."""

    id: int
    team_id: str
    credential_id: int
    user_id: str
    named: str
    state: BackupState
    asked_at: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Help:
    """That a backup person was asked to help with a token: why, until when (UTC) somebody has to take it, and who
    (since `taken_at`, UTC) did; `handed` says that the admins were told after all."""

    why: str
    until: datetime
    taken_by: str | None = None
    taken_at: datetime | None = None
    handed: bool = False


def check(named: str, owner: str, person: Person | None) -> None:
    """Whether the owner may name this person, as far as they are known. Raises InvalidFields."""
    code = "empty" if not named else "backup_self" if named == owner else ""
    if not code and person and person.standing is not Standing.MEMBER:
        code = _OTHERS[person.standing]
    if code:
        raise InvalidFields([Problem(QUESTION, code)])


@dataclass(frozen=True)
class Standby:
    """Somebody who has accepted and is a full member: their zone and quiet hours."""

    user_id: str
    tz: str
    quiet: Quiet | None

    def asked(self, now: datetime, ends_at: datetime, is_worked: IsWorked) -> tuple[datetime, datetime]:
        """When they hear of a token that is to be told now, and until when somebody has to take it (UTC)."""
        heard_at = held(now, ends_at if ends_at > now else None, self.tz, self.quiet)
        return heard_at, deadline(heard_at, ends_at, self.tz, is_worked)


def standby(person: Person | None) -> Standby | None:
    """The person who has accepted, unless they are no full member any more."""
    if person is None or person.standing is not Standing.MEMBER:
        return None
    return Standby(person.user_id, person.tz, quiet_of(person.quiet))


def deadline(told_at: datetime, ends_at: datetime, tz: str, is_worked: IsWorked) -> datetime:
    """Until when (UTC) a backup person who is told then has to take it: the end of that working day of the zone `tz`,
    or of the next one; no later than the token's end, if that is still to come."""
    zone = ZoneInfo(tz)
    local = told_at.astimezone(zone)
    first = local.date() + timedelta(days=local.time() >= CLOSES)
    days: list[date] = [first + timedelta(days=on) for on in range(FREE_AT_MOST)]
    day = next((each for each in days if is_worked(each, tz)), first)
    end = datetime.combine(day, CLOSES, zone).astimezone(UTC)
    return min(end, ends_at) if ends_at > told_at else end
