"""Open guides that do not go on, on both databases: which count, and what holds them up."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from bot.core.guide import GuideState
from bot.core.stuck import LOOKED_BACK, Standing
from bot.store import stuck
from bot.store.database import Database
from bot.store.tables import guide_

TEAM = "T1"
NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


async def test_who_stands_still_or_was_told_no(db: Database) -> None:
    """Who moves, is done or gave up long ago isn't counted, nor another team's; an earlier step's error is over."""
    failure = {"step": "s2", "error": "E6", "at": NOW.isoformat()}
    rows = [
        row("U1", hours=1),
        row("U2", hours=1, failure=failure),
        row("U3", hours=30),
        row("U4", hours=30, step="s3", failure=failure),
        row("U5", hours=30, state=GuideState.DONE),
        row("U6", hours=30, team="T2"),
        row("U7", hours=24 * (LOOKED_BACK.days + 1)),
    ]
    async with db.write() as tx:
        await tx.conn.execute(insert(guide_), rows)
    async with db.read() as conn:
        found = await stuck.standing(conn, TEAM, NOW)
    assert sorted(found, key=lambda each: (each.error == "", each.step)) == [
        Standing("pat", "s2", "E6", NOW - timedelta(hours=1)),
        *(Standing("pat", step, "", NOW - timedelta(hours=30)) for step in ("s2", "s3")),
    ]


def row(
    user_id: str,
    *,
    hours: int,
    step: str = "s2",
    failure: dict[str, str] | None = None,
    state: GuideState = GuideState.OPEN,
    team: str = TEAM,
) -> dict[str, Any]:
    """A guide that moved so many hours ago."""
    at = {"created_at": NOW - timedelta(days=100), "updated_at": NOW - timedelta(hours=hours)}
    where = {"team_id": team, "user_id": user_id, "route": "pat", "step": step, "state": state}
    return {**where, **at, "facts": {}, "failure": failure, "version": 1}
