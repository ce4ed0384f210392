"""Settings that admins have changed: one row for each change, none is ever rewritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.people import DELETED
from bot.core.setting import Change

from .database import Tx
from .operator_tables import setting_change as table


class Collided(Exception):
    """Somebody else's transaction was faster: nothing of this one is saved, and it may be tried anew."""


@dataclass(frozen=True)
class New:
    """A change that is about to be written."""

    name: str
    before: str | None
    after: str | None


async def revision(conn: AsyncConnection, team_id: str) -> int:
    """The number of the last change; 0 where there is none."""
    return int(await conn.scalar(select(func.max(table.c.revision)).filter_by(team_id=team_id)) or 0)


async def newest(conn: AsyncConnection, team_id: str) -> dict[str, Change]:
    """The last change of each setting that was ever changed."""
    last = select(func.max(table.c.revision)).filter_by(team_id=team_id).group_by(table.c.name)
    rows = await conn.execute(select(table).filter_by(team_id=team_id).where(table.c.revision.in_(last)))
    return {row.name: _change(row) for row in rows}


async def history(conn: AsyncConnection, team_id: str, names: Sequence[str], most: int) -> list[Change]:
    """The last changes of these settings, newest first."""
    found = select(table).filter_by(team_id=team_id).where(table.c.name.in_(names))
    rows = await conn.execute(found.order_by(table.c.revision.desc()).limit(most))
    return [_change(row) for row in rows]


async def teams(conn: AsyncConnection) -> list[str]:
    """The Slack workspaces in which something was changed."""
    return list(await conn.scalars(select(table.c.team_id).distinct().order_by(table.c.team_id)))


async def add(
    tx: Tx, team_id: str, changes: Sequence[New], by: str, at: datetime, reason: str | None
) -> list[Change]:
    """Write them, each under the next number. Raises Collided, after which the transaction is of no use."""
    first = await revision(tx.conn, team_id) + 1
    made = [Change(first + n, each.name, each.before, each.after, by, at, reason) for n, each in enumerate(changes)]
    rows = [
        {"team_id": team_id, "revision": each.revision, "name": each.name, "before": each.before, "after": each.after}
        | {"changed_by": by, "changed_at": at, "reason": reason}
        for each in made
    ]
    try:
        await tx.conn.execute(insert(table), rows)
    except IntegrityError as error:
        raise Collided from error
    return made


async def forget(tx: Tx, team_id: str, user_id: str) -> None:
    """Somebody is no longer to be read in the history: neither who changed what, nor that they stood in a list.

    What holds now stays: it is the operator's word, as it is in the environment.
    """
    kept = {each.revision for each in (await newest(tx.conn, team_id)).values()}
    theirs = update(table).filter_by(team_id=team_id, changed_by=user_id)
    await tx.conn.execute(theirs.values(changed_by=DELETED, reason=None))
    named = table.c.before.contains(user_id, autoescape=True) | table.c.after.contains(user_id, autoescape=True)
    for row in (await tx.conn.execute(select(table).filter_by(team_id=team_id).where(named))).all():
        after = row.after if row.revision in kept else _without(row.after, user_id)
        same = update(table).filter_by(team_id=team_id, revision=row.revision)
        await tx.conn.execute(same.values(before=_without(row.before, user_id), after=after))


def _without(text: str | None, user_id: str) -> str | None:
    if text is None:
        return None
    return ",".join(each for each in text.split(",") if each.strip() != user_id)


def _change(row: Row[tuple[object, ...]]) -> Change:
    return Change(row.revision, row.name, row.before, row.after, row.changed_by, row.changed_at, row.reason)
