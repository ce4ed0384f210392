"""Vault: the one secret that somebody asked us to keep, what for and for how long, and the page it is entered on."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

PUBLISH = "publish"
"""The only purpose so far: publishing the person's own agents when they say so."""

AFTER_END = timedelta(days=7)
"""For so long after a token's end it is still kept: it is dead, and may still tell why something failed."""

KEY_LIFE = timedelta(days=90)
"""A private key has no end of its own: after so long the person is asked anew."""

SIGN_IN_LIFE, RENEWED_AFTER = timedelta(days=30), timedelta(days=1)
"""Coze ends a sign-in that was not renewed for so long; it is renewed after so long, which shows that it still
works."""

LOOKED_AT = time(9, 0)
"""When Coze is asked whether it still takes what was handed over, by the clock of whose it is: before the morning's
reminders, so that they say what came of it."""

LOOK = "look"
"""What such a question is written down as, where a use says what it is for."""

REFUSES, TAKES = "kept.refused", "kept.taken"
"""How audit names that Coze refuses it before its end, and that it takes it again."""

LINK_LIFE = timedelta(minutes=10)
"""Real time in which a one-time page takes something."""

TRIES = 5
"""How often a link is renewed after something that was no use; then the person asks anew."""

REFUSED = "refused"
"""How the kind of the message begins by which its owner hears that Coze refuses it; the day (UTC) follows."""


class Kind(StrEnum):
    """What is kept: what was handed over, or that the person stays signed in on Coze."""

    TOKEN = "token"  # noqa: S105 (a word, not a password)
    KEY = "key"
    SIGN_IN = "sign_in"


HANDED_OVER = (Kind.TOKEN, Kind.KEY)
"""What is entered on a page or in a form."""


class LinkState(StrEnum):
    """Where a one-time page stands. `spent` is between its use and what came of it."""

    OPEN = "open"
    SPENT = "spent"
    USED = "used"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Consent:
    """What the person agreed to hand over. `app_id`, `fingerprint`: of a key; `credential_id`: of a watched token."""

    kind: Kind
    credential_id: int | None = None
    app_id: str | None = None
    fingerprint: str | None = None


@dataclass(frozen=True)
class StoredSecret:
    """A secret that is kept, without it: whose, what for, until when. Times are UTC simulated time.

    `key_id` names the key of ours that encrypts it; `account` is the Coze account that it opened when it came.
    """

    id: str
    team_id: str
    user_id: str
    purpose: str
    kind: Kind
    account: str
    coze_uid: str
    app_id: str | None
    fingerprint: str | None
    credential_id: int | None
    key_id: str
    kept_at: datetime
    ends_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class OneTimeLink:
    """One one-time page. `expires_at` is real time (UTC); `nonce` and `key_id` make its address, `tries` counts.

    `problem` names what was wrong with the last thing that came.
    """

    id: int
    team_id: str
    user_id: str
    purpose: str
    kind: Kind
    credential_id: int | None
    app_id: str | None
    fingerprint: str | None
    state: LinkState
    nonce: str
    key_id: str
    created_at: datetime
    expires_at: datetime
    tries: int
    problem: str | None

    @property
    def consent(self) -> Consent:
        """What it is for."""
        return Consent(self.kind, self.credential_id, self.app_id, self.fingerprint)


def ends(kind: Kind, token_ends_at: datetime | None, now: datetime) -> datetime:
    """When it is deleted by itself (UTC)."""
    if kind is Kind.SIGN_IN:
        return now + SIGN_IN_LIFE
    return token_ends_at + AFTER_END if kind is Kind.TOKEN and token_ends_at else now + KEY_LIFE


def next_look(now: datetime, tz: str) -> datetime:
    """When Coze is asked next (UTC): on the next day of the zone `tz`."""
    day = now.astimezone(ZoneInfo(tz)).date() + timedelta(days=1)
    return datetime.combine(day, LOOKED_AT, ZoneInfo(tz)).astimezone(UTC)
