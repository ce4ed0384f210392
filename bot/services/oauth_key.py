"""OAuth keys: they never end, so their owners are reminded of the day on which they wanted to change them."""

from bot.clock import Clock
from bot.core.credential import WATCHED, Credential, Record, in_days, read_key
from bot.core.errors import NotFound, NotYours, WrongState
from bot.core.people import Person
from bot.store import credential as store
from bot.store.database import Database

from .credential import Credentials


class OauthKeys:
    """The verbs about the keys of somebody's OAuth apps. What is recorded is a name and a day, never the key."""

    def __init__(self, db: Database, clock: Clock, credentials: Credentials) -> None:
        self._db, self._clock, self._credentials = db, clock, credentials

    async def listed(self, who: Person) -> list[Credential]:
        """The person's keys that are watched, the first to be changed first."""
        async with self._db.read() as conn:
            return await store.keys(conn, who.team_id, who.user_id)

    async def load(self, who: Person, key_id: int) -> Credential:
        """The person's own key, watched. Raises NotFound, NotYours, WrongState."""
        async with self._db.read() as conn:
            key = await store.load(conn, who.team_id, key_id)
        if not key.is_key:
            raise NotFound
        if key.user_id != who.user_id:
            raise NotYours
        if key.state not in WATCHED:
            raise WrongState(key.state)
        return key

    async def watch(self, who: Person, name: str, days: int) -> None:
        """Remind of this one in so many days. Raises InvalidFields, where one of this name is watched already."""
        await self._credentials.record(who, self._made_now(who, name, days), None)

    async def changed(self, who: Person, key_id: int) -> None:
        """It was changed, as the person says: the next time comes after as many days as this one had.

        Raises NotFound, NotYours, WrongState.
        """
        old = await self.load(who, key_id)
        days = max(1, (old.ends_at - old.created_at).days)
        await self._credentials.record(who, self._made_now(who, old.name, days), old.id)

    async def set(self, who: Person, key_id: int, name: str, until: str | None) -> None:
        """Another name, or another day (an ISO date), of the same key. Raises InvalidFields, NotFound, NotYours,
        WrongState."""
        old = await self.load(who, key_id)
        await self._credentials.record(who, read_key(name, until, old.created_at, who.tz, self._clock.now()), old.id)

    def _made_now(self, who: Person, name: str, days: int) -> Record:
        now = self._clock.now()
        return read_key(name, in_days(now, days, who.tz), now, who.tz, now)
