"""Seats in doubt. Every change of state is a compare-and-set: the row count tells who was first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, case, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import credential as tokens
from bot.core import seat_doubt as rules
from bot.core.errors import NotFound
from bot.core.guide import GuideState
from bot.core.join import HOLDING, JoinState
from bot.core.people import Standing
from bot.core.publish import UNDER_WAY, PublicationState
from bot.core.seat_doubt import LISTED, DoubtState, Found, SeatDoubt, Why

from . import message, people, seats
from .database import Tx
from .tables import credential_ as credential
from .tables import guide_ as guide
from .tables import literally, person, publication, request
from .tables import seat_doubt as table

IN_USE = UNDER_WAY | {PublicationState.ONLINE}
SETTLED = 500  # rows or keys in one statement
_RANK = case({state.value: rank for rank, state in enumerate(LISTED)}, value=table.c.state)


def subject(doubt_id: int) -> str:
    """How messages, jobs and audit name a doubt."""
    return f"seat:{doubt_id}"


async def load(conn: AsyncConnection, team_id: str, doubt_id: int) -> SeatDoubt:
    """One of them. Raises NotFound, also for another workspace's."""
    row = (await conn.execute(select(table).filter_by(team_id=team_id, id=doubt_id))).one_or_none()
    if row is None:
        raise NotFound
    return SeatDoubt(**row._mapping)


async def counts(conn: AsyncConnection, team_id: str) -> dict[DoubtState, int]:
    """How many there are in each state, but for what is over."""
    told = literally([*LISTED, DoubtState.KEPT])
    found = select(table.c.state, func.count()).filter_by(team_id=team_id).where(told).group_by(table.c.state)
    return {row[0]: row[1] for row in await conn.execute(found)}


async def listed(conn: AsyncConnection, team_id: str, offset: int, limit: int, *, kept: bool) -> list[SeatDoubt]:
    """A page of what is to be decided, of what is nearest to an end first; or of what is `kept`, newest first."""
    mine = select(table).filter_by(team_id=team_id)
    if kept:
        chosen = mine.where(literally([DoubtState.KEPT])).order_by(table.c.kept_until.desc(), table.c.id.desc())
    else:
        chosen = mine.where(literally(LISTED)).order_by(_RANK, table.c.id)
    return [_doubt(row) for row in await conn.execute(chosen.offset(offset).limit(limit))]


async def move(tx: Tx, doubt: SeatDoubt, now: datetime, **values: Any) -> bool:
    """Change one that is still as it was loaded, and draw what shows it. False if somebody was faster."""
    same = update(table).filter_by(id=doubt.id, state=doubt.state, version=doubt.version)
    if (await tx.conn.execute(same.values(**values, version=doubt.version + 1))).rowcount != 1:
        return False
    await message.redraw(tx, doubt.team_id, subject(doubt.id), now)
    return True


async def out(tx: Tx, team_id: str, coze_uid: str, now: datetime) -> None:
    """The account is out of the team: its seat is in doubt no more."""
    await _end(tx, now, {"state": DoubtState.OVER}, team_id=team_id, coze_uid=coze_uid)


async def left(tx: Tx, team_id: str, user_id: str, now: datetime) -> None:
    """They have left Slack: nobody waits for their answer any more."""
    await _end(tx, now, {"why": Why.LEFT, "state": DoubtState.OPEN}, team_id=team_id, user_id=user_id)


async def _end(tx: Tx, now: datetime, values: Mapping[str, Any], **which: str) -> None:
    found = select(table).filter_by(**which).where(literally(LISTED)).with_for_update()
    for doubt in [_doubt(row) for row in (await tx.conn.execute(found)).all()]:
        if values["state"] is DoubtState.OVER or doubt.state is not DoubtState.LEAVING:
            await move(tx, doubt, now, **values)


async def review(tx: Tx, team_id: str, members: Mapping[str, str] | None, now: datetime) -> int:
    """Find which seats are in doubt now, and remember them; how many those are that nobody has decided about.

    `members` are the accounts on Coze's list by their ids, with their nicknames, without the space's owner; None
    where it was not read: then nothing is learned of accounts without a request.
    """
    held = await _held(tx.conn, team_id)
    found = await _with_request(tx.conn, team_id, members, now)
    if members is not None:
        found |= await _without_request(tx.conn, team_id, {uid: members[uid] for uid in members.keys() - held})
    known = await _known(tx.conn, team_id, found.keys())
    is_in = held | (members or {}).keys()
    for uid, doubt in known.items():
        if members is None and doubt.why is Why.UNKNOWN and uid not in found:
            continue
        values = rules.renewed(doubt, found.get(uid), now, is_in=uid in is_in)
        if values:
            await move(tx, doubt, now, **values)
    await _add(tx, team_id, {uid: each for uid, each in found.items() if uid not in known}, now)
    await seats.reviewed(tx, team_id, now)
    there = await counts(tx.conn, team_id)
    return there.get(DoubtState.OPEN, 0) + there.get(DoubtState.RELEASED, 0)


