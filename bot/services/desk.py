"""What wants an admin's hand, counted: the first page of their desk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.clock import Clock
from bot.core.people import Person
from bot.core.seat_doubt import DoubtState
from bot.core.seats import Seats
from bot.store import job, job_desk, join, seat_doubt, seats
from bot.store.database import Database

from .overview import EVERYBODYS, WAITS
from .people import must_be_admin


@dataclass(frozen=True)
class DeskFacts:
    """What wants a hand at simulated time `now`: how many jobs failed, since when (UTC) something is overdue; how
    many are approved and have not joined, and since when the first of them is; the `seats`; how many seats are in
    doubt by state, and when that was last looked at (UTC), None for never."""

    now: datetime
    failed: int = 0
    overdue_since: datetime | None = None
    outside: int = 0
    outside_since: datetime | None = None
    seats: Seats | None = None
    doubts: Mapping[DoubtState, int] = field(default_factory=dict)
    reviewed_at: datetime | None = None


class AdminDesk:
    """Reads what the desk shows at first sight."""

    def __init__(self, db: Database, clock: Clock, team_id: str) -> None:
        self._db, self._clock, self._team = db, clock, team_id

    async def look(self, who: Person) -> DeskFacts:
        """As things are now. Raises NotAdmin, Unreachable."""
        must_be_admin(who)
        now = self._clock.now()
        async with self._db.read() as conn:
            failed = await job_desk.count_failed(conn, (self._team, EVERYBODYS), WAITS)
            due = await job.next_due(conn)
            outside, first = await join.listed(conn, self._team, "outside", 0, 1, who.user_id, now)
            places = await seats.load(conn, self._team, now)
            doubts = await seat_doubt.counts(conn, self._team)
            reviewed_at = await seats.reviewed_at(conn, self._team)
        overdue = due if due and due < now - job_desk.OVERDUE else None
        since = first[0].decided_at or first[0].created_at if first else None
        return DeskFacts(now, failed, overdue, outside, since, places, doubts, reviewed_at)
