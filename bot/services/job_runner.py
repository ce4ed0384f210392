"""The job runner: claims due jobs, hands it to its handler, and settles each row by itself, fenced."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot import traces
from bot.clock import Clock
from bot.core.errors import Unreachable, WrongState
from bot.coze.errors import CozeError
from bot.logs import Outages
from bot.metrics import JOBS
from bot.store import health, job
from bot.store.database import Database, Tx, is_away, reason
from bot.store.job import Job

log = logging.getLogger(__name__)

WIDTH = 8  # handlers at a time in one process
HANDLER = job.LEASE - 15  # seconds; a handler that takes longer is cut off before its lease ends
BEAT = 5.0  # seconds of real time between two notes in the database that somebody looks for jobs
GRACE = 8.0  # seconds that handlers under way get at shutdown
SHORTEST, LONGEST = 5.0, 900.0  # seconds between tries
OVERTAKEN = 3  # tries that go on at once where somebody was faster; people press no faster than that
SLACK_LONGEST = 30.0  # while Slack is away: within a minute of its return everything is said

Save = Callable[[Tx], Awaitable[None]]


@dataclass(frozen=True)
class Done:
    """It is done. `save` writes what came of it, in the transaction that settles the row."""

    save: Save | None = None


@dataclass(frozen=True)
class Reschedule:
    """It wants another look at simulated time `at`; that is no failure. `keep` is what that has to know, instead of
    this one's payload.
    """

    at: datetime
    save: Save | None = None
    keep: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Dead:
    """It can't be done, whatever we try; admins see why."""

    because: str


class Backoff(Exception):
    """The other side asks to wait so many seconds, or `because` of something. Does not count as a try.

    `keep` is what the next try has to know, as its job's payload.
    """

    def __init__(self, seconds: float, because: str | None = None, keep: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"wait {seconds:.1f} s")
        self.seconds, self.because, self.keep = seconds, because, keep


def _patience(error: Exception) -> tuple[int, float]:
    """How many tries a job gets, and the longest wait between them.

    Where the other side gave no answer that ends by itself, and what waits for it must not end before. A try costs
    the account on Coze a call, and Slack nothing.
    """
    if isinstance(error, Unreachable):
        return job.SLACK_TRIES, SLACK_LONGEST
    if isinstance(error, TimeoutError) or (isinstance(error, CozeError) and error.retry):
        return job.OUTAGE_TRIES, LONGEST
    return job.TRIES, LONGEST


def on_commit(write: Callable[..., Awaitable[None]], *args: Any, **values: Any) -> Save:
    """What `Done` and `Again` save: `write` with a transaction in front of these arguments, once there is one."""

    async def save(tx: Tx) -> None:
        await write(tx, *args, **values)

    return save


class _LeaseLost(Exception):
    pass


Outcome = Done | Reschedule | Dead
Handler = Callable[[Job], Awaitable[Outcome]]


