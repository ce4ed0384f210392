"""Whether the bot is well, as far as this process has it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from bot.services.job_runner import JobRunner
from bot.store import schema
from bot.store.database import Database

ReadinessChecks = Callable[[], Awaitable[Mapping[str, bool | str]]]
"""Answers for each thing that the process needs True, or why it is not well."""

YOUNG = 15.0  # seconds; an older last sweep means that the job runner is stuck


class Starting:
    """What is missing while the process starts, as its start tells."""

    def __init__(self) -> None:
        self._checks: dict[str, bool | str] = {
            "database": "not looked at yet",
            "schema": "not looked at yet",
            "slack": "not asked yet",
            "started": "under way",
        }

    def tell(self, what: str, why: str) -> None:
        """This is missing, and why; "": it is there now."""
        self._checks[what] = why or True

    async def __call__(self) -> Mapping[str, bool | str]:
        """All of it."""
        return self._checks


def readiness(
    db: Database, slack: Callable[[], Awaitable[bool]] | None, job_runner: JobRunner | None
) -> ReadinessChecks:
    """Looks at what the running process needs, for two seconds at most; `slack` says whether its deliveries can
    arrive.
    """

    async def ready() -> dict[str, bool | str]:
        database, version = await asyncio.gather(db.trouble(), schema.trouble(db))
        checks: dict[str, bool | str] = {"database": database or True, "schema": version or True}
        if slack:
            checks["slack"] = await slack() or "not connected by Socket Mode"
        if job_runner:
            young = time.monotonic() - job_runner.swept_at < YOUNG
            checks["sweeper"] = young or "has not looked for jobs for a while"
        return checks

    return ready
