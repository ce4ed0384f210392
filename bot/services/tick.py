"""The tick: it makes a sweeper look each second, though nobody in this process woke it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from .sweeper import Sweeper

TICK = 1.0  # seconds of real time between looks for due work


@contextlib.asynccontextmanager
async def sweeping(sweeper: Sweeper) -> AsyncIterator[None]:
    """Sweep for as long as the block lasts; what is under way then ends, or is given back."""

    async def tick() -> None:  # a coroutine: plain functions run in a thread, from which nothing here may be woken
        sweeper.wake()

    scheduler = AsyncIOScheduler()
    scheduler.add_job(tick, "interval", seconds=TICK, max_instances=1, coalesce=True)
    running = asyncio.create_task(sweeper.run())
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        await asyncio.sleep(0)  # a tick under way ends: what is cancelled counts as an error
        scheduler.shutdown(wait=False)
        sweeper.stop()
        await running
