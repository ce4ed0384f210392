"""Credentials: recorded tokens, by name and end date."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, insert, null, or_, outerjoin, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import credential as rules
from bot.core.credential import Credential, CredentialKind, CredentialState, Record
from bot.core.errors import NotFound, NotYours

from . import job
from .database import Tx
from .tables import OF_PERSON, person
from .tables import credential_ as table

_ALIVE = or_(*(table.c.state == state for state in sorted(rules.WATCHED)))  # IN is put together at each execution
_ALL_WATCHED = select(table).filter_by(**OF_PERSON).where(_ALIVE).order_by(table.c.ends_at)
WATCHED = _ALL_WATCHED.where(table.c.kind == CredentialKind.TOKEN)
KEYS = _ALL_WATCHED.where(table.c.kind == CredentialKind.KEY)


def subject(credential_id: int) -> str:
    """How messages, jobs and audit name a credential."""
    return f"credential:{credential_id}"


def id_in(subject: str) -> int:
    """Whose subject that is, or the beginning of it: `credential:17`, `credential:17:t7`."""
    return int(subject.split(":")[1])


async def add(tx: Tx, team_id: str, user_id: str, record: Record, now: datetime) -> int:
    """A new active credential; its id."""
    values = {
        "team_id": team_id,
        "user_id": user_id,
        "name": record.name,
        "created_at": record.created_at,
        "ends_at": record.ends_at,
        "last4": record.last4,
        "state": CredentialState.ACTIVE,
        "recorded_at": now,
        "kind": record.kind,
    }
    return int((await tx.conn.execute(insert(table).values(values).returning(table.c.id))).scalar_one())


async def load(conn: AsyncConnection, team_id: str, credential_id: int) -> Credential:
    """The credential with this id. Raises NotFound, also for another workspace's."""
    row = (await conn.execute(select(table).filter_by(team_id=team_id, id=credential_id))).one_or_none()
    if row is None:
        raise NotFound
    return Credential(**row._mapping)


async def hold(tx: Tx, team_id: str, credential_id: int) -> Credential:
    """The same; whoever else decides about it waits for this transaction. Raises NotFound."""
    await tx.conn.execute(select(table.c.id).filter_by(team_id=team_id, id=credential_id).with_for_update())
    return await load(tx.conn, team_id, credential_id)


async def load_own(conn: AsyncConnection, team_id: str, user_id: str, credential_id: int) -> Credential:
    """The person's own token. Raises NotFound, also for a key, and NotYours."""
    token = await load(conn, team_id, credential_id)
    if token.is_key:
        raise NotFound
    if token.user_id != user_id:
        raise NotYours
    return token


async def load_quiet(conn: AsyncConnection, team_id: str, credential_id: int) -> tuple[Credential, str | None]:
    """The same, with the owner's choice of quiet hours as it is stored; None where they chose none or are gone."""
    credential, quiet, _ = await load_put_off(conn, team_id, credential_id, "")
    return credential, quiet


async def load_put_off(
    conn: AsyncConnection, team_id: str, credential_id: int, key: str
) -> tuple[Credential, str | None, datetime | None]:
    """The same, and when the next reminder is due (UTC) whose rung begins with `key`; None for none."""
    theirs = and_(person.c.team_id == table.c.team_id, person.c.user_id == table.c.user_id)
    until = job.next_of(team_id, "remind", f"{subject(credential_id)}:{key}") if key else null()
    found = select(table, person.c.quiet, until.label("until")).select_from(outerjoin(table, person, theirs))
    row = (await conn.execute(found.where(table.c.team_id == team_id, table.c.id == credential_id))).one_or_none()
    if row is None:
        raise NotFound
    values = {**row._mapping}
    quiet, moment = values.pop("quiet"), values.pop("until")
    return Credential(**values), quiet, moment