async def _add(tx: Tx, team_id: str, found: Mapping[str, Found], now: datetime) -> None:
    same = {"team_id": team_id, "state": DoubtState.OPEN, "found_at": now, "version": 1}
    rows = [{**same, "coze_uid": uid, **asdict(each)} for uid, each in found.items()]
    for start in range(0, len(rows), SETTLED):
        await tx.conn.execute(tx.upsert(table).on_conflict_do_nothing(), rows[start : start + SETTLED])


async def _held(conn: AsyncConnection, team_id: str) -> set[str]:
    """The accounts of all requests that are open or led into the team."""
    mine = select(request.c.coze_uid).filter_by(team_id=team_id)
    return set(await conn.scalars(mine.where(literally(HOLDING))))


async def _with_request(
    conn: AsyncConnection, team_id: str, members: Mapping[str, str] | None, now: datetime
) -> dict[str, Found]:
    """Who joined through the bot and has left Slack, or has nothing here that is in use."""
    gone = await people.deactivated(conn, team_id)
    columns = (request.c[name] for name in ("id", "user_id", "coze_uid", "nick", "joined_at"))
    mine = select(*columns, _is_unused(now).label("unused")).filter_by(team_id=team_id)
    found: dict[str, Found] = {}
    for row in await conn.execute(mine.where(literally([JoinState.JOINED]), request.c.coze_uid != "")):
        why = Why.LEFT if row.user_id in gone else Why.UNUSED if row.unused else None
        if why and (members is None or row.coze_uid in members):
            found[row.coze_uid] = Found(why, row.nick, row.user_id, row.id, row.joined_at)
    return found


def _is_unused(now: datetime) -> Any:
    """Whether whoever joined long ago has no token that is watched, no agent on the channel or on its way there, and
    no guide in which they have done something."""
    since = now - rules.UNUSED

    def has(rows: Any, *also: Any) -> Any:
        return exists().where(rows.c.team_id == request.c.team_id, rows.c.user_id == request.c.user_id, *also)

    return (
        (request.c.joined_at < since)
        & ~has(credential, credential.c.state.in_(tokens.WATCHED))
        & ~has(publication, publication.c.state.in_(IN_USE))
        & ~has(guide, guide.c.state == GuideState.OPEN, guide.c.updated_at >= since)
    )


async def _without_request(conn: AsyncConnection, team_id: str, members: Mapping[str, str]) -> dict[str, Found]:
    """Who is on Coze's list and has no request here; with whom in Slack has shown that the account is theirs."""
    found = {uid: Found(Why.UNKNOWN, nick or uid) for uid, nick in members.items()}
    owners = select(person.c.coze_uid, person.c.user_id).filter_by(team_id=team_id, standing=Standing.MEMBER)
    for row in await _in_parts(conn, owners, person.c.coze_uid, members):
        found[row.coze_uid] = Found(Why.UNKNOWN, found[row.coze_uid].nick, row.user_id)
    return found


async def _known(conn: AsyncConnection, team_id: str, found: Iterable[str]) -> dict[str, SeatDoubt]:
    """What is not over, and what is over and in doubt again."""
    mine = select(table).filter_by(team_id=team_id)
    rows = [*await conn.execute(mine.where(literally([*LISTED, DoubtState.KEPT])))]
    rows += await _in_parts(conn, mine.where(literally([DoubtState.OVER])), table.c.coze_uid, found)
    return {row.coze_uid: _doubt(row) for row in rows}


async def _in_parts(
    conn: AsyncConnection, statement: Select[Any], column: Any, keys: Iterable[str]
) -> Sequence[Row[Any]]:
    """The rows with these keys, not more in one statement than any database takes."""
    ordered, rows = sorted(keys), list[Row[Any]]()
    for start in range(0, len(ordered), SETTLED):
        rows += await conn.execute(statement.where(column.in_(ordered[start : start + SETTLED])))
    return rows


def _doubt(row: Row[Any]) -> SeatDoubt:
    return SeatDoubt(**row._mapping)
