"""Whether the bot is well, as far as this process has it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.clock import real
from bot.services.sweeper import Sweeper
from bot.store import schema
from bot.store.database import Database

Checks = Callable[[], Awaitable[dict[str, bool]]]

YOUNG = timedelta(seconds=15)  # an older last sweep means that the sweeper is stuck


def readiness(db: Database, slack: Callable[[], Awaitable[bool]] | None, sweeper: Sweeper | None) -> Checks:
    """Answers what is well and what is not; `slack` says whether its deliveries can arrive."""

    async def ready() -> dict[str, bool]:
        checks = {"database": await db.answers(), "schema": await schema.at_head(db)}
        if slack:
            checks["slack"] = await slack()
        if sweeper:
            checks["sweeper"] = real() - sweeper.swept_at < YOUNG
        return checks

    return ready
