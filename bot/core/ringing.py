"""Ringing: what comes of a planned reminder at its moment. The jobs ask it then, and the forecast beforehand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .backup import Standby
from .credential import Credential
from .orphan import Reason, unheard
from .people import Person
from .remind import ENDED, SNOOZED, USUAL, Quiet, Rung, Timetable, held, nearest, quiet_of

FALLBACK_ZONE = "Asia/Shanghai"
"""The zone of whom nobody knows."""

LAST_DAY = "t0"
"""The key of the reminder by which admins hear too of an owner who has done nothing."""

PUT_OFF = "remind.snooze"
"""How audit names that the owner of a token put a reminder of it off."""

TOGETHER = 20
"""At most so many of somebody's other tokens are told in the message of one, those recorded first."""


@dataclass(frozen=True)
class Due:
    """A planned reminder of a token: the `key` of its rung, and when it is due (UTC)."""

    credential: Credential
    key: str
    due_at: datetime


@dataclass(frozen=True)
class Owner:
    """Whose tokens these are, as far as reminders go. `unheard` says why nothing that is sent to them is read."""

    tz: str = FALLBACK_ZONE
    quiet: Quiet | None = USUAL
    unheard: Reason | None = None


def owner_of(person: Person | None) -> Owner:
    """The person as an owner; nobody is known of the bot's own tokens."""
    return Owner(person.tz, quiet_of(person.quiet), unheard(person)) if person else Owner()


def rungs_of(timetable: Timetable, credential: Credential, tz: str, quiet: Quiet | None) -> list[Rung]:
    """The whole ladder of a recorded token, past rungs too, in its owner's zone, around their quiet hours."""
    times = credential.created_at, credential.ends_at, credential.recorded_at
    own = timetable.days_own if credential.is_operators else ()  # when it was made nobody says
    return timetable.ladder(*times, tz, quiet, timetable.days_key if credential.is_key else own)


def rings_at(timetable: Timetable, due: Due, owner: Owner, now: datetime) -> datetime | None:
    """When a reminder rings that is due by now: now, or later; None for never.

    What is late, as after an outage or a journey, waits for the end of quiet hours too; only what would come too
    late by then rings in them.
    """
    ends_at = due.credential.ends_at
    if due.credential.is_key and owner.unheard:
        return None  # nothing ends, so nobody else need hear of it
    if now >= ends_at:
        return held(now, None, owner.tz, owner.quiet)
    moment = _next(due, rungs_of(timetable, due.credential, owner.tz, owner.quiet), now)
    return held(now, ends_at, owner.tz, owner.quiet) if moment == now else moment


def _next(due: Due, rungs: list[Rung], now: datetime) -> datetime | None:
    """When this one rings, now or later; None where a tighter one tells the same, or the ladder has it no more."""
    mine = next((rung for rung in rungs if rung.key == due.key), None)
    if mine and mine.due_at > now:  # planned for the zone or the hours that the person had then
        return mine.due_at
    tight = nearest(rungs, now)
    if due.key.startswith(SNOOZED):  # put off by the person: stands beside the ladder, but rings not with a rung
        return None if tight and tight.due_at >= due.due_at else now
    return now if tight and tight.key == due.key else None


def together(timetable: Timetable, others: Iterable[Due], owner: Owner, now: datetime) -> list[Due]:
    """Of what is due of the owner's other tokens what rings in the message of one that rings now."""
    return [each for each in others if rings_at(timetable, each, owner, now) == now]


def told_as(ringing: Iterable[Due], now: datetime) -> dict[Credential, str]:
    """What a message tells, one after the other: each token and by which kind of notice."""
    ordered = sorted(ringing, key=lambda each: each.credential.id)
    return {each.credential: ENDED if now >= each.credential.ends_at else each.key for each in ordered}


def instead(credential: Credential, owner: Owner) -> Reason | None:
    """Why the admins are told and not the owner; None where the owner is. The bot's own is the admins' anyway, and
    a key ends for nobody."""
    return None if credential.stands_alone else owner.unheard


def taker_hears_at(due: Due, taker: Standby | None, now: datetime) -> datetime | None:
    """When whoever takes care of the token, instead of its owner, is reminded by what is due: on the last day, now or
    after their quiet hours; None where they are not."""
    ends_at = due.credential.ends_at
    if taker is None or due.key != LAST_DAY or now >= ends_at:
        return None
    return held(now, ends_at, taker.tz, taker.quiet)


def is_silent(key: str, reminders: int, *, is_being_replaced: bool, is_put_off: bool) -> bool:
    """Whether the admins are told too with the reminder `key`: on the last day, of an owner who was sent so many
    `reminders` before it, has put none of them off and has not begun to replace the token."""
    return key == LAST_DAY and reminders > 0 and not is_being_replaced and not is_put_off
