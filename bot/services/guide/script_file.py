"""The script file that lies in somebody's DM: one a guide, known so that it can be deleted."""

from dataclasses import replace

from bot.core.errors import WrongState
from bot.core.guide import FILE, Learned
from bot.core.people import Person
from bot.store import guide as store
from bot.store import job
from bot.store.database import Database

from .guides import Progress


class ScriptFiles:
    """Keeps their ids at Slack, which its answer to an upload tells; nothing tells where such a file is shown."""

    def __init__(self, db: Database, progress: Progress) -> None:
        self._db, self._progress = db, progress

    async def keep(self, who: Person, guide_id: int, file_id: str) -> None:
        """It was sent; the one before it is deleted. Raises NotFound, NotYours, WrongState."""
        now = self._progress.res.clock.now()
        async with self._db.write() as tx:
            guide = await self._progress.own(tx.conn, who, guide_id)
            if older := guide.value(FILE):
                await job.enqueue(tx, who.team_id, "unfile", older, now, job.SOON)
            if await store.save(tx, replace(guide, facts={**guide.facts, FILE: Learned(file_id)}), now) is None:
                raise WrongState(guide.state)
