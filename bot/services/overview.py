"""Overview: everything that is true for one person, seen at one moment."""

from dataclasses import dataclass

from bot.core.credential import Credential
from bot.core.join import Request
from bot.core.people import Person
from bot.core.publish import Publication
from bot.store import overview as store
from bot.store import work
from bot.store.database import Database

from .people import must_be_member


@dataclass(frozen=True)
class Facts:
    """`request` is the newest, open or not; `dead` counts what the bot has given up on, for admins only."""

    request: Request | None
    credentials: list[Credential]
    publications: list[Publication]
    dead: int


class Overview:
    """What stands behind a person's next action."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of(self, who: Person, once: str = "") -> Facts:
        """The person's facts. Raises NotAllowed, Duplicate.

        They are read in the transaction that remembers the delivery: one instead of two on the way to the ack.
        """
        must_be_member(who)
        team, user = who.team_id, who.user_id
        async with self._db.write(team, once) as tx:
            facts = await store.of(tx.conn, team, user)
            return Facts(*facts, await work.dead(tx.conn, team) if who.may_decide() else 0)
