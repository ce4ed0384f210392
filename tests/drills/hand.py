"""A bot of one process whose time is moved by hand: what is due is done before time goes on."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from bot.slack import send
from bot.store.tables import job as jobs
from tests.slack.bot import Bot

LOOK = 0.002  # seconds of real time between two looks


class Hand:
    """Moves time on."""

    def __init__(self, bot: Bot) -> None:
        self.bot, self.clock = bot, bot.slack.clock

    async def open(self, *where: ColumnElement[bool]) -> int:
        """How many jobs wait or are under way."""
        chosen = jobs.c.state.in_(["due", "leased"]), *where
        async with self.bot.app.db.read() as conn:
            return int(await conn.scalar(select(func.count()).select_from(jobs).where(*chosen)) or 0)

    async def passes(self, seconds: float, step: float) -> None:
        """So much simulated time, in steps."""
        end = self.clock.now() + timedelta(seconds=seconds)
        while self.clock.now() < end:
            await self.step(step)

    async def step(self, seconds: float) -> None:
        """Time goes on, then all that is due is tried."""
        self.clock.advance(timedelta(seconds=seconds))
        self.bot.app.job_runner.wake()
        due = jobs.c.due_at <= self.clock.now()
        while await self.open(due):  # noqa: ASYNC110  (the database gives no signal)
            await asyncio.sleep(LOOK)


@contextmanager
def unpaced() -> Iterator[None]:
    """No post waits for its turn, which would be a matter of real time."""
    before = send.PER_CHANNEL, send.PER_TEAM
    send.PER_CHANNEL, send.PER_TEAM = (0.0, 1), {}
    try:
        yield
    finally:
        send.PER_CHANNEL, send.PER_TEAM = before


@asynccontextmanager
async def at_work(bot: Bot) -> AsyncIterator[Hand]:
    """The bot does what is due for as long as the block lasts."""
    running = asyncio.create_task(bot.app.job_runner.run())
    try:
        yield Hand(bot)
    finally:
        bot.app.job_runner.stop()
        await running
