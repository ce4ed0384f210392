"""Whether the bot is well, as far as this process has it."""

import time
from collections.abc import Awaitable, Callable

from bot.services.job_runner import JobRunner
from bot.store import schema
from bot.store.database import Database

ReadinessChecks = Callable[[], Awaitable[dict[str, bool]]]

YOUNG = 15.0  # seconds; an older last sweep means that the job runner is stuck


def readiness(
    db: Database, slack: Callable[[], Awaitable[bool]] | None, job_runner: JobRunner | None
) -> ReadinessChecks:
    """Answers what is well and what is not; `slack` says whether its deliveries can arrive."""

    async def ready() -> dict[str, bool]:
        checks = {"database": await db.answers(), "schema": await schema.at_head(db)}
        if slack:
            checks["slack"] = await slack()
        if job_runner:
            checks["sweeper"] = time.monotonic() - job_runner.swept_at < YOUNG
        return checks

    return ready
