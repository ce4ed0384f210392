"""Admins: who decides today, by name."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.clock import utc_now
from bot.core.people import Person
from bot.services.people import People
from bot.store import join
from bot.store import people as store
from bot.store.database import Database

MOST = 100  # that are asked about at once: as many as a menu of Slack's holds


@dataclass(frozen=True)
class Admin:
    """Somebody who decides, and how many undecided requests are assigned to them."""

    person: Person
    in_hand: int = 0


class Admins:
    """Who decides. `named` tells the user ids that the settings name now, as people or as members of groups."""

    def __init__(self, db: Database, people: People, named: Callable[[], Awaitable[frozenset[str]]]) -> None:
        self._db, self._people, self._named = db, people, named

    async def known(self) -> list[Admin]:
        """Who decided when Slack was last asked about them, by name. Asks nobody."""
        async with self._db.read() as conn:
            found = await store.admins(conn, self._people.team_id)
            in_hand = await join.in_hand(conn, self._people.team_id)
        return [Admin(each, in_hand.get(each.user_id, 0)) for each in found]

    async def today(self) -> list[Admin]:
        """Who decides as of this minute, by name. Asks Slack; raises Unreachable, SlackRefused."""
        named = await self._named()
        for user_id in sorted(named)[:MOST]:
            person = await self._people.known(user_id)
            if person is None or not person.fresh(utc_now()):
                await self._people.refresh(user_id)
        return [each for each in await self.known() if each.person.user_id in named]
