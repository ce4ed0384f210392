"""Overview: everything that is true for one person, seen at one moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.credential import Credential
from bot.core.join import Request
from bot.core.people import Person
from bot.core.publish import Publication
from bot.store import credential, join, work
from bot.store import overview as store
from bot.store.database import Database

from .people import must_be_admin, must_be_member

SHOWN = 10  # requests of a kind; the list has the others
ENDING, ENDING_SHOWN = timedelta(days=14), 50

AWAY = frozenset({"not_in_channel", "channel_not_found", "is_archived"})
"""Slack's words for a channel in which the bot can't post. Cards wait until it can."""


@dataclass(frozen=True)
class Facts:
    """`request` is the newest, open or not. For admins only: `dead` counts what the bot has given up on, `held` the
    cards that wait until the bot is back in the admin channel."""

    request: Request | None
    credentials: list[Credential]
    publications: list[Publication]
    dead: int
    held: int


@dataclass(frozen=True)
class Board:
    """What waits for admins, of `total` the first: undecided requests and decided ones that want a hand. And tokens
    that end soon."""

    waiting: list[Request]
    unfinished: list[Request]
    total: int
    ending: list[Credential]


class Overview:
    """What stands behind a person's next action."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def board(self, who: Person, now: datetime) -> Board:
        """What waits for admins at story time `now`. Raises NotAdmin, Unreachable."""
        must_be_admin(who)
        async with self._db.read() as conn:
            total, waiting = await join.listed(conn, who.team_id, "undecided", 0, SHOWN, who.user_id, now)
            more, unfinished = await join.listed(conn, who.team_id, "unfinished", 0, SHOWN, who.user_id, now)
            tokens = await credential.ending(conn, who.team_id, now + ENDING, ENDING_SHOWN)
        return Board(waiting, unfinished, total + more, tokens)

    async def held_by(self, team_id: str, user_id: str) -> tuple[Request | None, list[Credential], list[Publication]]:
        """What is recorded of anybody, to show it to admins: newest request, watched tokens, agents."""
        async with self._db.read() as conn:
            return await store.of(conn, team_id, user_id)

    async def of(self, who: Person, once: str = "") -> Facts:
        """The person's facts. Raises NotAllowed, Duplicate.

        They are read in the transaction that remembers the delivery: one instead of two on the way to the ack.
        """
        must_be_member(who)
        team, user = who.team_id, who.user_id
        async with self._db.write(team, once) as tx:
            facts = await store.of(tx.conn, team, user)
            if not who.may_decide():
                return Facts(*facts, 0, 0)
            return Facts(*facts, await work.dead(tx.conn, team), await work.held(tx.conn, team, AWAY))
