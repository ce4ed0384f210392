"""Health: looks every few seconds at what the process needs. Who asks is told what was found: no answer waits for a
look, and whatever a look meets is a sentence.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

from bot.clock import Clock, utc_now
from bot.core.errors import BotError
from bot.logs import Outages
from bot.store import health as store
from bot.store import schema
from bot.store.database import Database, is_away, reason
from bot.store.health import Work

from .job_runner import JobRunner

log = logging.getLogger(__name__)

EVERY = 8.0  # seconds between two looks: with LIMIT, nothing that is told is older than ten
LIMIT = 2.0  # seconds that a look may take; what takes longer is told so, and not begun anew until it has ended
OLD = 15.0  # seconds after which what was found is not believed any more
YOUNG = 30.0  # seconds; where the last sweep of all is older, nobody does what is to be done later

Look = Callable[[], Awaitable[str]]
"""Why something is not well, in words for operators; "" where it is."""

Checks = Mapping[str, bool | str]
"""For each thing that the process needs True, or why it is not well."""


class Health:
    """`job_runner` is the process's own, None where it has none; `looks` are those of other rooms, by what they look
    at. `work` is what was seen of the jobs last, None while the database tells nothing; `skew` the seconds by which
    this machine's clock is ahead of the database's, `silent` those since any worker has looked for jobs.

    Until the first look all is well: the start has seen to that.
    """

    def __init__(
        self, db: Database, clock: Clock, team_id: str, job_runner: JobRunner | None, looks: Mapping[str, Look]
    ) -> None:
        self._db, self._clock, self._team, self._job_runner = db, clock, team_id, job_runner
        self._looks: dict[str, Look] = {
            "database": db.trouble,
            "schema": self._schema,
            "write": self._write,
            "sweeper": self._sweeper,
            **looks,
        }
        self._under_way: dict[str, asyncio.Task[str]] = {}
        self._telling: asyncio.Task[None] | None = None
        self._outages = Outages()
        self._found: Checks = dict.fromkeys(self._looks, True)
        self._looked_at: float | None = None
        self._stopping = False
        self.work: Work | None = None
        self.skew: float | None = None
        self.silent = 0.0

    def also(self, what: str, look: Look) -> None:
        """Look at this too, from the next time on."""
        self._looks[what] = look

    def stop(self) -> None:
        """From now on the process is not ready: it ends."""
        self._stopping = True

    def __call__(self) -> Checks:
        """What was found last; may be asked in any thread."""
        found = dict(self._found)
        if self._looked_at is not None and (age := time.monotonic() - self._looked_at) > OLD:
            found["looked"] = f"nobody has looked for {age:.0f} s"
        if self._stopping:
            found["started"] = "was told to stop"
        return found

    async def look(self) -> None:
        """Look at all of it, at once."""
        tasks = {what: self._begun(what, look) for what, look in self._looks.items()}
        await asyncio.wait(tasks.values(), timeout=LIMIT)
        self._found = {what: _told(task) or True for what, task in tasks.items()}
        self._looked_at = time.monotonic()

    @contextlib.asynccontextmanager
    async def looking(self, *then: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
        """Look again and again for as long as the block lasts, and do `then` each time."""
        looking = asyncio.create_task(self._go_on(then))
        try:
            yield
        finally:
            tasks = [looking, *self._under_way.values(), *([self._telling] if self._telling else [])]
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=LIMIT)

    async def _go_on(self, then: Sequence[Callable[[], Awaitable[None]]]) -> None:
        while True:
            await self.look()
            telling = self._telling  # may wait for Slack, for which no look waits
            if telling is None or telling.done():
                self._telling = asyncio.create_task(self._tell(then))
            await asyncio.sleep(EVERY)

    async def _tell(self, then: Sequence[Callable[[], Awaitable[None]]]) -> None:
        for each in then:
            try:
                await each()
            except BotError as error:
                self._outages.tell(log, type(error), "what a look has found is not told: %s", error)
            except Exception as error:
                self._db.log_failure(log, "what a look has found is not told", error)

    def _begun(self, what: str, look: Look) -> asyncio.Task[str]:
        """The look that is under way, or a new one."""
        task = self._under_way.get(what)
        if task is None or task.done():
            task = self._under_way[what] = asyncio.ensure_future(self._careful(what, look))
        return task

    async def _careful(self, what: str, look: Look) -> str:
        try:
            return await look()
        except Exception as error:
            if is_away(error):
                return reason(error, self._db.url)
            log.exception("looking at %s failed", what)
            return type(error).__name__

    async def _schema(self) -> str:
        return await schema.trouble(self._db)

    async def _write(self) -> str:
        async with self._db.write(apart=True) as tx:
            await store.beat(tx, store.WRITE)
        return ""

    async def _sweeper(self) -> str:
        """Whether anybody looks for jobs, as the database tells. An older version notes nothing there: where nobody
        ever has, overdue jobs tell.
        """
        self.work = self.skew = None
        now = self._clock.now()
        async with self._db.read() as conn:
            self.work = work = await store.work(conn, self._team, now)
            self.skew = utc_now().timestamp() - work.now
        if work.swept_at is not None:
            self.silent = work.now - work.swept_at
        else:
            self.silent = (now - work.oldest).total_seconds() if work.oldest else 0.0
        if self._job_runner:
            self.silent = min(self.silent, time.monotonic() - self._job_runner.swept_at)
        return f"no worker has looked for jobs for {self.silent:.0f} s" if self.silent > YOUNG else ""


def _told(task: asyncio.Task[str]) -> str:
    return task.result() if task.done() else f"no answer within {LIMIT:.0f} s"
