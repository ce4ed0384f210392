"""Seats, as the weekly look at Coze's list counts them: whoever is on it counts one time."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from bot.clock import SystemClock
from bot.core.account import Grade
from bot.core.join import JoinState
from bot.core.worktime import WorkTime
from bot.coze.answers import Member
from bot.services.join.leaving import Leaving
from bot.store import join, seats
from bot.store.database import Database
from bot.store.job import Job
from bot.store.tables import request
from tests.databases import KINDS, fresh

TEAM, CLOCK = "T1", SystemClock()


@pytest.mark.parametrize("kind", KINDS)
async def test_who_is_on_the_list_before_they_are_seen_to_join_takes_one_seat(kind: str, tmp_path: Path) -> None:
    """Their request is looked at after the list, so they join after it was counted."""
    now = CLOCK.now()
    who = {"team_id": TEAM, "user_id": "U0MEI", "name": "x", "coze_uid": "7500001", "nick": "x", "purpose": "x"}
    rest = {"version": 1, "grade": Grade.PROVEN, "earlier": 0, "by_hand": False, "state": JoinState.INVITED}
    with fresh(kind, tmp_path) as url:
        db = Database(url)
        leaving = Leaving(db, CLOCK, "C1", None, WorkTime())
        async with db.write() as tx:
            await tx.conn.execute(insert(request).values({**who, **rest, "created_at": now}))
            (mei,) = await join.joined(tx.conn, TEAM)
            members = {f"750000{n}": Member(user_id=f"750000{n}", role="owner") for n in range(5)}
            check = Job(1, TEAM, "check", "", now, 0, 0, 1, 1, None)
            await leaving._checked(tx, check, {}, [mei], members)  # Coze's list of five has her
            later = now + timedelta(minutes=5)
            await tx.conn.execute(update(request).values(state=JoinState.JOINED, joined_at=later))
            found = await seats.load(tx.conn, TEAM, later)
        await db.close()
    assert found.taken == 5
