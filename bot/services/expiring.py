"""Expiring: which tokens end soon, for those who look after all of them."""

from bot.clock import Clock
from bot.core import expiring as rules
from bot.core.expiring import Ending, Expiring
from bot.core.people import Person
from bot.store import expiring as store
from bot.store.database import Database

from .people import must_be_admin


class ExpiringTokens:
    """What admins ask about everybody's tokens."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def within(self, who: Person, days: int) -> Expiring:
        """What ends within so many days of the admin's own zone, today the first. Raises NotAdmin, Unreachable."""
        must_be_admin(who)
        edges = rules.edges(self._clock.now(), days, who.tz)
        async with self._db.read() as conn:
            counts, first = await store.between(conn, who.team_id, edges)
            untended, alone = await store.untended(conn, who.team_id, edges[0], edges[-1])
            others = [Ending(each) for each in first if each not in alone]
            listed = [*(Ending(each, is_untended=True) for each in alone), *others][: store.SHOWN]
            first_of_them = await store.told(conn, who.team_id, listed)
        return Expiring(days, edges, counts, untended, first_of_them)
