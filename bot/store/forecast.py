"""What a forecast reads: planned reminders in the order of their moments, some at a time, and what was told."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.backup import BACKED, BackupState, Standby, standby
from bot.core.backup import TAKEN as BACKUP_TAKEN
from bot.core.credential import Credential, CredentialState
from bot.core.forecast import History, Name
from bot.core.orphan import HANDED, KIND, LAST, TAKEN, Reason
from bot.core.people import Person
from bot.core.ringing import LAST_DAY, PUT_OFF

from . import credential, expiring, message
from .backup import JOB as BACKUP
from .job import DUE, SOON
from .tables import audit, backup, person
from .tables import credential_ as tokens
from .tables import job as jobs
from .tables import message as messages

REMIND = "remind"
FORGOTTEN = "credential.forget"
"""How audit names that nobody wants the reminders of a token any more."""

COUNTED = 2_000
"""Reminders that are counted at most: how many more there are nobody needs to know, and it would take a while."""

BEGINNING = datetime.fromtimestamp(0, UTC), 0
"""Before the first row, by moment and id."""


@dataclass(frozen=True)
class Planned:
    """A reminder's job: `subject` is its name, `due_at` is UTC."""

    id: int
    subject: str
    due_at: datetime


@dataclass(frozen=True)
class Sent:
    """A notice, told by the row `message_id`: when Slack took that (UTC), None where it has not, and why the admins
    have it."""

    message_id: int
    at: datetime | None
    reason: Reason | None


async def planned(
    conn: AsyncConnection, team_id: str, end: datetime, after: tuple[datetime, int], limit: int
) -> list[Planned]:
    """The first reminders after this moment and id that are due before `end`."""
    moment, row_id = after
    found = select(jobs.c.id, jobs.c.subject, jobs.c.due_at).where(_reminders(team_id, end), jobs.c.due_at >= moment)
    found = found.where(or_(jobs.c.due_at > moment, jobs.c.id > row_id)).order_by(jobs.c.due_at, jobs.c.id)
    return [Planned(*row) for row in await conn.execute(found.limit(limit))]


async def count(conn: AsyncConnection, team_id: str, end: datetime) -> int:
    """How many reminders are due before `end`; one more than `COUNTED` where they are more than that."""
    some = select(jobs.c.id).where(_reminders(team_id, end)).order_by(jobs.c.due_at).limit(COUNTED + 1)
    return int(await conn.scalar(select(func.count()).select_from(some.subquery())) or 0)


def _reminders(team_id: str, end: datetime) -> ColumnElement[bool]:
    """In the order of what is due next: the casts keep SQLite from looking through all reminders there are."""
    mine = cast(jobs.c.team_id, String) == team_id, cast(jobs.c.kind, String) == REMIND
    return and_(DUE, jobs.c.priority == SOON, jobs.c.due_at < end, *mine)


async def active(conn: AsyncConnection, team_id: str, ids: Collection[int]) -> dict[int, Credential]:
    """Of these tokens those of which reminders are sent, by id."""
    rows = await conn.execute(select(tokens).where(tokens.c.id.in_(ids)))  # asked for more, SQLite reads all it has
    found = [Credential(**row._mapping) for row in rows]
    return {each.id: each for each in found if each.team_id == team_id and each.state is CredentialState.ACTIVE}


async def owners(conn: AsyncConnection, team_id: str, users: Collection[str]) -> dict[str, Person]:
    """Who of these is known, by id."""
    rows = await conn.execute(select(person).where(person.c.team_id == team_id, person.c.user_id.in_(users)))
    return {row.user_id: Person(**row._mapping) for row in rows}


async def history(
    conn: AsyncConnection, team_id: str, of: Iterable[Credential], before: datetime | None = None
) -> History:
    """What was told and done of these tokens, `before` a moment if one is given."""
    known = {credential.subject(each.id): each for each in of}
    notices = [row for row in await _notices(conn, team_id, known) if before is None or row.created_at < before]
    told = {_name(row) for row in notices if row.recipient == known[row.subject].user_id}
    sent = [row for row in notices if row.ts and row.kind not in (LAST_DAY, KIND, LAST)]
    replaced = await expiring.replaced(conn, team_id, {each.user_id for each in known.values()})
    noted = await _noted(conn, team_id, known, HANDED)
    noted |= await _noted(conn, team_id, known, BACKED)
    handed = {subject for subject, (at, _) in noted.items() if before is None or at < before}
    put_off = await _noted(conn, team_id, known, PUT_OFF)
    return History(
        told,
        {credential.id_in(subject) for subject in handed},
        Counter(credential.id_in(row.subject) for row in sent),
        replaced & {each.id for each in known.values()},
        {credential.id_in(subject) for subject, (at, _) in put_off.items() if before is None or at < before},
        await _standbys(conn, team_id, {each.id for each in known.values()}),
        await _takers(conn, team_id, known),
    )


async def _takers(conn: AsyncConnection, team_id: str, subjects: Collection[str]) -> dict[int, Standby]:
    """Who takes care of these tokens, by a token's id."""
    taken = select(audit.c.subject, person).where(audit.c.team_id == team_id, audit.c.subject.in_(subjects))
    taken = taken.where(audit.c.action.in_((TAKEN, BACKUP_TAKEN))).order_by(audit.c.id)
    by = and_(person.c.team_id == audit.c.team_id, person.c.user_id == audit.c.actor)
    takers = {
        credential.id_in(row[0]): standby(Person(*row[1:])) for row in await conn.execute(taken.join(person, by))
    }
    return {token_id: each for token_id, each in takers.items() if each}


