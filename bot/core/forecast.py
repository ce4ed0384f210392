"""Forecast: which messages planned reminders become, to whom and when, if nobody does anything meanwhile."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heappop, heappush

from . import digest
from .credential import Credential
from .orphan import Reason
from .remind import ENDED, Timetable
from .ringing import LAST_DAY, TOGETHER, Due, Owner, instead, is_silent, rings_at, together, told_as

USUAL, LONGER, MOST = 7, 14, 30
"""Days: where none are named in Slack, where none are on the command line, and at most."""

Name = tuple[int, str]
"""A credential's id and the key of a rung, or the kind of a notice."""


@dataclass(frozen=True)
class Upcoming:
    """A message that goes out at `at` (UTC): to the owner `user_id` in whose zone `tz` days are counted, or for a
    `reason` to the admins' channel. `told` are its tokens, each with the kind of notice; none, where it is the Monday
    digest, which comes only if there is something to tell."""

    at: datetime
    user_id: str
    tz: str
    told: Sequence[tuple[Credential, str]]
    reason: Reason | None = None

    @property
    def is_digest(self) -> bool:
        """Whether it is the Monday digest."""
        return not self.told

    @property
    def is_for_admins(self) -> bool:
        """Whether it goes to the admins' channel."""
        return self.is_digest or self.reason is not None or self.told[0][0].is_operators


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
    admins, how many `reminders` before the last day's were sent, what is `replaced` in a guide just now, and what was
    `put_off`."""

    told: set[Name] = field(default_factory=set)
    handed: set[int] = field(default_factory=set)
    reminders: Counter[int] = field(default_factory=Counter)
    replaced: set[int] = field(default_factory=set)
    put_off: set[int] = field(default_factory=set)

    def learn(self, more: "History", of: Iterable[int]) -> None:
        """What is known of more tokens, `of` which nothing was known."""
        new = frozenset(of)
        self.told |= {name for name in more.told if name[0] in new}
        self.reminders.update({each: count for each, count in more.reminders.items() if each in new})
        self.handed |= more.handed
        self.replaced |= more.replaced
        self.put_off |= more.put_off


class Rehearsal:
    """Lets reminders ring without a message, from `now` (UTC) on, one after the other as their jobs would."""

    def __init__(self, timetable: Timetable, now: datetime) -> None:
        self._timetable, self._now = timetable, now
        self._history, self._known = History(), set[int]()
        self._owners: dict[str, Owner] = {}
        self._queue: list[tuple[datetime, int, Due]] = []
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

    def _add(self, due: Due) -> None:
        self._numbers += 1
        self._waiting[due.credential.user_id][due.credential.id, due.key] = due
        heappush(self._queue, (max(due.due_at, self._now), self._numbers, due))

    def until(self, end: datetime) -> Iterator[Upcoming]:
        """What goes out before `end`, one message after the other."""
        while self._queue and self._queue[0][0] < end:
            now, _, due = heappop(self._queue)
            whose = due.credential.user_id
            del self._waiting[whose][due.credential.id, due.key]
            if due.credential.id not in self._over:
                yield from self._ring(due, self._owners.get(whose, Owner()), now)

    def _ring(self, due: Due, owner: Owner, now: datetime) -> Iterator[Upcoming]:
        credential = due.credential
        if reason := instead(credential, owner):
            if now >= credential.ends_at:
                self._over.add(credential.id)
            yield from self._hand(due, owner, reason, now)
            return
        moment = rings_at(self._timetable, due, owner, now)
        if moment is not None and moment > now:
            self._add(replace(due, due_at=moment))
        elif moment is not None:
            yield from self._tell([due, *together(self._timetable, self._others(due, now), owner, now)], owner, now)
            if not credential.is_operators and self._is_silent(due):
                yield from self._hand(due, owner, Reason.SILENT, now)

    def _others(self, due: Due, now: datetime) -> list[Due]:
        """What is due by now of the same person's other tokens."""
        if due.credential.is_operators:
            return []
        waiting = self._waiting[due.credential.user_id].values()
        others = [each for each in waiting if each.due_at <= now and each.credential.id != due.credential.id]
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
        """The admins are told, once of each token."""
        if due.credential.id not in self._history.handed:
            self._history.handed.add(due.credential.id)
            yield Upcoming(now, due.credential.user_id, owner.tz, [(due.credential, due.key)], reason)


def digests(now: datetime, end: datetime, tz: str) -> Iterator[Upcoming]:
    """The Monday digests between `now` and `end`, in the zone `tz` of the admins."""
    at = digest.next_monday(now, digest.AT, tz)
    while at < end:
        yield Upcoming(at, "", tz, ())
        at = digest.next_monday(at, digest.AT, tz)
