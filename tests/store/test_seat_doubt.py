"""Seats in doubt, on both databases: who is found, at a company's size, and by which index."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.account import Grade
from bot.core.credential import CredentialState
from bot.core.guide import GuideState
from bot.core.join import JoinState
from bot.core.people import Standing
from bot.core.publish import PublicationState
from bot.core.seat_doubt import DoubtState, Why
from bot.store import seat_doubt, seats
from bot.store.database import Database
from bot.store.tables import credential_, guide_, person, publication, request
from bot.store.tables import seat_doubt as table
from tests.filling import asked

TEAM = "T1"
NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
LONG = NOW - timedelta(days=100)
MANY, TOKENS = 5_000, 10_000


def uid(number: int) -> str:
    """Somebody's Coze account."""
    return f"75{number:08}"


def joined(number: int, at: datetime = LONG, state: JoinState = JoinState.JOINED) -> dict[str, Any]:
    """Somebody who has been in since then."""
    who = {"team_id": TEAM, "user_id": f"U{number}", "name": "x", "coze_uid": uid(number), "nick": f"n{number}"}
    rest = {"purpose": "x", "version": 1, "grade": Grade.PROVEN, "earlier": 0, "by_hand": False, "state": state}
    return {**who, **rest, "created_at": at, "joined_at": at if state is JoinState.JOINED else None}


def known(number: int, standing: Standing, account: str | None = None) -> dict[str, Any]:
    """What Slack says of somebody."""
    who = {"team_id": TEAM, "user_id": f"U{number}", "name": "x", "locale": "", "tz": "UTC", "admin": False}
    return {**who, "standing": standing, "seen_at": NOW, "coze_uid": account}


def token(number: int) -> dict[str, Any]:
    """One that is watched."""
    times = {"created_at": LONG, "recorded_at": LONG, "ends_at": NOW + timedelta(days=9)}
    return {"team_id": TEAM, "user_id": f"U{number}", "name": "x", "state": CredentialState.ACTIVE, **times}


async def found(db: Database) -> dict[str, tuple[Why, DoubtState, str | None]]:
    """What is known of each account."""
    async with db.read() as conn:
        rows = await seat_doubt.listed(conn, TEAM, 0, MANY, kept=False)
    return {each.coze_uid: (each.why, each.state, each.user_id) for each in rows}


async def test_who_is_in_doubt(db: Database) -> None:
    """Left Slack, never asked, nothing in use; not who has a token, an agent or a guide, nor who has just come."""
    publishing = {"agent_id": "1", "agent_name": "x", "workspace_id": "7", "connector_id": "1", "created_at": LONG}
    walking = {"route": "pat", "step": "s", "state": GuideState.OPEN, "created_at": NOW, "updated_at": NOW}
    async with db.write() as tx:
        people = [joined(number) for number in range(1, 6)]
        await tx.conn.execute(insert(request), [*people, joined(6, NOW - timedelta(days=9))])
        await tx.conn.execute(insert(request).values(joined(7, LONG, JoinState.INVITED)))
        gone, proven = known(1, Standing.DEACTIVATED), known(9, Standing.MEMBER, uid(9))
        await tx.conn.execute(insert(person), [gone, proven])
        await tx.conn.execute(insert(credential_).values(token(3)))
        online = {"team_id": TEAM, "user_id": "U4", "state": PublicationState.ONLINE, **publishing}
        await tx.conn.execute(insert(publication).values(online))
        await tx.conn.execute(
            insert(guide_).values({"team_id": TEAM, "user_id": "U5", "facts": {}, "version": 1, **walking})
        )
        members = {uid(number): f"n{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9)}
        assert await seat_doubt.review(tx, TEAM, members, NOW) == 4
    nobody = (Why.UNKNOWN, DoubtState.OPEN, None)
    first = {
        uid(1): (Why.LEFT, DoubtState.OPEN, "U1"),
        uid(2): (Why.UNUSED, DoubtState.OPEN, "U2"),
        uid(8): nobody,
        uid(9): (Why.UNKNOWN, DoubtState.OPEN, "U9"),
    }
    assert await found(db) == first
    async with db.write() as tx:  # who is out of Coze holds no seat; without the list nothing is learned of strangers
        assert await seat_doubt.review(tx, TEAM, None, NOW) == 4
        assert await seats.reviewed_at(tx.conn, TEAM) == NOW
        assert await seat_doubt.review(tx, TEAM, {uid(8): "n8"}, NOW) == 1
        await seat_doubt.out(tx, TEAM, uid(8), NOW)
    assert await found(db) == {}


async def test_of_two_changes_at_once_one_counts(db: Database) -> None:
    """And who leaves is waited for no more."""
    async with db.write() as tx:
        await tx.conn.execute(insert(request).values(joined(2)))
        await seat_doubt.review(tx, TEAM, None, NOW)
        [doubt] = await seat_doubt.listed(tx.conn, TEAM, 0, 9, kept=False)
        assert await seat_doubt.move(tx, doubt, NOW, state=DoubtState.ASKED)
        assert not await seat_doubt.move(tx, doubt, NOW, state=DoubtState.KEPT)
        await seat_doubt.left(tx, TEAM, "U2", NOW)
    assert await found(db) == {uid(2): (Why.LEFT, DoubtState.OPEN, "U2")}


async def plans(conn: AsyncConnection, statements: Mapping[str, Any]) -> list[str]:
    """How the database goes about each."""
    how = "EXPLAIN QUERY PLAN" if conn.dialect.name == "sqlite" else "EXPLAIN"
    explained = [await conn.exec_driver_sql(f"{how} {each}", values) for each, values in statements.items()]
    return ["\n".join(str(row) for row in rows) for rows in explained]


async def test_at_a_companys_size_the_list_goes_by_its_index(db: Database) -> None:
    """Five thousand people with ten thousand tokens, as many seats that are settled, a few in doubt."""
    async with db.write() as tx:
        await tx.conn.execute(insert(request), [joined(number) for number in range(MANY)])
        await tx.conn.execute(insert(credential_), [token(number % (MANY - 40)) for number in range(TOKENS)])
        members = {uid(number): "n" for number in range(MANY + 20)}
        assert await seat_doubt.review(tx, TEAM, members, NOW) == 60
        settled = {"team_id": TEAM, "nick": "n", "why": Why.UNUSED, "found_at": NOW, "version": 1}
        over = [{**settled, "coze_uid": f"80{number:08}", "state": DoubtState.OVER} for number in range(MANY)]
        await tx.conn.execute(insert(table), over)
        first = update(table).where(table.c.coze_uid == uid(MANY + 19))
        await tx.conn.execute(first.values(state=DoubtState.RELEASED))
    async with db.write() as tx:
        if db.dialect == "postgresql":
            await tx.conn.execute(text("ANALYZE seat_doubt"))
        with asked() as statements:
            page = await seat_doubt.listed(tx.conn, TEAM, 0, 5, kept=False)
            counts = await seat_doubt.counts(tx.conn, TEAM)
        assert page[0].state is DoubtState.RELEASED
        assert counts == {DoubtState.OPEN: 59, DoubtState.RELEASED: 1}
        found = await plans(tx.conn, statements)
    assert len(found) == 2
    assert all("ix_seat_doubt_state" in each for each in found), found
