"""The tick: it makes a job runner look each second, though nobody in this process woke it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from .job_runner import JobRunner

TICK = 1.0  # seconds of real time between looks for due jobs


@contextlib.asynccontextmanager
async def sweeping(job_runner: JobRunner) -> AsyncIterator[None]:
    """Sweep for as long as the block lasts; what is under way then ends, or is given back."""

    async def tick() -> None:  # a coroutine: plain functions run in a thread, from which nothing here may be woken
        job_runner.wake()

    scheduler = AsyncIOScheduler()
    scheduler.add_job(tick, "interval", seconds=TICK, max_instances=1, coalesce=True)
    running = asyncio.create_task(job_runner.run())
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        await asyncio.sleep(0)  # a tick under way ends: what is cancelled counts as an error
        scheduler.shutdown(wait=False)
        job_runner.stop()
        await running
