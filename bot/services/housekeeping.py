"""Housekeeping: what happens again and again, whoever is there."""

from datetime import datetime, timedelta

from bot.clock import Clock, utc_now
from bot.core import refusal as refusals
from bot.store import bucket, job, refusal, sign_in
from bot.store.database import Database
from bot.store.job import Job

from .agent_list import AgentLists
from .audit_chain import AuditChain
from .calls import Calls
from .digest import MondayDigest
from .job_runner import Outcome, Reschedule
from .owner_credential import OwnerWatch
from .preflight import Preflight
from .remind import Remind
from .secret_store import SecretStore
from .settings_watch import SettingsWatch

KEPT = timedelta(days=7)  # settled jobs, what stood in forms
REMEMBERED = timedelta(hours=24)  # keys of deliveries


class Housekeeping:
    """`first_checks`: for each Slack workspace, when (UTC) its members are first compared with Coze's list."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        secret_store: SecretStore,
        audit_chain: AuditChain,
        first_checks: dict[str, datetime],
        preflight: Preflight,
        calls: Calls,
        owner: OwnerWatch,
        remind: Remind,
        agent_lists: AgentLists,
        digest: MondayDigest,
        settings: SettingsWatch,
    ) -> None:
        self._db, self._clock, self._secret_store, self._first_checks = db, clock, secret_store, first_checks
        self._audit_chain = audit_chain
        self._preflight, self._planned = preflight, (calls, owner, remind, agent_lists, digest, settings)

    async def plan(self) -> None:
        """See that all of it is planned."""
        async with self._db.write() as tx:
            await job.enqueue(tx, "", "purge", "daily", utc_now(), job.WHENEVER)  # simulated time is never before it
            await self._preflight.plan(tx, utc_now())
            for each in self._planned:
                await each.plan(tx)
            for team, due in self._first_checks.items():
                await job.ensure(tx, team, "check", "weekly", due)

    async def purge(self, _: Job) -> Outcome:
        """Job: let go of what nobody needs any more."""
        while await self._db.forget(utc_now() - REMEMBERED):
            pass
        await self._secret_store.purge()
        while await self._settled():
            pass
        async with self._db.write() as tx:
            await refusal.purge(tx, self._clock.now() - refusals.KEPT)
            await bucket.purge(tx)
            await sign_in.forget_typed(tx, self._clock.now() - KEPT)
        await self._audit_chain.keep()
        return Reschedule(self._clock.now() + timedelta(days=1))

    async def _settled(self) -> bool:
        """Let go of some of what was done long ago; whether there may be more. Nobody waits behind a small step."""
        async with self._db.write() as tx:
            return await job.purge(tx, self._clock.now() - KEPT)
