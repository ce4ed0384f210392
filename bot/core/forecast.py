"""Forecast: which messages planned reminders become, to whom and when, if nobody does anything meanwhile."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heappop, heappush

from . import digest
from .backup import Standby
from .credential import Credential
from .orphan import LAST, Reason
from .remind import ENDED, Timetable
from .ringing import (
    LAST_DAY,
    TOGETHER,
    Due,
    Owner,
    instead,
    is_silent,
    rings_at,
    taker_hears_at,
    together,
    told_as,
)

USUAL, LONGER, MOST = 7, 14, 30
"""Days: where none are named in Slack, where none are on the command line, and at most."""

Name = tuple[int, str]
"""A credential's id and the key of a rung, or the kind of a notice."""


@dataclass(frozen=True)
class Upcoming:
    """A message that goes out at `at` (UTC): to the owner `user_id` in whose zone `tz` days are counted, or for a
    `reason` to the admins' channel. Where the owner has a `backup` person, to that one first, and to the admins' once
    it is `passed` on; to the `taker` alone, who takes care of a token, on its last day. `told` are its tokens, each
    with the kind of notice; none, where it is the Monday digest, which comes only if there is something to tell."""

    at: datetime
    user_id: str
    tz: str
    told: Sequence[tuple[Credential, str]]
    reason: Reason | None = None
    backup: str | None = None
    passed: bool = False
    taker: str | None = None

    @property
    def is_digest(self) -> bool:
        """Whether it is the Monday digest."""
        return not self.told

    @property
    def is_for_admins(self) -> bool:
        """Whether it goes to the admins' channel."""
        if self.is_digest or self.told[0][0].is_operators:
            return True
        return self.reason is not None and self.taker is None and (self.backup is None or self.passed)


@dataclass(frozen=True)
class Forecast:
    """What goes out within so many `days`: how many messages, and the `first` of them.

    Where there are too many reminders to look at them all, `count` is that of reminders, at least (`is_least`) or
    exactly, and `is_partial` is set: what is told to one person at one moment is one message.
    """

    days: int
    count: int
    first: Sequence[Upcoming]
    is_partial: bool = False
    is_least: bool = False


@dataclass(frozen=True)
class Replayed:
    """What a day brought, or should have brought: a `message`, and when each of its tokens was told (UTC), None for
    one that was not. `is_planned` is unset for what was sent on that day although no ladder has it there."""

    message: Upcoming
    sent: Sequence[datetime | None]
    is_planned: bool = True


@dataclass
class History:
    """What has happened before, by a credential's id: which notices were `told`, which tokens were `handed` to the
    admins or a backup person, how many `reminders` before the last day's were sent, what is `replaced` in a guide
    just now, and what was `put_off`; who would be asked as a backup person, `standbys`, and who takes care of which
    token, `takers`."""

    told: set[Name] = field(default_factory=set)
    handed: set[int] = field(default_factory=set)
    reminders: Counter[int] = field(default_factory=Counter)
    replaced: set[int] = field(default_factory=set)
    put_off: set[int] = field(default_factory=set)
    standbys: dict[int, Standby] = field(default_factory=dict)
    takers: dict[int, Standby] = field(default_factory=dict)

    def learn(self, more: "History", of: Iterable[int]) -> None:
        """What is known of more tokens, `of` which nothing was known."""
        new = frozenset(of)
        self.told |= {name for name in more.told if name[0] in new}
        self.reminders.update({each: count for each, count in more.reminders.items() if each in new})
        self.handed |= more.handed
        self.replaced |= more.replaced
        self.put_off |= more.put_off
        self.standbys |= more.standbys
        self.takers |= more.takers


