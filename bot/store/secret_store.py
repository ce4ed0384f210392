"""Vault: kept secrets, always encrypted, and the links to the pages on which they are entered."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import NotFound
from bot.core.secret_store import LINK_LIFE, Consent, LinkState, OneTimeLink, StoredSecret

from .cipher import Place
from .database import Epoch, Tx
from .tables import link as links
from .tables import secret as table

_KEPT = [table.c[name] for name in StoredSecret.__dataclass_fields__]
_LINK = [links.c[name] for name in OneTimeLink.__dataclass_fields__]


@dataclass(frozen=True)
class SealedRow:
    """A value as it stands in its row."""

    id: str
    team_id: str
    user_id: str
    key_id: str
    value: str


_SEALED = [table.c[name] for name in SealedRow.__dataclass_fields__]


def subject(link_id: int) -> str:
    """How messages and jobs name a link."""
    return f"link:{link_id}"


def secret_subject(secret_id: str) -> str:
    """How jobs and audit name a kept secret."""
    return f"secret:{secret_id}"


def place(team_id: str, user_id: str, secret_id: str) -> Place:
    """To which place the value of this row is bound."""
    return Place(team_id, user_id, secret_id, "value")


async def keep(tx: Tx, kept: StoredSecret, sealed: str) -> None:
    """Keep it; what the person had kept for the same purpose is gone."""
    same = {"team_id": kept.team_id, "user_id": kept.user_id, "purpose": kept.purpose}
    await tx.conn.execute(delete(table).filter_by(**same))
    await tx.conn.execute(insert(table).values(**asdict(kept), value=sealed))


async def find(conn: AsyncConnection, team_id: str, user_id: str, purpose: str) -> tuple[StoredSecret, str] | None:
    """What the person had kept for a purpose, and its sealed value."""
    found = select(*_KEPT, table.c.value).filter_by(team_id=team_id, user_id=user_id, purpose=purpose)
    row = (await conn.execute(found)).one_or_none()
    return (_kept(row), row.value) if row else None


async def load(conn: AsyncConnection, team_id: str, secret_id: str) -> StoredSecret:
    """The kept secret with this id. Raises NotFound, also for another workspace's."""
    row = (await conn.execute(select(*_KEPT).filter_by(team_id=team_id, id=secret_id))).one_or_none()
    if row is None:
        raise NotFound
    return _kept(row)


async def used(tx: Tx, secret_id: str, now: datetime) -> bool:
    """Remember that it is used now. False if it is gone."""
    changed = await tx.conn.execute(update(table).where(table.c.id == secret_id).values(used_at=now))
    return changed.rowcount == 1


async def forget(tx: Tx, secret_id: str) -> bool:
    """Delete it for good. False if it was gone."""
    return (await tx.conn.execute(delete(table).where(table.c.id == secret_id))).rowcount == 1


async def carry(tx: Tx, secret_id: str, credential_id: int, ends_at: datetime) -> None:
    """It is of this token from now on, and deleted by itself at `ends_at` (UTC)."""
    same = update(table).where(table.c.id == secret_id)
    await tx.conn.execute(same.values(credential_id=credential_id, ends_at=ends_at))


async def sealed(conn: AsyncConnection, secret_id: str) -> str:
    """The value as it stands in its row. Raises NotFound."""
    found: str | None = await conn.scalar(select(table.c.value).where(table.c.id == secret_id))
    if found is None:
        raise NotFound
    return found


async def lease(tx: Tx, secret_id: str, seconds: float) -> tuple[str, int] | None:
    """Take the value for so many seconds of real time, to renew it: as it is now, and the fence to come back with.

    None while somebody else has it, or where it is gone. A lease that ends later than any can is free: the database's
    clock was set back.
    """
    ended = or_(table.c.lease_until < Epoch(), table.c.lease_until > Epoch() + 2 * seconds)
    free = or_(table.c.lease_until.is_(None), ended)
    taken = update(table).where(table.c.id == secret_id, free)
    taken = taken.values(lease_until=Epoch() + seconds, fence=table.c.fence + 1)
    row = (await tx.conn.execute(taken.returning(table.c.value, table.c.fence))).one_or_none()
    return (row.value, row.fence) if row else None


async def release(tx: Tx, secret_id: str, fence: int, **values: object) -> bool:
    """Give it back, with what is new of it. False if somebody else has it by now, or it is gone."""
    held = update(table).where(table.c.id == secret_id, table.c.fence == fence, table.c.lease_until.is_not(None))
    return (await tx.conn.execute(held.values(lease_until=None, **values))).rowcount == 1


async def listed(
    conn: AsyncConnection, team_id: str, user_id: str | None = None, credential_id: int | None = None
) -> list[StoredSecret]:
    """All that is kept: of the workspace, of one person, or of one watched token."""
    chosen = [table.c.team_id == team_id]
    if user_id is not None:
        chosen.append(table.c.user_id == user_id)
    if credential_id is not None:
        chosen.append(table.c.credential_id == credential_id)
    return [_kept(row) for row in await conn.execute(select(*_KEPT).where(*chosen))]


