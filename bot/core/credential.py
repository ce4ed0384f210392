"""Credential: a personal access token that we watch, by its name and end date, or an OAuth app's key, by the day on
which its owner wants to change it. Never the token or the key itself."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import count, pairwise
from zoneinfo import ZoneInfo

from .errors import InvalidFields, Problem

NAME_LENGTH = 40
SHORTEST = 24  # characters: those that Coze has shown have 68; nobody says that all have
PERSONAL = timedelta(days=30)
"""A PAT lives so long at most (coze.cn/open/docs/developer_guides/pat)."""

LONGEST = timedelta(days=366)
"""What is believed at most: a SAT lives 180 days, or to a date that its owner picks
(coze.cn/open/docs/developer_guides/service_token); further ahead a date is rather mistyped."""

OF_DATE = timedelta(days=1)
"""By so much a date's end may be later than the hour at which the token was made."""

LONG = PERSONAL + OF_DATE
"""What lives longer is no PAT."""


OUTGROWN = 3
"""After so many renewals of a token its owner is told of the ways that need none."""

ANEW = timedelta(hours=12)
"""By so much later a new token was created at least; what was created sooner is the same one, entered anew."""


_NUMBERED = re.compile(r"\s+[0-9]{1,4}$")
"""The number that tells a token from another one of its name."""


class Lifetime(StrEnum):
    """The choices that Coze's own form offers."""

    MONTH = "30"
    DAY = "1"
    DATE = "date"


_OTHER_DAY = {
    Lifetime.MONTH: Problem("credential.until", "not_30_days"),
    Lifetime.DAY: Problem("credential.until", "not_1_day"),
}
"""A preset, and beside it a date that says otherwise."""


class CredentialKind(StrEnum):
    """What it is. A key never ends: its `ends_at` is the day on which its owner wants to have changed it."""

    TOKEN = "token"  # noqa: S105  the word for it, not one
    KEY = "key"


class CredentialState(StrEnum):
    """Where a credential stands. A renewed one is a new row that supersedes the old."""

    ACTIVE = "active"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    FORGOTTEN = "forgotten"


WATCHED = frozenset({CredentialState.ACTIVE, CredentialState.EXPIRED})
"""Neither replaced nor forgotten: shown until somebody does one of the two, also after the end."""


@dataclass(frozen=True)
class Record:
    """What the form brought, checked by `read`. Times are UTC."""

    name: str
    created_at: datetime
    ends_at: datetime
    last4: str | None
    kind: CredentialKind = CredentialKind.TOKEN


@dataclass(frozen=True)
class Credential:
    """One recorded token, or key. Since `refused_at` Coze refuses it, as far as anybody has asked. Times are UTC."""

    id: int
    team_id: str
    user_id: str
    name: str
    created_at: datetime
    ends_at: datetime
    last4: str | None
    state: CredentialState
    recorded_at: datetime
    superseded_by: int | None = None
    refused_at: datetime | None = None
    kind: CredentialKind = CredentialKind.TOKEN

    def is_refused(self, now: datetime) -> bool:
        """Whether Coze refuses it before its end, whatever date was entered."""
        return self.refused_at is not None and now < self.ends_at

    @property
    def is_operators(self) -> bool:
        """Whether it is the bot's own: that one belongs to the admins' channel, and to nobody's list."""
        return not self.user_id.startswith(("U", "W"))

    @property
    def is_key(self) -> bool:
        """Whether it is an OAuth app's key, which never ends."""
        return self.kind is CredentialKind.KEY

    @property
    def stands_alone(self) -> bool:
        """Whether its reminders are told in messages of their own, and to nobody else when its owner is silent."""
        return self.is_operators or self.is_key


def watched(credentials: Iterable[Credential]) -> list[Credential]:
    """Those that are watched, the earliest end first; what has ended stays until it is replaced or forgotten."""
    return sorted((each for each in credentials if each.state in WATCHED), key=lambda each: each.ends_at)


def check_name(name: str, others: Iterable[Credential]) -> None:
    """A name that tells the token from the person's others. Case, width and blanks don't make it another one.

    Raises InvalidFields with the next number that is free.
    """
    taken = {_heard(each.name) for each in others}
    if _heard(name) not in taken:
        return
    base, tried = _NUMBERED.sub("", name) or name, (f" {number}" for number in count(2))
    numbered = (f"{base[: NAME_LENGTH - len(each)].rstrip()}{each}" for each in tried)
    free = next(each for each in numbered if _heard(each) not in taken)
    raise InvalidFields([Problem("credential.name", "name_taken", {"free": free})])


def _heard(name: str) -> str:
    """The name as it sounds."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def line_of(owned: Iterable[Credential], credential_id: int) -> list[Credential]:
    """The token with all that it took the place of, the oldest first; none, where it isn't among the `owned`."""
    known = {each.id: each for each in owned}
    before = {each.superseded_by: each.id for each in known.values() if each.superseded_by}
    line, at = dict[int, Credential](), credential_id if credential_id in known else None
    while at is not None and at not in line:
        line[at] = known[at]
        at = before.get(at)
    return [*reversed(line.values())]


