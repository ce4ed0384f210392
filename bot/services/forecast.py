"""Forecast: what reminders will be sent, as their jobs would send them. Nothing is written, and nothing is sent."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import merge

from bot.clock import Clock
from bot.core import expiring
from bot.core.credential import Credential, CredentialState
from bot.core.forecast import Forecast, Name, Rehearsal, Replayed, Upcoming, digests
from bot.core.orphan import KIND
from bot.core.people import Person
from bot.core.remind import SNOOZED, Timetable
from bot.core.ringing import FALLBACK_ZONE, TOGETHER, Due, owner_of, rungs_of
from bot.store import credential as credentials
from bot.store import forecast as store
from bot.store import job
from bot.store.database import Database, Reading
from bot.store.forecast import Planned, Sent

from .people import must_be_admin
from .remind import key_in

READ = 200
"""Reminders that are read for one answer, and at once for a list of all."""

SHOWN = 10
MOMENT = timedelta(microseconds=1)
AFTER, HOLIDAYS = timedelta(days=3), timedelta(days=30)
"""So long after its end a token may still be told of, and by so much earlier before days that nobody works."""


class Forecasts:
    """What goes out in the next days, by the `timetable`; digests come in the zone `work_zone`."""

    def __init__(self, db: Database, clock: Clock, timetable: Callable[[], Timetable], work_zone: str) -> None:
        self._db, self._clock, self._timetable, self._work_zone = db, clock, timetable, work_zone

    async def within(self, who: Person, days: int) -> Forecast:
        """What goes out in so many days of the admin's own zone, today the first: how much, and the first of it.

        Of any number of reminders the same few are read. Raises NotAdmin, Unreachable.
        """
        must_be_admin(who)
        now, team = self._clock.now(), who.team_id
        end = expiring.edges(now, days, who.tz)[-1]
        mondays = list(digests(now, end, self._work_zone))
        async with self._db.read() as conn:
            rows = await store.planned(conn, team, end, store.BEGINNING, READ + 1)
            if len(rows) <= READ:
                found = list(merge(await self._rung(conn, team, rows, now, end), mondays, key=_moment))
                return Forecast(days, len(found), found[:SHOWN])
            first = await self._first(conn, team, rows[:READ], now)
            count = await store.count(conn, team, end)
        shown = list(merge(first, mondays, key=_moment))[:SHOWN]
        is_least = count > store.COUNTED
        return Forecast(days, min(count, store.COUNTED), shown, is_partial=True, is_least=is_least)

    async def _rung(
        self, conn: Reading, team: str, rows: Sequence[Planned], now: datetime, end: datetime
    ) -> list[Upcoming]:
        """What comes before `end` of these reminders."""
        rehearsal = Rehearsal(self._timetable(), now)
        rehearsal.follow(await self._passing(conn, team, end))
        await self._plan(conn, team, rows, rehearsal)
        return list(rehearsal.until(end))

    async def _passing(self, conn: Reading, team: str, end: datetime) -> list[Upcoming]:
        """What backup persons were asked and goes on to the admins unless they take it."""
        rows = await store.passing(conn, team, end, READ)
        tokens = await store.active(conn, team, {credentials.id_in(row.subject) for row, _, _ in rows})
        people = await store.owners(conn, team, {each.user_id for each in tokens.values()})
        found = []
        for row, backup, reason in rows:
            if token := tokens.get(credentials.id_in(row.subject)):
                tz = owner_of(people.get(token.user_id)).tz
                found.append(Upcoming(row.due_at, token.user_id, tz, [(token, KIND)], reason, backup, passed=True))
        return found

    async def _first(self, conn: Reading, team: str, rows: Sequence[Planned], now: datetime) -> list[Upcoming]:
        """The first messages of these reminders, up to the moment of the last: of that one there may be more rows, so
        what is told together then is looked up for those who are shown."""
        last = max(rows[-1].due_at, now) + MOMENT
        found = await self._rung(conn, team, rows, now, last)
        known = {row.subject: row for row in rows}
        for user_id in sorted({each.user_id for each in found[:SHOWN]}):
            watched = sorted(each.id for each in await credentials.watched(conn, team, user_id))
            prefixes = [f"{credentials.subject(each)}:" for each in watched[: TOGETHER + 1]]
            for name, due_at in (await job.coming(conn, team, store.REMIND, prefixes, last)).items():
                if due_at >= rows[-1].due_at:
                    known.setdefault(name, Planned(0, name, due_at))
        if len(known) > len(rows):
            found = await self._rung(conn, team, sorted(known.values(), key=lambda row: row.due_at), now, last)
        return found[:SHOWN]

    async def until(self, team: str, end: datetime) -> AsyncIterator[Upcoming]:
        """All that goes out before `end` (UTC), one message after the other. At no time more than the reminders of
        one moment are held."""
        now, after = self._clock.now(), store.BEGINNING
        rehearsal, mondays = Rehearsal(self._timetable(), now), digests(now, end, self._work_zone)
        digest = next(mondays, None)
        async with self._db.read() as conn:
            rehearsal.follow(await self._passing(conn, team, end))
            while rows := await store.planned(conn, team, end, after, READ):
                after = rows[-1].due_at, rows[-1].id
                await self._plan(conn, team, rows, rehearsal)
                reached = rows[-1].due_at if len(rows) == READ else end
                for message in rehearsal.until(reached):
                    while digest and digest.at <= message.at:
                        yield digest
                        digest = next(mondays, None)
                    yield message
        for message in merge(rehearsal.until(end), [digest] if digest else [], mondays, key=_moment):
            yield message

    async def replayed(self, team: str, begins: datetime, ends: datetime) -> list[Replayed]:
        """What the day between these two moments (UTC), of which at least the first is past, brought or should have
        brought, by the ladders of the tokens that were watched then, for their owners as they are known today."""
        rehearsal, sent = Rehearsal(self._timetable(), begins), dict[Name, Sent]()
        tokens = dict[int, Credential]()
        async with self._db.read() as conn:
            async for dues, chunk in self._of_day(conn, team, begins, ends):
                await self._hand_over(conn, team, dues, rehearsal, begins)
                sent |= await store.sent(conn, team, chunk)
                tokens |= {each.id: each for each in chunk}
            await self._put_off(conn, team, ends, rehearsal, begins)
        found = [_replayed(each, sent) for each in rehearsal.until(ends)]
        return sorted([*found, *_besides(found, sent, tokens, (begins, ends))], key=lambda each: each.message.at)

    async def _of_day(
        self, conn: Reading, team: str, begins: datetime, ends: datetime
    ) -> AsyncIterator[tuple[list[Due], list[Credential]]]:
        """What the ladders have between these two moments, and the tokens that were watched about then."""
        furthest = self._timetable().furthest
        latest = ends + timedelta(days=furthest) + HOLIDAYS
        for state in CredentialState:
            after = begins - AFTER, 0
            while chunk := await store.ending(conn, team, state, latest, after, READ):
                after = chunk[-1].ends_at, chunk[-1].id
                closed = await store.closed(conn, team, chunk)
                watched = [each for each in chunk if each.recorded_at < ends and closed.get(each.id, ends) > begins]
                people = await store.owners(conn, team, {each.user_id for each in watched})
                dues = [due for each in watched for due in self._ladder(each, people.get(each.user_id))]
                yield (
                    [due for due in dues if begins <= due.due_at < min(ends, closed.get(due.credential.id, ends))],
                    watched,
                )

    def _ladder(self, token: Credential, person: Person | None) -> list[Due]:
        """The reminders that were planned when the token was recorded, for its owner of today."""
        owner, active = owner_of(person), replace(token, state=CredentialState.ACTIVE)
        rungs = rungs_of(self._timetable(), token, owner.tz, owner.quiet)
        return [Due(active, rung.key, rung.due_at) for rung in rungs if rung.due_at > token.recorded_at]

    async def _put_off(
        self, conn: Reading, team: str, ends: datetime, rehearsal: Rehearsal, before: datetime
    ) -> None:
        """What was put off until later on that day, which is not over yet, stands in no ladder."""
        after = store.BEGINNING
        while rows := await store.planned(conn, team, ends, after, READ):
            after = rows[-1].due_at, rows[-1].id
            snoozed = [row for row in rows if key_in(row.subject).startswith(SNOOZED) and row.due_at >= before]
            await self._plan(conn, team, snoozed, rehearsal, before)

    async def _plan(
        self,
        conn: Reading,
        team: str,
        rows: Sequence[Planned],
        rehearsal: Rehearsal,
        before: datetime | None = None,
    ) -> None:
        """Let these ring, with all that their jobs would look at."""
        active = await store.active(conn, team, {credentials.id_in(row.subject) for row in rows})
        named = [(credentials.id_in(row.subject), row) for row in rows]
        dues = [Due(active[id_], key_in(row.subject), row.due_at) for id_, row in named if id_ in active]
        await self._hand_over(conn, team, dues, rehearsal, before)

    async def _hand_over(
        self, conn: Reading, team: str, dues: Sequence[Due], rehearsal: Rehearsal, before: datetime | None
    ) -> None:
        tokens = {each.credential for each in dues}
        people = await store.owners(conn, team, {each.user_id for each in tokens})
        owners = {user_id: owner_of(person) for user_id, person in people.items()}
        rehearsal.plan(dues, owners, await store.history(conn, team, tokens, before))


def _moment(message: Upcoming) -> datetime:
    return message.at


def _replayed(message: Upcoming, sent: Mapping[Name, Sent]) -> Replayed:
    names = [(token.id, _kind(message, kind)) for token, kind in message.told]
    return Replayed(message, [sent[name].at if name in sent else None for name in names])


def _kind(message: Upcoming, kind: str) -> str:
    return KIND if message.reason and not message.taker else kind


def _besides(
    found: Iterable[Replayed],
    sent: Mapping[Name, Sent],
    tokens: Mapping[int, Credential],
    day: tuple[datetime, datetime],
) -> Iterator[Replayed]:
    """What was sent on that day and is not among what is `found`: put off, late, or of another zone or timetable."""
    listed = {(token.id, _kind(each.message, kind)) for each in found for token, kind in each.message.told}
    posts = defaultdict[int, list[Name]](list)
    for name, each in sent.items():
        if name not in listed and each.at and day[0] <= each.at < day[1]:
            posts[each.message_id].append(name)
    for names in posts.values():
        moments = [sent[name].at for name in names]
        told = [(tokens[row_id], kind) for row_id, kind in names]
        at = min(each for each in moments if each)
        message = Upcoming(at, told[0][0].user_id, FALLBACK_ZONE, told, sent[names[0]].reason)
        yield Replayed(message, moments, is_planned=False)
