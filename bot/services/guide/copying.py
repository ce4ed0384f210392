"""Copying: an agent that lies in another workspace of the team's enterprise comes into ShargeAI, once."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core import calls
from bot.core import guide as rules
from bot.core.guide import Failed, Failure, Guide, GuideState, Learned, Passed
from bot.coze.errors import CozeError
from bot.services.agents import MADE
from bot.services.job_runner import Done, Outcome, Reschedule, on_commit
from bot.services.workspace_client import WorkspaceClient
from bot.store import audit, job, people
from bot.store import guide as store
from bot.store.database import Database, Tx
from bot.store.job import Job

from .carrying import buried
from .checks.agent import COPY, COPYABLE, FAILED, LOST, NOT_THEIRS, OURS, SENT, SINCE, WANTED, Agent
from .guides import Progress

SOON, LATER = timedelta(seconds=5), timedelta(minutes=5)  # until the first look at a task, between later ones
LONGEST = timedelta(days=1)
"""So long a task is followed; nothing tells how long Coze may take."""


class Copying:
    """The job that a press on "Copy to ShargeAI" leaves. How far it is stands in the guide's facts."""

    def __init__(self, db: Database, progress: Progress) -> None:
        self._db, self._progress = db, progress

    async def follow(self, row: Job) -> Outcome:
        """Job: ask Coze for the copy, then how far it is. What may have been asked for is never asked for again."""
        async with self._db.read() as conn:
            guide = await store.load(conn, row.team_id, int(row.subject.partition(":")[2]))
        client, state = self._progress.res.workspace_client, guide.value(COPY)
        if client is None or not state or guide.state is not GuideState.OPEN:
            return Done()
        try:
            if state == WANTED:
                await client.ask_leave(row)
                return await self._begin(guide, client)
            if state == SENT:  # the process ended while Coze was asked
                return Done(on_commit(self._fail, guide, LOST, ""))
            await client.ask_leave(row)
            return await self._look(guide, client)
        except CozeError as error:
            if error.retry and row.attempts < min(job.TRIES, await client.tries()):
                raise
            return Done(on_commit(self._fail, guide, error.help, error.log_id))

    async def _begin(self, guide: Guide, client: WorkspaceClient) -> Outcome:
        async with self._db.read() as conn:
            person = await people.load(conn, guide.team_id, guide.user_id)
        agent = await client.agent(guide.value("agent_id"))
        if not person or not person.coze_uid or agent.owner_id != person.coze_uid:
            return Done(on_commit(self._fail, guide, NOT_THEIRS, ""))
        now = self._progress.res.clock.now()
        facts = {**guide.facts, COPY: Learned(SENT), SINCE: Learned(now.isoformat())}
        async with self._db.write() as tx:  # before the call, so that no crash copies twice
            sent = await store.save(tx, replace(guide, facts=facts), now)
        if sent is None:
            return Reschedule(now)
        try:
            begun = await client.copy(agent.id)
        except CozeError as error:
            return Done(on_commit(self._fail, sent, error.help, error.log_id))
        if begun.copied_id:
            return Done(on_commit(self._succeed, sent, begun.copied_id))
        return Reschedule(now + SOON, on_commit(self._under_way, sent, begun.task_id), {})

    async def _look(self, guide: Guide, client: WorkspaceClient) -> Outcome:
        task, now = await client.copy_task(guide.value(COPY)), self._progress.res.clock.now()
        if task.status == "successful" and task.copied_id:
            return Done(on_commit(self._succeed, guide, task.copied_id))
        if task.status == "failed":
            reasons = "; ".join(f"{each.name}: {each.reason}".strip(": ") for each in task.problems[:3])
            return Done(on_commit(self._fail, guide, FAILED, "", reasons))
        past = now - datetime.fromisoformat(guide.value(SINCE))
        if past >= LONGEST:
            return Done(on_commit(self._fail, guide, LOST, ""))
        pause = past if await client.looks_rarely() else min(past / 2, LATER)
        save = on_commit(self._under_way, guide, guide.value(COPY))
        return Reschedule(now + max(pause, calls.MINUTE), save, {})

    async def _under_way(self, tx: Tx, guide: Guide, task_id: str) -> None:
        await self._progress.save(tx, replace(guide, facts={**guide.facts, COPY: Learned(task_id)}))

    async def _succeed(self, tx: Tx, guide: Guide, agent_id: str) -> None:
        """The guide goes on with the copy, a draft; who had moved on meanwhile stays where they are."""
        progress, now = self._progress, self._progress.res.clock.now()
        await audit.note(tx, guide.team_id, now, guide.user_id, MADE, f"agent:{agent_id}")
        if not self._waits(guide):
            await progress.save(tx, _over(guide))
            return
        verified = Learned.verified
        found = {"agent_id": verified(agent_id), "space": verified(progress.res.workspace_id), COPY: Learned()}
        facts = {**found, "space_name": verified(OURS), "agent": verified(guide.value("agent"))}
        settled = rules.settle(progress.route(guide), guide, Passed.verified(facts))
        await progress.advance(tx, buried(settled))

    async def _fail(self, tx: Tx, guide: Guide, error: str, log_id: str, reason: str = "") -> None:
        progress = self._progress
        if not self._waits(guide):
            await progress.save(tx, _over(guide))
            return
        values = {"reason": reason, "log_id": log_id, **({} if error == NOT_THEIRS else {COPYABLE: "yes"})}
        step = rules.current_step(progress.route(guide), guide)
        failure = Failure(step.id, error, progress.res.clock.now(), values)
        settled = rules.settle(progress.route(guide), guide, Failed(failure, {COPY: Learned()}))
        await progress.advance(tx, buried(settled))

    def _waits(self, guide: Guide) -> bool:
        return isinstance(self._progress.check(guide), Agent)


def _over(guide: Guide) -> Guide:
    return replace(guide, facts={**guide.facts, COPY: Learned()})
