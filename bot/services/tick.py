"""The tick: a job runner looks each second, though nobody in this process woke it, and the audit is sealed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from .job_runner import JobRunner

TICK = 1.0  # seconds of real time between looks for due jobs
SEAL = 5.0  # seconds of real time between looks for lines of the audit without a link
GRACE = 5.0  # seconds that lines under way get at the end; what is not committed then has no link yet


@contextlib.asynccontextmanager
async def sweeping(job_runner: JobRunner, seal: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Sweep and seal for as long as the block lasts; what is under way then ends, or is given back."""

    async def tick() -> None:  # a coroutine: plain functions run in a thread, from which nothing here may be woken
        job_runner.wake()

    scheduler = AsyncIOScheduler()
    scheduler.add_job(tick, "interval", seconds=TICK, max_instances=1, coalesce=True)
    running, stopped = asyncio.create_task(job_runner.run()), asyncio.Event()
    sealing = asyncio.create_task(_sealing(seal, stopped))
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        await asyncio.sleep(0)  # a tick under way ends: what is cancelled counts as an error
        scheduler.shutdown(wait=False)
        job_runner.stop()
        stopped.set()
        await running
        await asyncio.wait({sealing}, timeout=GRACE)
        sealing.cancel()


async def _sealing(seal: Callable[[], Awaitable[None]], stopped: asyncio.Event) -> None:
    while not stopped.is_set():
        await seal()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SEAL):
                await stopped.wait()
