"""People: what Slack said about somebody when it was last asked."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.people import Person, Standing

from .database import Tx
from .tables import OF_PERSON
from .tables import person as table

CHOSEN = frozenset({"chosen", "coze_uid", "quiet"})
"""What Slack knows nothing of."""

_LOAD = select(table).filter_by(**OF_PERSON)


async def load(conn: AsyncConnection, team_id: str, user_id: str) -> Person | None:
    """The person as last seen, or None for somebody we never met."""
    row = (await conn.execute(_LOAD, {"team_id": team_id, "user_id": user_id})).one_or_none()
    return Person(**row._mapping) if row else None


async def hold(tx: Tx, team_id: str, user_id: str) -> None:
    """Whoever else wants to hold this person waits for this transaction; on SQLite all that write do."""
    held = select(table.c.user_id).filter_by(team_id=team_id, user_id=user_id)
    await tx.conn.execute(held.with_for_update())


async def deactivated(conn: AsyncConnection, team_id: str) -> set[str]:
    """Who has been switched off in Slack, as far as it was told."""
    found = select(table.c.user_id).filter_by(team_id=team_id, standing=Standing.DEACTIVATED)
    return set((await conn.execute(found)).scalars())


async def admins(conn: AsyncConnection, team_id: str) -> list[Person]:
    """Who was an admin and a full member when Slack was last asked about them, by name."""
    found = select(table).filter_by(team_id=team_id, admin=True, standing=Standing.MEMBER)
    rows = await conn.execute(found.order_by(table.c.name, table.c.user_id))
    return [Person(**row._mapping) for row in rows]


async def deputies(conn: AsyncConnection, team_id: str) -> list[str]:
    """The user ids of who was a deputy and a full member when Slack was last asked about them."""
    found = select(table.c.user_id).filter_by(team_id=team_id, deputy=True, standing=Standing.MEMBER)
    return list(await conn.scalars(found.order_by(table.c.user_id)))


async def save(tx: Tx, person: Person, *, authority: bool = True) -> None:
    """Remember what Slack says now. What the person chose or proved stays, and a locale that is not told.

    Without `authority` nobody has asked whether they are an admin: what is known of that, and its age, stays too.
    """
    values = {key: value for key, value in asdict(person).items() if key not in CHOSEN}
    stays = {"locale"} if not person.locale else set()
    stays |= set() if authority else {"admin", "deputy", "may_ask", "seen_at"}
    told = {key: value for key, value in values.items() if key not in stays}
    keys = [table.c.team_id, table.c.user_id]
    await tx.conn.execute(tx.upsert(table).values(**values).on_conflict_do_update(index_elements=keys, set_=told))


async def authorise(tx: Tx, person: Person) -> None:
    """Remember whether the person is an admin and may ask to join, and when Slack was asked."""
    same = update(table).filter_by(team_id=person.team_id, user_id=person.user_id)
    told = {"admin": person.admin, "deputy": person.deputy, "may_ask": person.may_ask, "seen_at": person.seen_at}
    await tx.conn.execute(same.values(**told))


async def seen(tx: Tx, team_id: str, user_id: str, at: datetime) -> None:
    """Remember when Slack was last asked about somebody who is known."""
    await tx.conn.execute(update(table).filter_by(team_id=team_id, user_id=user_id).values(seen_at=at))


async def quieten(tx: Tx, team_id: str, user_id: str, quiet: str | None) -> None:
    """Remember in which hours the person wants no reminders; None means: as usual."""
    await tx.conn.execute(update(table).filter_by(team_id=team_id, user_id=user_id).values(quiet=quiet))


async def choose(tx: Tx, team_id: str, user_id: str, language: str | None) -> None:
    """Remember the language that the person chose; None means: as Slack says."""
    chosen = update(table).filter_by(team_id=team_id, user_id=user_id)
    await tx.conn.execute(chosen.values(chosen=language))
