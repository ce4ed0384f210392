"""Review, what happens later: Coze is asked about the agent and told the verdict, and admins are reminded."""

import logging
from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.core.errors import WrongState
from bot.core.people import Evidence
from bot.core.publish import PublicationState
from bot.core.review import DECIDED, UNDECIDED, AutoApproval, Review, ReviewState, tools_hash
from bot.coze.errors import CozeError
from bot.store import job, message
from bot.store import publish as publications
from bot.store import review as store
from bot.store.database import Database, Tx
from bot.store.job import Job

from .announcing import announce
from .channel_client import ChannelClient
from .job_runner import Done, Handler, Outcome, Reschedule, on_commit
from .join.requests import EscalationPolicy, stage_of, whom_to_ask
from .review import LOOK, VERDICT, WAIT, decided, settled, tell_coze
from .workspace_client import WorkspaceClient

TRIES = 4  # to learn what may be left out

log = logging.getLogger(__name__)


class ReviewJobs:
    """The jobs. `workspace_client` is None where nobody can be asked about agents; `backup` answers who is asked when
    the admins are silent, `announced_in` is the channel in which authors may have it told.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        channel: Callable[[], str],
        client: ChannelClient,
        workspace_client: WorkspaceClient | None,
        policy: Callable[[], EscalationPolicy],
        auto: Callable[[], AutoApproval],
        backup: Callable[[], Awaitable[frozenset[str]]],
        announced_in: Callable[[], str],
    ) -> None:
        self._db, self._clock, self._channel, self._client = db, clock, channel, client
        self._workspace_client, self._policy, self._auto, self._backup = workspace_client, policy, auto, backup
        self._announced_in = announced_in

    def handlers(self) -> dict[str, Handler]:
        """By kind of job."""
        return {VERDICT: self.send, LOOK: self.look, WAIT: self.wait}

    async def send(self, row: Job) -> Outcome:
        """Job: tell Coze the verdict. While Coze does not answer it is tried again; what it refuses, admins see."""
        review = await self._load(row)
        if review.state not in DECIDED or review.told_at:
            return Done()
        reason = review.reason if review.state is ReviewState.REJECTED else None
        try:
            await self._client.settle(review.agent_id, review.audit, reason or "")
        except CozeError as error:
            if error.retry:
                raise
            log.warning("a verdict was refused: %s", error)
            return Done(on_commit(self._refused, review, error))
        return Done(on_commit(self._told, review))

    async def _refused(self, tx: Tx, review: Review, error: CozeError) -> None:
        await self._move(tx, review, error=error.help, log_id=error.log_id)

    async def _told(self, tx: Tx, review: Review) -> None:
        """Coze has it: what the bot published, or its author told of, ends with it."""
        now, passed = self._clock.now(), review.state is ReviewState.APPROVED
        await self._move(tx, review, told_at=now, error=None, log_id=None)
        to = PublicationState.ONLINE if passed else PublicationState.REJECTED
        publication = await store.publication_of(tx.conn, review, review.team_id)
        if publication is None:
            if review.user_id:
                subject = store.subject(review.id)
                await message.show(tx, review.team_id, subject, review.user_id, "decided", now)
            return
        values = {
            "state": to,
            "version": review.version,
            "settled_at": now,
            "checked_at": now,
            "evidence": Evidence.VERIFIED,
            "reason": review.reason,
            "error": None,
            "reviewed_at": review.decided_at,
            "reviewed_by": review.decided_by,
        }
        if not await publications.move(tx, publication, **values):
            raise WrongState(publication.state)
        await job.cancel_all(tx, review.team_id, "follow", publications.subject(publication.id), exact=True)
        await settled(tx, review.team_id, publication.id, to.value, self._clock)
        if passed:
            await announce(tx, publication, self._announced_in(), now)

    async def look(self, row: Job) -> Outcome:
        """Job: what the agent works with, and what its author wrote about the version; by that a rule may decide.

        Where calls are few only a rule is worth them. What can't be learnt is left out, and then no rule decides.
        """
        review = await self._load(row)
        client = self._workspace_client
        if client is None or review.state not in UNDECIDED or (not self._auto() and await client.looks_rarely()):
            return Done()
        try:
            if not await client.may(row):
                return Done()
            agent = await client.agent(review.agent_id, published=True)
            versions = await client.versions(review.agent_id)
        except CozeError as error:
            if error.retry and row.attempts < TRIES:
                raise
            log.warning("an agent in review can't be looked at: %s", error)
            return Done()
        tools = tools_hash(agent.plugins, agent.workflows, agent.model) if agent.version == review.version else None
        note = next((each.note for each in versions if each.version == review.version), "")
        return Done(on_commit(self._learnt, review, agent.owner_id, tools, note))

    async def _learnt(self, tx: Tx, review: Review, owner: str, tools: str | None, note: str) -> None:
        await self._move(tx, review, tools=tools, note=note or review.note)
        earlier = await store.of_agent(tx.conn, review.team_id, review.agent_id)
        approved = [each for each in earlier if each.state is ReviewState.APPROVED and each.told_at]
        last = approved[0].tools if approved else None
        if review.state is ReviewState.WAITING and self._auto().approves(owner, tools, last):
            await self._move(tx, review, **decided(ReviewState.APPROVED, None, self._clock))
            await tell_coze(tx, review, None, ReviewState.APPROVED, self._clock)

    async def wait(self, row: Job) -> Outcome:
        """Job: remind who decides, then the backup group; after a long silence only the last of it."""
        review, now = await self._load(row), self._clock.now()
        if review.state not in UNDECIDED:
            return Done()
        stages = [each for each in self._policy().stages(review.waiting_since) if each[1] != "expire"]
        past = [name for at, name in stages if at <= now]
        following = next((at for at, _ in stages if at > now), None)
        if not past or review.state is ReviewState.ASKED:  # it is the author's turn
            return Reschedule(following) if following else Done()
        backup = await whom_to_ask(self._backup, row) if past[-1] == "backup" else frozenset()
        save = on_commit(self._remind, review, past[-1], backup)
        return Reschedule(following, save) if following else Done(save)

    async def _remind(self, tx: Tx, review: Review, stage: str, backup: frozenset[str]) -> None:
        now, subject, team_id = self._clock.now(), store.subject(review.id), review.team_id
        others = sorted(backup - {review.user_id})
        kind = f"{stage_of(stage, others)}-{int(review.waiting_since.timestamp())}"
        await message.redraw(tx, team_id, subject, now, planned=True)
        await message.show(tx, team_id, subject, self._channel(), kind, now, planned=True)
        for user_id in others:
            await message.show(tx, team_id, subject, user_id, message.CARD, now, planned=True)

    async def _move(self, tx: Tx, review: Review, **values: object) -> None:
        if not await store.move(tx, review, **values):
            raise WrongState(review.state)
        await message.redraw(tx, review.team_id, store.subject(review.id), self._clock.now())

    async def _load(self, row: Job) -> Review:
        async with self._db.read() as conn:
            return await store.load(conn, row.team_id, int(row.subject.partition(":")[2]))
