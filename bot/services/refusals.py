"""Refusals: whatever somebody may not do is counted, and the admins hear of it when it piles up."""

from datetime import datetime

from bot.clock import Clock
from bot.core.refusal import DAY, PILE, Reason, Refusal
from bot.store import message
from bot.store import refusal as store
from bot.store.database import Database, Tx


class Refusals:
    """Counts for the audit. A row stands for all tries of one kind within an hour, so nobody floods the database."""

    def __init__(self, db: Database, clock: Clock, team_id: str, admin_channel: str) -> None:
        self._db, self._clock, self._team, self._admins = db, clock, team_id, admin_channel

    async def add(self, user_id: str, action: str, about: str, reason: Reason) -> None:
        """Count one more; the delivery under way is remembered with it. Raises Duplicate.

        `action` is what was tried ("press:join.approve"), `about` the row it names ("join:12").
        """
        async with self._db.write() as tx:
            await self.add_in(tx, user_id, action, about, reason)

    async def add_in(self, tx: Tx, user_id: str, action: str, about: str, reason: Reason) -> None:
        """The same in somebody's transaction. The twentieth within an hour is told to the admins, once a day."""
        now = self._clock.now()
        count = await store.add(tx, self._team, user_id, action, reason, about, now)
        if reason is not Reason.SECRET and count >= PILE:
            key = (self._team, store.subject(user_id), self._admins, f"d{now:%y%m%d}")
            if not await message.is_there(tx.conn, *key):
                await message.show(tx, *key, now)

    async def of_day(self, user_id: str, day: datetime) -> list[Refusal]:
        """What somebody was refused on this day (UTC), most often first."""
        async with self._db.read() as conn:
            return await store.within(conn, self._team, user_id, day, day + DAY)
