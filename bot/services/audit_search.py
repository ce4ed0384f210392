"""The audit as admins look through it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.core.people import Person
from bot.store import audit, job
from bot.store import audit_search as store
from bot.store.audit_search import Deed, Wanted
from bot.store.database import Database

from .people import must_be_admin

EXPORTED = 5_000  # lines in a file
FILE_STAYS = timedelta(days=7)


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

    async def export(self, by: Person, search: Search) -> list[Deed]:
        """What was found, `EXPORTED` at most, newest first; it is noted who took it. Raises as `find` does."""
        must_be_admin(by)
        about = f"person:{search.user_id}" if search.user_id else "audit:all"
        async with self._db.read() as conn:
            found = await store.find(conn, self._team, self._wanted(search), 0, EXPORTED)
        async with self._db.write(apart=True) as tx:  # noted before anybody has it
            await audit.note(tx, self._team, self._clock.now(), by.user_id, "audit.export", about, days=search.days)
        return found

    async def let_go(self, file_id: str) -> None:
        """The file with this id at Slack is deleted after a while: what stands in it may be deleted here before."""
        async with self._db.write(apart=True) as tx:
            await job.enqueue(tx, self._team, "unfile", file_id, self._clock.now() + FILE_STAYS, job.WHENEVER)

    async def find(self, who: Person, search: Search, offset: int, limit: int) -> AuditPage:
        """A page of it, newest first. Raises NotAdmin, Unreachable."""
        must_be_admin(who)
        async with self._db.read() as conn:
            found = await store.find(conn, self._team, self._wanted(search), offset, limit + 1)
        return AuditPage(search, found[:limit], offset, len(found) > limit)

    def _wanted(self, search: Search) -> Wanted:
        return Wanted(self._clock.now() - timedelta(days=search.days), search.user_id, search.agent)
