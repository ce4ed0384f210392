"""The stored list of agents: looked through by team, workspace and lister, never beyond those rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.agent_list import GIVEN_UP, AgentList, ListedAgent, Reading

from .database import Tx
from .tables import agent_list as lists
from .tables import listed_agent as table
from .tables import person

_COLUMNS = tuple(table.c[name] for name in ListedAgent.__dataclass_fields__)


@dataclass(frozen=True)
class Place:
    """Which list. `lister` is whose credential asks for it: "" is the operator's, else a Slack user's."""

    team_id: str
    workspace_id: str
    lister: str

    @property
    def key(self) -> dict[str, str]:
        """The columns that name it."""
        return {"team_id": self.team_id, "workspace_id": self.workspace_id, "lister": self.lister}


@dataclass(frozen=True)
class Own:
    """Whose agents: those of a Coze account, "" for none, and those that the bot `made` for somebody, by id."""

    coze_uid: str
    made: frozenset[str] = frozenset()


async def load(conn: AsyncConnection, place: Place) -> AgentList:
    """How the list stands."""
    row = (await conn.execute(select(lists).filter_by(**place.key))).one_or_none()
    return AgentList(row.agents, row.listed_at, row.begun_at, row.error) if row else AgentList()


async def find(conn: AsyncConnection, place: Place, agent_id: str) -> ListedAgent | None:
    """The agent with this id, if it is listed."""
    row = (await conn.execute(select(*_COLUMNS).filter_by(**place.key, agent_id=agent_id))).one_or_none()
    return ListedAgent(*row) if row else None


async def called(conn: AsyncConnection, place: Place, own: Own | None, wanted: str, most: int) -> list[ListedAgent]:
    """Those with just this id or plain name; of anybody where `own` is None."""
    fits = or_(table.c.agent_id == wanted, table.c.plain == wanted)
    return await _read(conn, _of(place, own).where(fits).order_by(*_newest()).limit(most))


async def search(conn: AsyncConnection, place: Place, own: Own | None, wanted: str, most: int) -> list[ListedAgent]:
    """Those whose plain name, or id, holds what is wanted: who is called so first, then what was changed last."""
    found = _of(place, own)
    if not wanted:
        return await _read(conn, found.order_by(*_newest()).limit(most))
    begins = table.c.plain.startswith(wanted, autoescape=True)
    rank = case((table.c.plain == wanted, 0), (begins, 1), else_=2)
    fits = or_(table.c.plain.contains(wanted, autoescape=True), table.c.agent_id == wanted)
    return await _read(conn, found.where(fits).order_by(rank, *_newest()).limit(most))


async def owners(conn: AsyncConnection, team_id: str, uids: Iterable[str]) -> dict[str, str]:
    """Who has proven that these Coze accounts are theirs: their names in Slack."""
    found = select(person.c.coze_uid, person.c.name).where(
        person.c.team_id == team_id, person.c.coze_uid.in_(sorted(uids))
    )
    return {row.coze_uid: row.name for row in await conn.execute(found.order_by(person.c.user_id))}


async def begin(tx: Tx, place: Place, now: datetime) -> bool:
    """A renewal begins; False if one is under way."""
    row = tx.upsert(lists).values(**place.key, agents=0, begun_at=now)
    free = or_(lists.c.begun_at.is_(None), lists.c.begun_at <= now - GIVEN_UP)
    begun = row.on_conflict_do_update(index_elements=list(lists.primary_key), set_={"begun_at": now}, where=free)
    return (await tx.conn.execute(begun.returning(lists.c.begun_at))).one_or_none() is not None


async def keep(tx: Tx, place: Place, agents: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """What Coze lists in a renewal that began at `at`; what a later one has listed stays."""
    rows = {row["agent_id"]: {**place.key, **row, "listed_at": at} for row in agents}  # Coze may name one twice
    if not rows:
        return
    statement = tx.upsert(table).values(sorted(rows.values(), key=lambda row: str(row["agent_id"])))
    told = ("name", "plain", "owner_uid", "updated_at", "published_at", "listed_at")
    new = {name: statement.excluded[name] for name in told}
    older = table.c.listed_at <= statement.excluded.listed_at
    await tx.conn.execute(
        statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=new, where=older)
    )


async def finish(tx: Tx, place: Place, reading: Reading) -> None:
    """All pages are read. What was not on them is gone, if they were all of one list."""
    mine = and_(*(table.c[name] == value for name, value in place.key.items()))
    listed = await tx.conn.scalar(
        select(func.count()).select_from(table).where(mine, table.c.listed_at == reading.begun_at)
    )
    if reading.is_steady and int(listed or 0) >= reading.total:
        await tx.conn.execute(delete(table).where(mine, table.c.listed_at < reading.begun_at))
    count = int(await tx.conn.scalar(select(func.count()).select_from(table).where(mine)) or 0)
    await _note(tx, place, agents=count, listed_at=reading.begun_at, begun_at=None, error=None)


async def fail(tx: Tx, place: Place, error: str) -> None:
    """The renewal broke off: `error` says why. What is listed stays as it is."""
    await _note(tx, place, begun_at=None, error=error)


async def _note(tx: Tx, place: Place, **facts: Any) -> None:
    row = tx.upsert(lists).values(**{**place.key, "agents": 0, **facts})
    await tx.conn.execute(row.on_conflict_do_update(index_elements=list(lists.primary_key), set_=facts))


def _of(place: Place, own: Own | None) -> Select[Any]:
    found = select(*_COLUMNS).filter_by(**place.key)
    if own is None:
        return found
    theirs: ColumnElement[bool] = and_(table.c.owner_uid == own.coze_uid, table.c.owner_uid != "")
    return found.where(or_(theirs, table.c.agent_id.in_(sorted(own.made))) if own.made else theirs)


def _newest() -> tuple[ColumnElement[Any], ...]:
    return table.c.updated_at.desc().nulls_last(), table.c.agent_id


async def _read(conn: AsyncConnection, found: Select[Any]) -> list[ListedAgent]:
    return [ListedAgent(*row) for row in await conn.execute(found)]
