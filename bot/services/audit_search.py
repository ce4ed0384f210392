"""The audit as admins look through it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.core.people import Person
from bot.store import audit_search as store
from bot.store.audit_search import Deed, Wanted
from bot.store.database import Database

from .people import must_be_admin


@dataclass(frozen=True)
class Search:
    """What an admin looks for: whose deeds and matters, of which agent, in how many days; "" for all."""

    user_id: str = ""
    agent: str = ""
    days: int = 30


@dataclass(frozen=True)
class AuditPage:
    """Some of what was found, from `offset` on, and whether there is more."""

    search: Search
    deeds: Sequence[Deed]
    offset: int
    has_more: bool


class AuditSearch:
    """Reads what was done."""

    def __init__(self, db: Database, clock: Clock, team_id: str) -> None:
        self._db, self._clock, self._team = db, clock, team_id

    async def find(self, who: Person, search: Search, offset: int, limit: int) -> AuditPage:
        """A page of it, newest first. Raises NotAdmin, Unreachable."""
        must_be_admin(who)
        wanted = Wanted(self._clock.now() - timedelta(days=search.days), search.user_id, search.agent)
        async with self._db.read() as conn:
            found = await store.find(conn, self._team, wanted, offset, limit + 1)
        return AuditPage(search, found[:limit], offset, len(found) > limit)
