"""Seats, on both databases: what is counted, and that who came and went since the last list is reckoned in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from bot.core.account import Grade
from bot.core.join import JoinState
from bot.store import seats
from bot.store.database import Database
from bot.store.tables import request

TEAM = "T1"
NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


def row(number: int, days: float, state: JoinState = JoinState.JOINED, out: float | None = None) -> dict[str, Any]:
    """Somebody who joined so many days ago, and is `out` since so many."""
    who = {"team_id": TEAM, "user_id": f"U{number}", "name": "x", "coze_uid": f"75{number:05}", "nick": "x"}
    rest = {"purpose": "x", "version": 1, "grade": Grade.PROVEN, "earlier": 0, "by_hand": False, "state": state}
    ended = NOW - timedelta(days=out) if out is not None else None
    joined = NOW - timedelta(days=days)
    return {**who, **rest, "created_at": joined, "joined_at": joined, "ended_at": ended}


async def test_what_is_taken_left_and_joined(db: Database) -> None:
    """Without a list those count who joined through the bot; with one, who came and went since."""
    rows = [
        row(1, 100),
        row(2, 10),
        row(3, 2),
        row(4, 20, JoinState.REMOVED, out=1),
        row(5, 50, JoinState.REMOVED, 9),
    ]
    async with db.write() as tx:
        await tx.conn.execute(insert(request), rows)
    async with db.read() as conn:
        before = await seats.load(conn, TEAM, NOW)
    assert (before.total, before.taken, before.counted_at) == (None, 3, None)
    assert (before.joins, before.first_at) == (3, NOW - timedelta(days=100))
    async with db.write() as tx:
        await seats.counted(tx, TEAM, 40, NOW - timedelta(days=5))
        await seats.enter(tx, TEAM, 50)
    async with db.write() as tx:
        await seats.enter(tx, TEAM, 60)
    async with db.read() as conn:
        after = await seats.load(conn, TEAM, NOW)
        other = await seats.load(conn, "T2", NOW)
    assert (after.total, after.taken, after.left) == (60, 40 + 1 - 1, 20)
    assert (other.total, other.taken, other.joins, other.first_at) == (None, 0, 0, None)
