"""Overview: everything that is true for one person, seen at one moment."""

from dataclasses import dataclass

from bot.core.credential import Credential
from bot.core.guide import Place
from bot.core.join import Request
from bot.core.people import Person
from bot.core.publish import Publication
from bot.store import overview as store
from bot.store import work
from bot.store.database import Database


@dataclass(frozen=True)
class Facts:
    """What stands behind a person's next action. `request` is the newest, open or not; `guide` is open."""

    request: Request | None
    credentials: list[Credential]
    publications: list[Publication]
    guide: Place | None = None


class Overview:
    """Who somebody is and what is true for them, read together."""

    def __init__(self, db: Database, team_id: str) -> None:
        self._db, self._team = db, team_id

    async def of(self, user_id: str) -> tuple[Person | None, Facts]:
        """The person as last seen, None for somebody we never met, and their facts."""
        async with self._db.read() as conn:
            who, request, credentials, publications, place = await store.of(conn, self._team, user_id)
        return who, Facts(request, credentials, publications, place)

    async def dead(self) -> int:
        """How many things the bot has given up on."""
        async with self._db.read() as conn:
            return await work.dead(conn, self._team)
