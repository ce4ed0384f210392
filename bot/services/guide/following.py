"""Guide: what it does later by itself."""

from bot.core.guide import Guide, GuideState, Result
from bot.services.job_runner import Done, Outcome, on_commit
from bot.store import guide as store
from bot.store import people
from bot.store.database import Database, Tx
from bot.store.job import Job

from .check import ASKING
from .guides import Progress


class Following:
    """The guide's jobs."""

    def __init__(self, db: Database, progress: Progress) -> None:
        self._db, self._progress = db, progress

    async def follow(self, row: Job) -> Outcome:
        """Job: tick what can be looked up without anybody's secret, and redraw the card."""
        guide, progress = await self._load(row), self._progress
        if guide.state is not GuideState.OPEN or guide.route not in progress.routes:
            return Done()
        if guide.failure is None:
            async with self._db.read() as conn:
                who = await people.load(conn, guide.team_id, guide.user_id)
                at = await progress.context(conn, guide, who)
            if result := await progress.check(guide).look(at):
                return Done(on_commit(self._settle, guide, result))
        return Done(on_commit(self._look, guide))

    async def wake(self, row: Job) -> Outcome:
        """Job: something that a person's guides may wait for has changed."""
        return Done(on_commit(store.look_again, row.team_id, row.subject, self._progress.res.clock.now()))

    async def unanswered(self, row: Job) -> Outcome:
        """Job: the process that asked is gone, and with it what the person gave: the step is as it was before."""
        guide = await self._load(row)
        return Done(on_commit(self._look, guide)) if ASKING in guide.facts else Done()

    async def _load(self, row: Job) -> Guide:
        async with self._db.read() as conn:
            return await store.load(conn, row.team_id, int(row.subject.partition(":")[2]))

    async def _settle(self, tx: Tx, guide: Guide, result: Result) -> None:
        await self._progress.settle(tx, guide, result)

    async def _look(self, tx: Tx, guide: Guide) -> None:
        await self._progress.advance(tx, guide, ring=True)
