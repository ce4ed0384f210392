"""Calls: what the operator's account on Coze pays for, as Coze tells, and what admins decide about the few it has."""

from bot.clock import Clock
from bot.core.calls import ASKED_AGAIN, FEW_TRIES, Edition, Usage, edition_of
from bot.core.errors import NotFound
from bot.core.people import Person
from bot.coze.errors import CozeError, Quota
from bot.store import job
from bot.store.database import Database, Tx
from bot.store.job import Job

from . import agent_list
from .job_runner import Done, Outcome, Reschedule, on_commit
from .people import must_be_admin
from .workspace_client import PRESSED, WorkspaceClient

KIND = "edition"
LOOKS = ("watch", "follow", "agents")
"""Jobs that look at Coze as often as the edition allows."""


class Calls:
    """The verbs. Without `operator` the bot has no credential, and nothing to count."""

    def __init__(self, db: Database, clock: Clock, team_id: str, operator: WorkspaceClient | None) -> None:
        self._db, self._clock, self._team, self._operator = db, clock, team_id, operator

    async def usage(self) -> Usage | None:
        """What is known of the account; None where the bot has no credential."""
        counter = self._operator.counter if self._operator else None
        return await counter.usage() if counter else None

    async def plan(self, tx: Tx) -> None:
        """A process has started: the edition is asked for if it is not known, and from then on weekly.

        A free one stays so until an admin presses the button: asking costs one of its calls.
        """
        found = await self.usage()
        if found is None or found.is_stated or found.edition is Edition.FREE:
            return
        now = self._clock.now()
        if found.edition is Edition.UNKNOWN:
            await job.enqueue(tx, self._team, KIND, KIND, now, job.WHENEVER)
        else:
            await job.ensure(tx, self._team, KIND, KIND, (found.asked_at or now) + ASKED_AGAIN)

    async def ask(self, by: Person) -> None:
        """An admin wants to know the edition now. Raises NotAdmin, NotFound."""
        must_be_admin(by)
        await self._press(KIND, KIND)

    async def compare(self, by: Person) -> None:
        """An admin wants the members compared with Coze's list now. Raises NotAdmin, NotFound."""
        must_be_admin(by)
        await self._press("check", "weekly")

    async def list_agents(self, by: Person) -> None:
        """An admin wants the stored list of agents renewed now. Raises NotAdmin, NotFound."""
        must_be_admin(by)
        await self._press(agent_list.KIND, agent_list.NOW)

    async def retry(self, by: Person) -> None:
        """An admin wants what has stopped to go on. Raises NotAdmin, NotFound."""
        must_be_admin(by)
        if not self._operator or not self._operator.counter:
            raise NotFound
        await self._operator.counter.retry(by)

    async def learn(self, row: Job) -> Outcome:
        """Job: ask Coze which edition the account has, and once whose it is."""
        operator, now = self._operator, self._clock.now()
        if operator is None or (found := await self.usage()) is None or found.is_stated:
            return Done()
        await operator.ask_leave(row)
        account = found.account
        try:
            edition = edition_of(await operator.level())
            account = account or (await operator.account()).user_id
        except CozeError as error:
            if error.retry and row.attempts < FEW_TRIES:
                raise
            is_out = error.retry or isinstance(error, Quota)  # no answer says nothing about the edition
            edition = found.edition if is_out else Edition.UNKNOWN
        save = on_commit(
            self._learned, edition, account, is_freed=found.edition.is_limited and not edition.is_limited
        )
        return Done(save) if edition is Edition.FREE else Reschedule(now + ASKED_AGAIN, save, {})

    async def _learned(self, tx: Tx, edition: Edition, account: str | None, *, is_freed: bool) -> None:
        if self._operator and self._operator.counter:
            await self._operator.counter.learn(tx, edition, account)
        if is_freed:  # what was to be looked at rarely is looked at closely from now on
            await job.hasten(tx, self._team, LOOKS, self._clock.now())

    async def _press(self, kind: str, subject: str) -> None:
        if self._operator is None:
            raise NotFound
        async with self._db.write() as tx:
            await job.enqueue(tx, self._team, kind, subject, self._clock.now(), job.SOMEBODY_WAITS, PRESSED)