async def key_ids(conn: AsyncConnection) -> dict[str, int]:
    """How many values each of our keys encrypts."""
    counted = select(table.c.key_id, func.count()).group_by(table.c.key_id)
    return {row.key_id: int(row[1]) for row in await conn.execute(counted)}


async def some_of(conn: AsyncConnection, key_id: str, limit: int) -> list[SealedRow]:
    """Up to `limit` values that this key of ours encrypts."""
    found = select(*_SEALED).filter_by(key_id=key_id).order_by(table.c.id).limit(limit)
    return [SealedRow(*row) for row in await conn.execute(found)]


async def sealed_by_others(conn: AsyncConnection, key_id: str, after: str, limit: int) -> list[SealedRow]:
    """Up to `limit` values, by their ids behind `after`, that another key than this one encrypts."""
    found = select(*_SEALED).where(table.c.key_id != key_id, table.c.id > after)
    return [SealedRow(*row) for row in await conn.execute(found.order_by(table.c.id).limit(limit))]


async def reseal(tx: Tx, secret_id: str, old: str, new: str, key_id: str) -> bool:
    """Put a value in the place of the one that was read. False if it changed meanwhile or is gone."""
    same = and_(table.c.id == secret_id, table.c.value == old)
    return (await tx.conn.execute(update(table).where(same).values(value=new, key_id=key_id))).rowcount == 1


def hashed(address: str) -> str:
    """What is stored of a link's secret part."""
    return hashlib.sha256(address.encode()).hexdigest()


async def add_link(tx: Tx, team_id: str, user_id: str, purpose: str, consent: Consent, **values: object) -> int:
    """A new open link; its id."""
    row = {**asdict(consent), "team_id": team_id, "user_id": user_id, "purpose": purpose, "state": LinkState.OPEN}
    made = await tx.conn.execute(insert(links).values(**row, **values).returning(links.c.id))
    return int(made.scalar_one())


async def load_link(conn: AsyncConnection, team_id: str, link_id: int) -> OneTimeLink:
    """The link with this id. Raises NotFound, also for another workspace's."""
    row = (await conn.execute(select(*_LINK).filter_by(team_id=team_id, id=link_id))).one_or_none()
    if row is None:
        raise NotFound
    return OneTimeLink(**row._mapping)


async def open_link(conn: AsyncConnection, address: str, real_now: datetime) -> OneTimeLink | None:
    """The link at this address, if it still takes something. Changes nothing: previews fetch pages too."""
    row = (await conn.execute(select(*_LINK).where(_open(address, real_now)))).one_or_none()
    return OneTimeLink(**row._mapping) if row else None


async def burn(tx: Tx, address: str, real_now: datetime) -> OneTimeLink | None:
    """Spend the link at this address, whoever comes first; None for everybody else."""
    spent = update(links).where(_open(address, real_now)).values(state=LinkState.SPENT, tries=links.c.tries + 1)
    row = (await tx.conn.execute(spent.returning(*_LINK))).one_or_none()
    return OneTimeLink(**row._mapping) if row else None


async def move_link(tx: Tx, link: OneTimeLink, state: LinkState, **values: object) -> bool:
    """Change a link that is still in the state in which it was loaded. False if somebody was faster."""
    same = and_(links.c.id == link.id, links.c.state == link.state, links.c.nonce == link.nonce)
    return (await tx.conn.execute(update(links).where(same).values(state=state, **values))).rowcount == 1


async def recent_links(conn: AsyncConnection, team_id: str, user_id: str, since: datetime) -> int:
    """How often the person has handed something over, or asked to, since `since` (real time)."""
    ends = links.c.expires_at.between(since, since + LINK_LIFE)
    recent = and_(links.c.team_id == team_id, links.c.user_id == user_id, ends)
    return int(await conn.scalar(select(func.coalesce(func.sum(links.c.tries + 1), 0)).where(recent)) or 0)


async def open_links(conn: AsyncConnection, team_id: str, user_id: str | None = None) -> list[OneTimeLink]:
    """The links of the workspace, or of one person, that still take something or were spent just now."""
    chosen = [links.c.team_id == team_id, links.c.state.in_([LinkState.OPEN, LinkState.SPENT])]
    if user_id is not None:
        chosen.append(links.c.user_id == user_id)
    return [OneTimeLink(**row._mapping) for row in await conn.execute(select(*_LINK).where(*chosen))]


async def purge(tx: Tx, before: datetime) -> None:
    """Let go of links that ended before `before` (real time)."""
    await tx.conn.execute(delete(links).where(links.c.expires_at < before))


def _open(address: str, real_now: datetime) -> ColumnElement[bool]:
    """One that would end later than any can was made by a clock that was ahead, and takes nothing."""
    living = and_(links.c.expires_at > real_now, links.c.expires_at <= real_now + LINK_LIFE)
    return and_(links.c.hash == hashed(address), links.c.state == LinkState.OPEN, living)


def _kept(row: Any) -> StoredSecret:
    values = row._mapping
    return StoredSecret(**{name: values[name] for name in StoredSecret.__dataclass_fields__})