class JobRunner:
    """Runs until stopped. `wake` makes it look at once; a tick from outside makes it look now and then.

    `swept_at` is when it looked last, by the clock that nobody sets (`time.monotonic`).
    """

    def __init__(self, db: Database, clock: Clock, handlers: Mapping[str, Handler]) -> None:
        self._db, self._clock, self._handlers = db, clock, handlers
        self._awake = asyncio.Event()
        self._tasks: dict[asyncio.Task[None], Job] = {}
        self._claiming = asyncio.Lock()
        self._stopping = False
        self._outages = Outages()
        self._beat_at = -BEAT
        self.swept_at = time.monotonic()

    def wake(self) -> None:
        """There may be something to do."""
        self._awake.set()

    def stop(self) -> None:
        """Claim nothing more; `run` ends when the handlers under way have."""
        self._stopping = True
        self.wake()

    async def run(self, grace: float = GRACE) -> None:
        """Sweep until `stop`; whatever fails is logged and tried again with the next tick.

        Then handlers under way get `grace` seconds, and what does not end within them is given back.
        """
        while not self._stopping:
            self._awake.clear()
            try:
                found = await self._sweep()
            except Exception as error:  # the database may be away for a while; the job runner must not
                self._db.log_failure(log, "looking for jobs failed", error)
                found = False
            if not found and not self._stopping:
                await self._awake.wait()
        await self._finish(grace)

    @asynccontextmanager
    async def resting(self, grace: float = GRACE) -> AsyncIterator[None]:
        """Nothing is under way for as long as the block lasts: what is gets `grace` seconds, then is given back."""
        async with self._claiming:
            await self._finish(grace)
            yield
        self.wake()

    async def _finish(self, grace: float) -> None:
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=grace)
        rows = [self._tasks[task] for task in late]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        for row in rows:
            await self._again(row, row.due_at, attempts=row.attempts - 1)

    async def _sweep(self) -> bool:
        async with self._claiming:
            room, began = WIDTH - len(self._tasks), time.monotonic()
            rows: list[Job] = []
            beats = began - self._beat_at >= BEAT
            if room or beats:
                async with self._db.write() as tx:
                    if room:
                        await job.recover(tx)
                        rows = await job.claim(tx, self._clock.now(), room)
                    if beats:
                        await health.beat(tx, health.SWEEP)
            self._beat_at = began if beats else self._beat_at
            self.swept_at = time.monotonic()
            for row in rows:
                task = asyncio.create_task(self._handle(row))
                self._tasks[task] = row
                task.add_done_callback(self._handled)
            return bool(rows)

    def _handled(self, task: asyncio.Task[None]) -> None:
        del self._tasks[task]
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self._db.log_failure(log, "settling a job failed", error)  # its lease will end
        self.wake()

    async def _handle(self, row: Job) -> None:
        with traces.span(f"job {self._known(row)}", "consumer"):
            traces.tell(attempt=row.attempts)
            await self._handle_traced(row)

    async def _handle_traced(self, row: Job) -> None:
        handler = self._handlers.get(row.kind)
        try:
            if handler is None:
                outcome: Outcome = Dead(f"no handler for {row.kind}")
            else:
                async with asyncio.timeout(HANDLER):
                    outcome = await handler(row)
            await self._settle(row, outcome)
        except Backoff as wait:
            self._count(row, "waits")
            at = self._after(wait.seconds)
            await self._again(row, at, attempts=row.attempts - 1, error=wait.because, keep=wait.keep)
            asyncio.get_running_loop().call_later(wait.seconds, self.wake)  # its turn may be before the next tick
        except WrongState as error:
            if row.attempts > OVERTAKEN:
                await self._failed(row, error)
            else:  # somebody changed it between our look and our transaction: what is true now is looked at
                log.info("job was overtaken: %s %s: %s", row.kind, row.subject, error)
                await self._again(row, row.due_at, attempts=row.attempts)
        except Exception as error:
            await self._failed(row, error)

    async def _settle(self, row: Job, outcome: Outcome) -> None:
        try:
            async with self._db.write() as tx:
                match outcome:
                    case Done():
                        held = await job.finish(tx, row)
                    case Reschedule():
                        held = await job.reschedule(tx, row, outcome.at, attempts=0, keep=outcome.keep)
                    case Dead():
                        held = await job.dead_letter(tx, row, outcome.because)
                        log.error("job is dead: %s %s: %s", row.kind, row.subject, outcome.because)
                if not held:
                    raise _LeaseLost  # another process has it: nothing of ours may be written
                if not isinstance(outcome, Dead) and outcome.save:
                    await outcome.save(tx)
            self._count(row, {Done: "done", Reschedule: "again", Dead: "dead"}[type(outcome)])
        except _LeaseLost:
            log.warning("lease lost: %s %s", row.kind, row.subject)

    def _count(self, row: Job, outcome: str) -> None:
        JOBS.labels(self._known(row), outcome).inc()
        traces.tell(outcome=outcome)

    def _known(self, row: Job) -> str:
        """Its kind, a word of our own code."""
        return row.kind if row.kind in self._handlers else "unknown"

    async def _failed(self, row: Job, error: Exception) -> None:
        said = reason(error, self._db.url) if is_away(error) else error
        words = f"{type(error).__name__}: {said}"[:500]
        tries, longest = _patience(error)
        if row.attempts >= tries:
            await self._settle(row, Dead(words))
            return
        self._count(row, "failed")
        wait = min(longest, SHORTEST * 2 ** min(row.attempts - 1, 10)) * random.uniform(0.8, 1.2)  # noqa: S311  (jitter)
        told = wait, row.kind, row.subject, words
        if tries == job.TRIES and not (is_away(error) or isinstance(error, CozeError)):
            log.warning("job failed, again in %.0f s: %s %s: %s", *told, exc_info=error)
        else:  # where a trace leads is known
            self._outages.tell(log, type(error), "job failed, again in %.0f s: %s %s: %s", *told)
        await self._again(row, self._after(wait), attempts=row.attempts, error=words)

    async def _again(
        self,
        row: Job,
        at: datetime,
        *,
        attempts: int,
        error: str | None = None,
        keep: Mapping[str, Any] | None = None,
    ) -> None:
        async with self._db.write() as tx:
            await job.reschedule(tx, row, at, attempts=attempts, error=error, keep=keep)

    def _after(self, seconds: float) -> datetime:
        return self._clock.now() + timedelta(seconds=seconds)
