"""What the drills of joining stand on: the services over a real database and a real Coze, and a hand that works."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import update

from bot.clock import Clock
from bot.core.calls import Edition
from bot.core.people import Person, Standing
from bot.coze.client import CozeClient, http_client
from bot.playground.coze.platform import CozePlatform
from bot.playground.world.coze import Workspace
from bot.services.call_counter import CallCounter
from bot.services.job_runner import Done, Handler, Outcome, Reschedule
from bot.services.join.accounts import Accounts
from bot.services.join.leaving import Leaving
from bot.services.join.membership import Invitations
from bot.services.join.requests import Escalation, EscalationPolicy, Join
from bot.services.workspace_client import FixedToken, WorkspaceClient
from bot.store import job
from bot.store.database import Database, Tx
from bot.store.job import Job
from bot.store.tables import job as table
from tests.serving import serving

TEAM, ADMINS = "T1", "CADMINS"
BATCH = 50
ELSEWHERE = ("draw", "guides", "alone")
"""Jobs that the verbs of joining leave behind for others: cards are drawn by none here, and nobody walks a guide."""


def person(user_id: str, *, admin: bool = False) -> Person:
    """Somebody whom Slack has just vouched for."""
    return Person(TEAM, user_id, user_id, "zh-CN", "Asia/Shanghai", Standing.MEMBER, admin, datetime.now(UTC))


async def _nobody() -> frozenset[str]:
    return frozenset()


@dataclass
class Bench:
    """The verbs of joining, and Coze's ShargeAI space behind them."""

    db: Database
    clock: Clock
    platform: CozePlatform
    accounts: Accounts
    join: Join
    invitations: Invitations
    leaving: Leaving
    handlers: Mapping[str, Handler]
    workspace_client: WorkspaceClient

    @property
    def space(self) -> Workspace:
        """The ShargeAI workspace on Coze."""
        return self.platform.state.workspaces[self.platform.ready()["workspace_id"]]

    async def works(self, leaves: Sequence[str] = ELSEWHERE) -> None:
        """Do all that is due by now, except what is left aside."""
        while rows := await self._claimed(leaves):
            for row in rows:
                await self._settle(row, await self._handle(row))

    async def dies_at_work(self, deed: int) -> None:
        """A process claims what is due, does so many things, calls included, and dies before it can say so.

        Its lease ends, as a minute later it would.
        """
        rows = await self._claimed(ELSEWHERE)
        for row in rows[:deed]:
            await self._handle(row)
        async with self.db.write() as tx:
            dead = table.c.id.in_([row.id for row in rows])
            await tx.conn.execute(update(table).where(dead).values(lease_until=0.0))

    async def _claimed(self, leaves: Sequence[str]) -> list[Job]:
        async with self.db.write() as tx:
            await tx.conn.execute(update(table).where(table.c.kind.in_(leaves)).values(state="done"))
            await job.recover(tx)
            return await job.claim(tx, self.clock.now(), BATCH)

    async def _handle(self, row: Job) -> Outcome:
        return await self.handlers[row.kind](row)

    async def _settle(self, row: Job, outcome: Outcome) -> None:
        async with self.db.write() as tx:
            assert await _settled(tx, row, outcome)
            if isinstance(outcome, Done | Reschedule) and outcome.save:
                await outcome.save(tx)


async def _settled(tx: Tx, row: Job, outcome: Outcome) -> bool:
    match outcome:
        case Reschedule(at):
            return await job.reschedule(tx, row, at, attempts=0)
        case Done():
            return await job.finish(tx, row)
        case _:
            return await job.dead_letter(tx, row, outcome.because)


@asynccontextmanager
async def benched(url: str, clock: Clock, platform: CozePlatform) -> AsyncIterator[Bench]:
    """Everything wired up over the database at `url`; Coze begins anew."""
    platform.reset()
    db = Database(url)
    async with serving(platform.app) as address, http_client() as http:
        coze, ready = CozeClient(address, http, playground=True), platform.ready()
        token = FixedToken(SecretStr(ready["owner_token"]))
        counter = CallCounter(db, clock, TEAM, ADMINS, "drill", Edition.PERSONAL)
        place = ready["workspace_id"], ready["connector_id"]
        workspace_client = WorkspaceClient(coze.counted(counter.sent), token, *place, counter)
        policy = EscalationPolicy(expire=timedelta(days=7))
        accounts = Accounts(db, clock, ADMINS, coze)
        join = Join(db, clock, ADMINS, accounts, workspace_client, lambda: policy)
        invitations = Invitations(db, clock, ADMINS, accounts, workspace_client)
        leaving = Leaving(db, clock, ADMINS, workspace_client, policy.time)
        waiting = Escalation(db, clock, ADMINS, lambda: policy, _nobody)
        handlers: dict[str, Handler] = {
            "verify": invitations.verify,
            "invite": invitations.invite,
            "watch": invitations.watch,
            "wait": waiting.wait,
            "remove": leaving.take_out,
        }
        try:
            yield Bench(db, clock, platform, accounts, join, invitations, leaving, handlers, workspace_client)
        finally:
            await counter.close()
            await db.close()
