"""The script file that lies in somebody's DM: one a guide, known so that it can be deleted."""

from dataclasses import replace

from bot.clock import Clock
from bot.core.errors import NotFound
from bot.core.guide import FILE, Learned
from bot.core.people import Person
from bot.store import guide as store
from bot.store import job
from bot.store.database import Database, Tx


class ScriptFiles:
    """Keeps their ids at Slack, which its answer to an upload tells; nothing tells where such a file is shown."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def keep(self, who: Person, guide_id: int, file_id: str) -> None:
        """It was sent; the one before it is deleted, or it itself where the guide has gone meanwhile."""
        async with self._db.write() as tx:
            older = await self._kept(tx, who.team_id, guide_id, file_id)
            if older:
                await job.enqueue(tx, who.team_id, "unfile", older, self._clock.now(), job.SOON)

    async def _kept(self, tx: Tx, team_id: str, guide_id: int, file_id: str) -> str:
        """Which file is not wanted any more, "" for none; whoever changes the guide meanwhile."""
        while True:
            try:
                guide = await store.load(tx.conn, team_id, guide_id)
            except NotFound:
                return file_id
            kept = replace(guide, facts={**guide.facts, FILE: Learned(file_id)})
            if await store.save(tx, kept, self._clock.now()):
                return guide.value(FILE)