def renewals(line: Iterable[Credential]) -> int:
    """How often a new token took an old one's place, in a line as `line_of` gives it.

    Where the same token was entered once more, as its name or date was wrong, it took nobody's place.
    """
    return sum(new.created_at - old.created_at >= ANEW and new.ends_at > old.ends_at for old, new in pairwise(line))


def read(
    name: str,
    lifetime: str,
    until: str | None,
    created_at: datetime,
    last4: str,
    tz: str,
    now: datetime,
    kind: CredentialKind = CredentialKind.TOKEN,
) -> Record:
    """The form's values. `until` is an ISO date in the person's zone `tz`; times are UTC.

    A preset counts from creation; a chosen date ends at 23:59:59 of that day, as Coze's own form does.
    Raises InvalidFields naming each value that can't be accepted, and a preset beside which another day is picked.
    """
    problems = []
    name, last4 = name.strip(), last4.strip()
    if not name:
        problems.append(Problem("credential.name", "empty"))
    elif len(name) > NAME_LENGTH:
        problems.append(Problem("credential.name", "too_long", {"longest": NAME_LENGTH}))
    if last4 and not re.fullmatch(r"[A-Za-z0-9]{4}", last4):
        problems.append(Problem("credential.last4", "not_last4"))
    if created_at > now + timedelta(minutes=1):
        problems.append(Problem("credential.created", "future"))
    ends_at = created_at
    try:
        ends_at = end(lifetime, until, created_at, tz)
    except InvalidFields as error:
        problems += error.problems
    else:
        if ends_at <= now:
            problems.append(
                Problem("credential.until" if lifetime == Lifetime.DATE else "credential.created", "past")
            )
        elif ends_at - created_at > LONGEST + OF_DATE:
            problems.append(Problem("credential.until", "too_far"))
    if problems:
        raise InvalidFields(problems)
    return Record(name, created_at, ends_at, last4 or None, kind)


def end(lifetime: str, until: str | None, created_at: datetime, tz: str) -> datetime:
    """When a token ends (UTC): a preset counts from creation, a date ends at 23:59:59 of that day in `tz`.

    Raises InvalidFields for a choice that is none of ours, for a preset with a date that says otherwise, and when a
    date is wanted and none is given or one that no calendar reaches.
    """
    if lifetime not in set(Lifetime):
        raise InvalidFields([Problem("credential.lifetime", "unknown_choice")])
    if not until and lifetime == Lifetime.DATE:
        raise InvalidFields([Problem("credential.until", "no_date")])
    try:
        day = _day(until) if until else None
        if lifetime != Lifetime.DATE:
            ends_at = created_at + timedelta(days=int(lifetime))
            if day and day != ends_at.astimezone(ZoneInfo(tz)).date():
                raise InvalidFields([_OTHER_DAY[Lifetime(lifetime)]])
            return ends_at
        return datetime.combine(day or date.min, time(23, 59, 59), ZoneInfo(tz)).astimezone(UTC)
    except OverflowError:
        raise InvalidFields([Problem("credential.until", "too_far")]) from None


def corrected(record: Record, wrong: Credential, tz: str) -> Record:
    """What the form of a correction brought about a token: where its days in the zone `tz` were left, so are the
    moments behind them."""
    zone = ZoneInfo(tz)
    same_day = record.ends_at.astimezone(zone).date() == wrong.ends_at.astimezone(zone).date()
    same_minute = abs(record.created_at - wrong.created_at) < timedelta(minutes=1)
    return replace(
        record,
        created_at=wrong.created_at if same_minute else record.created_at,
        ends_at=wrong.ends_at if same_day else record.ends_at,
    )


def read_key(name: str, until: str | None, created_at: datetime, tz: str, now: datetime) -> Record:
    """A key with the day on which to change it, an ISO date in the person's zone `tz`. Raises InvalidFields."""
    return read(name, Lifetime.DATE, until, created_at, "", tz, now, CredentialKind.KEY)


def in_days(now: datetime, days: int, tz: str) -> str:
    """The ISO date of the zone `tz` so many days on."""
    return (now.astimezone(ZoneInfo(tz)) + timedelta(days=days)).date().isoformat()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:  # no calendar of ours gives that
        raise InvalidFields([Problem("credential.until", "unknown_choice")]) from None


def is_whole(token: str) -> bool:
    """Whether something that begins like a token is long enough to be one, and in one piece."""
    return len(token) >= SHORTEST and len(token.split()) == 1


def is_it(credential: Credential, token: str) -> bool:
    """Whether a token may be the recorded one, by the last four characters if these are known."""
    return credential.last4 is None or token.endswith(credential.last4)


def is_long(credential: Credential) -> bool:
    """Whether it lasts longer than any PAT."""
    return credential.ends_at - credential.created_at > LONG


def days_left(ends_at: datetime, now: datetime, tz: str) -> int:
    """How many midnights of the zone `tz` lie between now and the end; 0 on the day itself, never below."""
    zone = ZoneInfo(tz)
    return max(0, (ends_at.astimezone(zone).date() - now.astimezone(zone).date()).days)


def weeks_on(ends_at: datetime, now: datetime, tz: str) -> int:
    """How many weeks of the zone `tz`, which begin on Mondays, lie between now and the end; 0 in this one."""
    zone = ZoneInfo(tz)
    end, today = ends_at.astimezone(zone).date(), now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    return max(0, (end - monday).days // 7)