class Rehearsal:
    """Lets reminders ring without a message, from `now` (UTC) on, one after the other as their jobs would."""

    def __init__(self, timetable: Timetable, now: datetime) -> None:
        self._timetable, self._now = timetable, now
        self._history, self._known = History(), set[int]()
        self._owners: dict[str, Owner] = {}
        self._queue: list[tuple[datetime, int, Due | Upcoming]] = []
        self._waiting: dict[str, dict[Name, Due]] = defaultdict(dict)
        self._over: set[int] = set()
        self._numbers = 0

    def plan(self, dues: Iterable[Due], owners: Mapping[str, Owner], history: History) -> None:
        """These ring too; each is given once, and before anything that is due later has rung. `history` is that of
        their tokens."""
        given = list(dues)
        new = {each.credential.id for each in given} - self._known
        self._known |= new
        self._history.learn(history, new)
        self._owners |= owners
        for due in given:
            self._add(due)

    def follow(self, messages: Iterable[Upcoming]) -> None:
        """These go out too, at their moment."""
        for message in messages:
            self._push(message.at, message)

    def _add(self, due: Due) -> None:
        self._waiting[due.credential.user_id][due.credential.id, due.key] = due
        self._push(due.due_at, due)

    def _push(self, moment: datetime, what: Due | Upcoming) -> None:
        self._numbers += 1
        heappush(self._queue, (max(moment, self._now), self._numbers, what))

    def until(self, end: datetime) -> Iterator[Upcoming]:
        """What goes out before `end`, one message after the other."""
        while self._queue and self._queue[0][0] < end:
            now, _, due = heappop(self._queue)
            if isinstance(due, Upcoming):
                yield due
                continue
            whose = due.credential.user_id
            del self._waiting[whose][due.credential.id, due.key]
            if due.credential.id not in self._over:
                yield from self._ring(due, self._owners.get(whose, Owner()), now)

    def _ring(self, due: Due, owner: Owner, now: datetime) -> Iterator[Upcoming]:
        credential = due.credential
        if reason := instead(credential, owner):
            if now >= credential.ends_at:
                self._over.add(credential.id)
            taker = self._history.takers.get(credential.id)
            at = taker_hears_at(due, taker, now)
            if taker and at:
                told = [(credential, LAST)]
                self.follow([Upcoming(at, credential.user_id, owner.tz, told, reason, taker=taker.user_id)])
            else:
                yield from self._hand(due, owner, reason, now)
            return
        moment = rings_at(self._timetable, due, owner, now)
        if moment is not None and moment > now:
            self._add(replace(due, due_at=moment))
        elif moment is not None:
            yield from self._tell([due, *together(self._timetable, self._others(due, now), owner, now)], owner, now)
            if not credential.stands_alone and self._is_silent(due):
                yield from self._hand(due, owner, Reason.SILENT, now)

    def _others(self, due: Due, now: datetime) -> list[Due]:
        """What is due by now of the same person's other tokens."""
        if due.credential.stands_alone:
            return []
        waiting = self._waiting[due.credential.user_id].values()
        tokens = [each for each in waiting if not each.credential.stands_alone]
        others = [each for each in tokens if each.due_at <= now and each.credential.id != due.credential.id]
        first = sorted({each.credential.id for each in others} - self._over)[:TOGETHER]
        return [each for each in others if each.credential.id in first]

    def _tell(self, ringing: Sequence[Due], owner: Owner, now: datetime) -> Iterator[Upcoming]:
        """One message, of what was not told yet."""
        new = [
            (credential, kind)
            for credential, kind in told_as(ringing, now).items()
            if (credential.id, kind) not in self._history.told
        ]
        for credential, kind in new:
            self._history.told.add((credential.id, kind))
            self._history.reminders[credential.id] += kind != LAST_DAY
            if kind == ENDED:
                self._over.add(credential.id)
        if new:
            yield Upcoming(now, new[0][0].user_id, owner.tz, new)

    def _is_silent(self, due: Due) -> bool:
        known, whose = self._history, due.credential.id
        reminders = known.reminders[whose]
        return is_silent(
            due.key, reminders, is_being_replaced=whose in known.replaced, is_put_off=whose in known.put_off
        )

    def _hand(self, due: Due, owner: Owner, reason: Reason, now: datetime) -> Iterator[Upcoming]:
        """The admins are told, once of each token; the owner's backup person before them."""
        token = due.credential
        if token.id in self._history.handed:
            return
        self._history.handed.add(token.id)
        message = Upcoming(now, token.user_id, owner.tz, [(token, due.key)], reason)
        if (standby := self._history.standbys.get(token.id)) is None:
            yield message
            return
        heard_at, until = standby.asked(now, token.ends_at, self._timetable.is_worked)
        asked = replace(message, at=heard_at, backup=standby.user_id)
        self.follow([asked, replace(asked, at=until, passed=True)])


def digests(now: datetime, end: datetime, tz: str) -> Iterator[Upcoming]:
    """The Monday digests between `now` and `end`, in the zone `tz` of the admins."""
    at = digest.next_monday(now, digest.AT, tz)
    while at < end:
        yield Upcoming(at, "", tz, ())
        at = digest.next_monday(at, digest.AT, tz)