async def refuse(tx: Tx, credential: Credential, at: datetime | None) -> bool:
    """Coze refuses it since then, or takes it again (None). False if that is known."""
    known = table.c.refused_at.is_not(None) if at is None else table.c.refused_at.is_(None)
    changed = update(table).where(table.c.id == credential.id, known).values(refused_at=at)
    return (await tx.conn.execute(changed)).rowcount == 1


async def watched(conn: AsyncConnection, team_id: str, user_id: str) -> list[Credential]:
    """The person's tokens that are neither replaced nor forgotten, the first to end first."""
    return await _watched(conn, WATCHED, team_id, user_id)


async def keys(conn: AsyncConnection, team_id: str, user_id: str) -> list[Credential]:
    """The same of the keys of the person's OAuth apps, the first to be changed first."""
    return await _watched(conn, KEYS, team_id, user_id)


async def all_watched(conn: AsyncConnection, team_id: str, user_id: str) -> list[Credential]:
    """Tokens and keys."""
    return await _watched(conn, _ALL_WATCHED, team_id, user_id)


async def _watched(conn: AsyncConnection, which: Select[Any], team_id: str, user_id: str) -> list[Credential]:
    found = await conn.execute(which, {"team_id": team_id, "user_id": user_id})
    return [Credential(**row._mapping) for row in found]


async def owned(conn: AsyncConnection, team_id: str, user_id: str) -> list[Credential]:
    """All that the person ever recorded, whatever has become of it."""
    found = await conn.execute(select(table).filter_by(team_id=team_id, user_id=user_id).order_by(table.c.id))
    return [Credential(**row._mapping) for row in found]


async def successors(conn: AsyncConnection, team_id: str, user_id: str, limit: int) -> dict[int, int]:
    """Which of the person's tokens took which one's place, the newest replacements."""
    mine = select(table.c.id, table.c.superseded_by).filter_by(team_id=team_id, user_id=user_id)
    found = mine.where(table.c.superseded_by.is_not(None)).order_by(table.c.superseded_by.desc()).limit(limit)
    return {row.id: row.superseded_by for row in await conn.execute(found)}


async def ending(conn: AsyncConnection, team_id: str, until: datetime, limit: int) -> list[Credential]:
    """Watched tokens of anybody that end before `until`, the first to end first."""
    found = select(table).filter_by(team_id=team_id, state=CredentialState.ACTIVE).where(table.c.ends_at < until)
    found = found.where(table.c.kind == CredentialKind.TOKEN)
    rows = await conn.execute(found.order_by(table.c.ends_at).limit(limit))
    return [Credential(**row._mapping) for row in rows]


async def active(
    conn: AsyncConnection, team_id: str, after: tuple[datetime, int], limit: int
) -> list[tuple[Credential, str | None, str | None]]:
    """Tokens of anybody that have not been seen to end, by end and id, from `after` on; each with its owner's zone
    and choice of quiet hours as they are stored, None where nobody is known."""
    theirs = and_(person.c.team_id == table.c.team_id, person.c.user_id == table.c.user_id)
    found = select(table, person.c.tz, person.c.quiet).select_from(outerjoin(table, person, theirs))
    found = found.where(table.c.team_id == team_id, table.c.state == CredentialState.ACTIVE)
    moment, row_id = after
    found = found.where(
        table.c.ends_at >= moment, or_(table.c.ends_at > moment, table.c.id > row_id)
    )  # the first part is what the index is asked
    rows = [
        dict(row._mapping) for row in await conn.execute(found.order_by(table.c.ends_at, table.c.id).limit(limit))
    ]
    owners = [(row.pop("tz"), row.pop("quiet")) for row in rows]
    return [(Credential(**row), *owner) for row, owner in zip(rows, owners, strict=True)]


async def move(tx: Tx, credential: Credential, state: CredentialState, superseded_by: int | None = None) -> bool:
    """Change a credential that is still in the state in which it was loaded. False if somebody was faster."""
    same = update(table).where(table.c.id == credential.id, table.c.state == credential.state)
    return (await tx.conn.execute(same.values(state=state, superseded_by=superseded_by))).rowcount == 1