async def _standbys(conn: AsyncConnection, team_id: str, ids: Collection[int]) -> dict[int, Standby]:
    """Who has accepted to stand in for the owners of these tokens, by a token's id."""
    accepted = select(backup.c.credential_id, person).where(backup.c.team_id == team_id)
    accepted = accepted.where(backup.c.credential_id.in_(ids), backup.c.state == BackupState.ACCEPTED)
    whom = and_(person.c.team_id == backup.c.team_id, person.c.user_id == backup.c.named)
    found = await conn.execute(accepted.join(person, whom))
    standbys = {row[0]: standby(Person(*row[1:])) for row in found}
    return {token_id: each for token_id, each in standbys.items() if each}


async def passing(
    conn: AsyncConnection, team_id: str, end: datetime, limit: int
) -> list[tuple[Planned, str, Reason]]:
    """What goes on to the admins before `end` unless the backup person, who was asked, takes it: who that is, and why
    they were asked."""
    asked = and_(DUE, jobs.c.team_id == team_id, jobs.c.kind == BACKUP, jobs.c.due_at < end)
    rows = await conn.execute(select(jobs.c.id, jobs.c.subject, jobs.c.due_at).where(asked).limit(limit))
    waits = {row.subject: Planned(*row) for row in rows}
    told = select(audit.c.subject, audit.c.action, audit.c.detail).where(audit.c.team_id == team_id)
    told = told.where(audit.c.subject.in_(waits), audit.c.action.in_((BACKED, BACKUP_TAKEN))).order_by(audit.c.id)
    last = {row.subject: row for row in await conn.execute(told)}
    asked_of = [(waits[name], row.detail) for name, row in last.items() if row.action == BACKED]
    return [(each, detail["backup"], Reason(detail["why"])) for each, detail in asked_of]


async def sent(conn: AsyncConnection, team_id: str, of: Iterable[Credential]) -> dict[Name, Sent]:
    """Which notices there are of these tokens, by a token's id and the kind, the admins' among them."""
    known = {credential.subject(each.id) for each in of}
    whys = {subject: why for subject, (_, why) in (await _noted(conn, team_id, known, HANDED)).items()}
    return {
        _name(row): Sent(row.first, row.sent_at, Reason(whys[row.subject]) if row.kind == KIND else None)
        for row in await _notices(conn, team_id, known)
    }


async def ending(
    conn: AsyncConnection,
    team_id: str,
    state: CredentialState,
    ends: datetime,
    after: tuple[datetime, int],
    limit: int,
) -> list[Credential]:
    """The first tokens in this state after this end and id that end before `ends`."""
    moment, row_id = after
    within = tokens.c.ends_at >= moment, tokens.c.ends_at < ends
    found = select(tokens).where(tokens.c.team_id == team_id, tokens.c.state == state, *within)
    found = found.where(or_(tokens.c.ends_at > moment, tokens.c.id > row_id))
    rows = await conn.execute(found.order_by(tokens.c.ends_at, tokens.c.id).limit(limit))
    return [Credential(**row._mapping) for row in rows]


async def closed(conn: AsyncConnection, team_id: str, of: Iterable[Credential]) -> dict[int, datetime]:
    """Since when nobody is reminded of these tokens any more (UTC), by id: when they were replaced or given up. What
    is watched still is left out."""
    known = {credential.subject(each.id): each for each in of}
    forgotten = await _noted(conn, team_id, known, FORGOTTEN)
    since = {credential.id_in(subject): at for subject, (at, _) in forgotten.items()}
    new = {each.superseded_by: each.id for each in known.values() if each.superseded_by}
    rows = await conn.execute(select(tokens.c.id, tokens.c.recorded_at).where(tokens.c.id.in_(new)))
    return since | {new[row.id]: row.recorded_at for row in rows}


async def teams(conn: AsyncConnection) -> list[str]:
    """The Slack workspaces of which anybody is known."""
    found: list[str] = []
    while team_id := await conn.scalar(
        select(func.min(person.c.team_id)).where(person.c.team_id > (found or [""])[-1])
    ):
        found.append(team_id)
    return found


@dataclass(frozen=True)
class _Row:
    """A notice: itself, and where it was posted, which is where `first` stands that tells it among others."""

    subject: str
    kind: str
    recipient: str
    created_at: datetime
    first: int
    ts: str | None

    @property
    def sent_at(self) -> datetime | None:
        """When Slack took it (UTC), by its own clock; None where it has not."""
        return datetime.fromtimestamp(float(self.ts), UTC) if self.ts else None


def _name(row: _Row) -> Name:
    return credential.id_in(row.subject), row.kind


async def _notices(conn: AsyncConnection, team_id: str, subjects: Collection[str]) -> list[_Row]:
    posted = messages.alias("posted")
    mine = messages.c
    told_in = messages.join(posted, posted.c.id == func.coalesce(mine.thread, mine.id))
    values = mine.subject, mine.kind, mine.recipient, posted.c.created_at, posted.c.id, posted.c.ts
    found = select(*values).select_from(told_in).where(mine.team_id == team_id, mine.subject.in_(subjects))
    return [_Row(*row) for row in await conn.execute(found.where(mine.kind != message.CARD))]


async def _noted(
    conn: AsyncConnection, team_id: str, subjects: Collection[str], action: str
) -> dict[str, tuple[datetime, str]]:
    """When this was done about these, and why."""
    found = select(audit.c.subject, audit.c.at, audit.c.detail).where(audit.c.team_id == team_id)
    rows = await conn.execute(found.where(audit.c.subject.in_(subjects), audit.c.action == action))
    return {row.subject: (row.at, (row.detail or {}).get("why", "")) for row in rows}
