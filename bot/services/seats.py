"""Seats of the workspace on Coze, as admins see and enter them."""

from bot.clock import Clock
from bot.core.people import Person
from bot.core.seats import Seats
from bot.store import audit
from bot.store import seats as store
from bot.store.database import Database

from .people import must_be_admin


class SeatCount:
    """What is known of them. Both raise NotAdmin, Unreachable."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def look(self, who: Person) -> Seats:
        """As things are now."""
        must_be_admin(who)
        async with self._db.read() as conn:
            return await store.load(conn, who.team_id, self._clock.now())

    async def enter(self, by: Person, total: int) -> None:
        """An admin says how many there are; the last one who says so counts."""
        must_be_admin(by)
        async with self._db.write() as tx:
            now = self._clock.now()
            before = (await store.load(tx.conn, by.team_id, now)).total
            await store.enter(tx, by.team_id, total)
            await audit.note(
                tx, by.team_id, now, by.user_id, "seats.enter", "space:seats", total=total, before=before
            )
