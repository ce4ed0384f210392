"""Overview: everything that is true for one person, seen at one moment."""

from dataclasses import dataclass

from ..core.credential import Credential
from ..core.join import Request
from ..core.people import Person
from ..core.publish import Publication
from ..store import credential as credentials
from ..store import join as requests
from ..store import publish as publications
from ..store import work
from ..store.database import Database
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

        They are read in the transaction that remembers the delivery: one instead of four on the way to the ack.
        """
        must_be_member(who)
        team, user = who.team_id, who.user_id
        async with self._db.write(team, once) as tx:
            return Facts(
                await requests.latest(tx.conn, team, user),
                await credentials.watched(tx.conn, team, user),
                await publications.latest(tx.conn, team, user),
                await work.dead(tx.conn, team) if who.may_decide() else 0,
            )
