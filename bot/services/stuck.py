"""Where people get stuck, as admins see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.core.people import Person
from bot.core.stuck import StuckPlace, places
from bot.store import stuck as store
from bot.store.database import Database

from .people import must_be_admin


@dataclass(frozen=True)
class StuckReport:
    """All places, and how many guides were counted; `is_most` where there are more than were read."""

    places: Sequence[StuckPlace]
    counted: int
    is_most: bool


class StuckPlaces:
    """Counts what the guide keeps anyway; nobody is named."""

    def __init__(self, db: Database, clock: Clock, team_id: str) -> None:
        self._db, self._clock, self._team = db, clock, team_id

    async def look(self, who: Person) -> StuckReport:
        """As things are now. Raises NotAdmin, Unreachable."""
        must_be_admin(who)
        now = self._clock.now()
        async with self._db.read() as conn:
            found = await store.standing(conn, self._team, now)
        return StuckReport(places(found, now), len(found), len(found) == store.READ)
