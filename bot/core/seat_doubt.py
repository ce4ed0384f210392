"""Seats in doubt: who holds a seat of the team's workspace on Coze and may not need it, and what was decided."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from .errors import NotYours, WrongState
from .people import Person

UNUSED = timedelta(days=90)
"""Who joined so long ago and has nothing here that is in use is asked about."""
HOLDS = timedelta(days=90)
"""For so long a seat that was kept is in doubt no more."""
ASK_PAUSE = timedelta(days=7)
"""The least time between two questions to one person."""


class Why(StrEnum):
    """What the doubt is: they left Slack, are on Coze's list without a request here, or use nothing here."""

    LEFT = "left"
    UNKNOWN = "unknown"
    UNUSED = "unused"


class DoubtState(StrEnum):
    """Where it stands. `released`: they need the seat no more, and an admin takes them out. `leaving`: an admin wants
    that. `over`: out of the team, or in doubt no more."""

    OPEN = "open"
    ASKED = "asked"
    RELEASED = "released"
    LEAVING = "leaving"
    KEPT = "kept"
    OVER = "over"


LISTED = (DoubtState.RELEASED, DoubtState.OPEN, DoubtState.ASKED, DoubtState.LEAVING)
"""What admins are shown, in this order."""

DECIDABLE = frozenset({DoubtState.OPEN, DoubtState.ASKED, DoubtState.RELEASED})


@dataclass(frozen=True)
class Found:
    """A seat in doubt as a review finds it. `since` is when they joined (UTC), None where the bot doesn't know."""

    why: Why
    nick: str
    user_id: str | None = None
    request_id: int | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class SeatDoubt:
    """One account in doubt. All times are simulated, UTC.

    `user_id` is whose it is in Slack, None where nobody has shown that; `request_id` is the request by which they
    joined. `answer` is whether they need the seat, as they say. `version` rises with every change of state. `reason`
    and `error` (a key of the error help) are those of the removal of an account without a request.
    """

    id: int
    team_id: str
    coze_uid: str
    nick: str
    user_id: str | None
    request_id: int | None
    why: Why
    state: DoubtState
    found_at: datetime
    version: int = 1
    since: datetime | None = None
    asked_by: str | None = None
    asked_at: datetime | None = None
    answer: bool | None = None
    answered_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    kept_until: datetime | None = None
    reason: str | None = None
    error: str | None = None
    log_id: str | None = None

    def may_ask(self, now: datetime) -> bool:
        """Whether somebody can be asked, and was not within a week."""
        is_there = self.user_id is not None and self.why is not Why.LEFT
        is_time = self.asked_at is None or now - self.asked_at >= ASK_PAUSE
        return is_there and is_time and self.state in (DoubtState.OPEN, DoubtState.ASKED)


def kept_for(now: datetime) -> dict[str, Any]:
    """The values of a seat that is kept from now on."""
    return {"state": DoubtState.KEPT, "kept_until": now + HOLDS, "error": None, "log_id": None}


def answered(doubt: SeatDoubt, who: Person, now: datetime, *, needs: bool) -> dict[str, Any]:
    """What the person's answer changes; nothing where it is known. Raises NotYours, WrongState."""
    if doubt.user_id != who.user_id:
        raise NotYours
    if doubt.answer is needs and doubt.state in (DoubtState.KEPT, DoubtState.RELEASED):
        return {}
    if doubt.state is not DoubtState.ASKED and not (needs and doubt.state is DoubtState.RELEASED):
        raise WrongState(doubt.state)
    said = {"answer": needs, "answered_at": now, "decided_by": None, "decided_at": None}
    return {**said, **(kept_for(now) if needs else {"state": DoubtState.RELEASED})}


def renewed(old: SeatDoubt, found: Found | None, now: datetime, *, is_in: bool) -> dict[str, Any]:
    """What a review changes of what was known: `found` is None where there is no doubt, `is_in` whether they still
    hold the seat."""
    if found is None:
        stays = old.state in (DoubtState.KEPT, DoubtState.OVER) or (old.state is DoubtState.RELEASED and is_in)
        return {} if stays else {"state": DoubtState.OVER}
    facts = {name: value for name, value in vars(found).items() if getattr(old, name) != value}
    has_left = found.why is Why.LEFT and old.why is not Why.LEFT
    if old.state is DoubtState.OVER:
        gone = ("asked_by", "asked_at", "answer", "answered_at", "decided_by", "decided_at", "kept_until", "reason")
        return {**facts, **dict.fromkeys((*gone, "error", "log_id")), "state": DoubtState.OPEN, "found_at": now}
    holds = old.state is DoubtState.KEPT and old.kept_until is not None and old.kept_until > now
    kept, asked = old.state is DoubtState.KEPT, old.state is DoubtState.ASKED
    if (kept and not holds) or (has_left and (kept or asked)):
        return {**facts, "state": DoubtState.OPEN, "found_at": now}
    return facts
