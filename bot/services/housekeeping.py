"""Housekeeping: what happens again and again, whoever is there."""

from datetime import datetime, timedelta

from bot.clock import Clock, real
from bot.store import work
from bot.store.database import Database
from bot.store.work import Work

from .sweeper import Again, Outcome
from .vault import Vault

KEPT = timedelta(days=7)  # settled work
REMEMBERED = timedelta(hours=24)  # keys of deliveries


class Housekeeping:
    """`first_checks`: for each Slack workspace, when (UTC) its members are first compared with Coze's list."""

    def __init__(self, db: Database, clock: Clock, vault: Vault, first_checks: dict[str, datetime]) -> None:
        self._db, self._clock, self._vault, self._first_checks = db, clock, vault, first_checks

    async def plan(self) -> None:
        """See that all of it is planned."""
        async with self._db.write() as tx:
            await work.enqueue(tx, "", "purge", "daily", real(), work.WHENEVER)  # story time is never before it
            for team, due in self._first_checks.items():
                await work.ensure(tx, team, "check", "weekly", due)

    async def purge(self, _: Work) -> Outcome:
        """Work: let go of what nobody needs any more."""
        await self._db.forget(real() - REMEMBERED)
        await self._vault.purge()
        async with self._db.write() as tx:
            await work.purge(tx, self._clock.now() - KEPT)
        return Again(self._clock.now() + timedelta(days=1))
