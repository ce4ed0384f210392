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
    """Who decides. `named` tells the user ids that the settings name now, as people or as members of groups;
    `deputies` are named to decide about the only admin's own request.
    """

    def __init__(
        self,
        db: Database,
        people: People,
        named: Callable[[], Awaitable[frozenset[str]]],
        deputies: tuple[str, ...],
    ) -> None:
        self._db, self._people, self._named, self._deputies = db, people, named, deputies

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
            await self.fresh(user_id)
        return [each for each in await self.known() if each.person.user_id in named]

    async def known_deputies(self) -> list[str]:
        """The user ids of the deputies who were members when Slack was last asked about them. Asks nobody."""
        async with self._db.read() as conn:
            found = await store.deputies(conn, self._people.team_id)
        return [each for each in found if each in self._deputies]

    async def deputies(self) -> list[str]:
        """The same as of this minute. Asks Slack; raises Unreachable, SlackRefused."""
        for user_id in self._deputies:
            await self.fresh(user_id)
        return await self.known_deputies()

    async def fresh(self, user_id: str) -> Person:
        """Somebody as of this minute. Asks Slack where nobody has; raises Unreachable, SlackRefused."""
        person = await self._people.known(user_id)
        return person if person and person.fresh(utc_now()) else await self._people.refresh(user_id)
