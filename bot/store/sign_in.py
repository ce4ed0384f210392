"""Sign-ins: codes that people are signing in with, and what came of them. What is secret of them is sealed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, null, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import NotFound
from bot.core.people import Person
from bot.core.sign_in import OPEN, Purpose, SignIn, SignInState

from .cipher import Place
from .database import Tx
from .tables import sign_in as table

_ROW = [table.c[name] for name in SignIn.__dataclass_fields__]


def subject(sign_in_id: int) -> str:
    """How messages, jobs and audit name a sign-in."""
    return f"sign_in:{sign_in_id}"


def place(sign_in: SignIn) -> Place:
    """To which place the secret of this row is bound: the device code, then the tokens that it brought."""
    return Place(sign_in.team_id, sign_in.user_id, subject(sign_in.id), "secret")


async def add(
    tx: Tx,
    who: Person,
    purpose: Purpose,
    about: str,
    typed: Mapping[str, str],
    now: datetime,
    *,
    in_modal: bool,
) -> int | None:
    """A new one; its id, or None where the person has an open one."""
    values = {
        "team_id": who.team_id,
        "user_id": who.user_id,
        "purpose": purpose,
        "about": about,
        "typed": dict(typed) or None,
        "state": SignInState.STARTING,
        "created_at": now,
        "in_modal": in_modal,
        "may_keep": False,
        "is_kept": False,
    }
    try:
        async with tx.conn.begin_nested():
            made = await tx.conn.execute(insert(table).values(values).returning(table.c.id))
            return int(made.scalar_one())
    except IntegrityError:
        return None


async def load(conn: AsyncConnection, team_id: str, sign_in_id: int) -> SignIn:
    """The sign-in with this id. Raises NotFound, also for another workspace's."""
    row = (await conn.execute(select(*_ROW).filter_by(team_id=team_id, id=sign_in_id))).one_or_none()
    if row is None:
        raise NotFound
    return SignIn(**row._mapping)


async def opened(conn: AsyncConnection, team_id: str, user_id: str) -> SignIn | None:
    """The person's open one."""
    found = select(*_ROW).filter_by(team_id=team_id, user_id=user_id).where(table.c.state.in_(OPEN))
    row = (await conn.execute(found)).one_or_none()
    return SignIn(**row._mapping) if row else None


async def newest(conn: AsyncConnection, team_id: str, user_id: str) -> int | None:
    """The id of the person's last one."""
    found: int | None = await conn.scalar(select(func.max(table.c.id)).filter_by(team_id=team_id, user_id=user_id))
    return found


async def secret(conn: AsyncConnection, sign_in: SignIn) -> str | None:
    """What is sealed in it; None where nothing is any more."""
    sealed: str | None = await conn.scalar(select(table.c.secret).filter_by(team_id=sign_in.team_id, id=sign_in.id))
    return sealed


async def move(tx: Tx, sign_in: SignIn, states: Collection[SignInState] = (), **values: Any) -> bool:
    """Change one that is still in the state in which it was loaded, or in one of `states`. False if it is not."""
    same = update(table).where(table.c.id == sign_in.id, table.c.state.in_(states or (sign_in.state,)))
    return (await tx.conn.execute(same.values(**values))).rowcount == 1


async def take_secret(tx: Tx, sign_in: SignIn) -> str | None:
    """What is sealed in it, which holds it no longer; None for whoever comes second."""
    sealed = await secret(tx.conn, sign_in)
    held = update(table).where(table.c.id == sign_in.id, table.c.secret == sealed)
    changed = await tx.conn.execute(held.values(secret=None, may_keep=False))
    return sealed if changed.rowcount == 1 else None


async def unfinished(conn: AsyncConnection, team_id: str, user_id: str | None) -> list[SignIn]:
    """Those of a person, or for None of everybody, that are open or still hold something sealed."""
    chosen = [table.c.team_id == team_id, table.c.state.in_(OPEN) | table.c.secret.is_not(None)]
    if user_id is not None:
        chosen.append(table.c.user_id == user_id)
    return [SignIn(**row._mapping) for row in await conn.execute(select(*_ROW).where(*chosen))]


async def forget_typed(tx: Tx, before: datetime) -> None:
    """Let go of what was typed into the forms of those that began before `before`."""
    old = update(table).where(table.c.created_at < before, table.c.typed.is_not(None))
    await tx.conn.execute(old.values(typed=null()))
