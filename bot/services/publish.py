"""Publish: an agent to the channel, once and no more than once, and its review to the end."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.core import calls
from bot.core.errors import NotYours, WrongState
from bot.core.people import Evidence, Person
from bot.core.publish import (
    API_CONNECTOR,
    BY_HAND,
    CONFIRM_WITHIN,
    FOLLOW,
    Late,
    Publication,
    PublicationState,
    UnderWay,
    read_note,
)
from bot.core.publish_checks import Check, Result, as_rows
from bot.core.refusal import Reason
from bot.coze.answers import Version
from bot.coze.errors import Ambiguous, CozeError, CozeNotFound, NotPublished, Quota
from bot.store import audit, job, message
from bot.store import publish as store
from bot.store.database import Database, Tx
from bot.store.job import Job

from .agents import Agents
from .announcing import announce
from .claim import give_way
from .guide import carrying
from .job_runner import Done, Outcome, Reschedule, on_commit
from .publish_checks import Looked, PublishChecks
from .refusals import Refusals
from .rotation import Deleted, Unopened
from .workspace_client import PRESSED, WorkspaceClient

NOT_THEIRS, TAKEN = "E8", "E16-name"  # keys of the error help: not to be seen; another one is called so
SKEW = timedelta(seconds=30)  # by which Coze's versions may be dated off its answers
FOLLOWED = frozenset(
    {PublicationState.SUBMITTED, PublicationState.CLAIMED, PublicationState.REVIEWING, PublicationState.UNKNOWN}
)
LOOKS = 5  # after so many looks without a trace of an ambiguous publish, a person decides
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=1)  # between looks at a review


class Publish:
    """The verbs of publishing. `announced_in` is the channel in which authors may have it told, "" without one."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        refusals: Refusals,
        agents: Agents,
        checks: PublishChecks,
        announced_in: Callable[[], str] = str,
    ) -> None:
        self._db, self._clock, self._refusals = db, clock, refusals
        self._agents, self._checks, self._announced_in = agents, checks, announced_in

    @property
    def announced_in(self) -> str:
        """The channel in which authors may have it told now."""
        return self._announced_in()

    async def draft(self, who: Person, agent_id: str, name: str, *, only_api: bool = False) -> int:
        """Keep what is about to be confirmed, for our channel or for the API alone. Raises NoCredential, UnderWay."""
        workspace_client = await self._agents.client(who.team_id, who.user_id)
        async with self._db.write() as tx:
            if await store.is_open(tx.conn, who.team_id, agent_id):
                raise UnderWay
            place = workspace_client.workspace_id, API_CONNECTOR if only_api else workspace_client.connector_id
            return await store.add(tx, who.team_id, who.user_id, (agent_id, name), *place, self._clock.now())

    async def find(self, team_id: str, publication_id: int) -> Publication:
        """Anybody's publication, to draw it. Raises NotFound."""
        async with self._db.read() as conn:
            return await store.load(conn, team_id, publication_id)

    async def overtaken(self, publication: Publication) -> bool:
        """Whether the agent's next attempt is on its way or over: this one is history, however it ended."""
        async with self._db.read() as conn:
            return await store.overtaken(conn, publication)

    async def load(self, who: Person, publication_id: int) -> Publication:
        """The person's own publication. Raises NotFound, NotYours."""
        async with self._db.read() as conn:
            return _own(who, await store.load(conn, who.team_id, publication_id))

    async def history(self, who: Person, publication_id: int, most: int) -> list[Publication]:
        """What was published of the agent of the person's own publication. Raises NotFound, NotYours."""
        publication = await self.load(who, publication_id)
        async with self._db.read() as conn:
            return await store.history(conn, who.team_id, most, agent_id=publication.agent_id)

    async def everybodys(self, team_id: str, named: str, most: int) -> list[Publication]:
        """What was published of the agents that are called so, by anybody; of all without a name."""
        async with self._db.read() as conn:
            return await store.history(conn, team_id, most, named=named)

    async def confirm(self, who: Person, publication_id: int, note: str, *, announces: bool = False) -> None:
        """Publish it, with what the person says of it; once it is online it is announced, if wished.

        Raises NotFound, NotYours, UnderWay, WrongState, Late, InvalidFields.
        """
        now, said = self._clock.now(), read_note(note)
        async with self._db.write() as tx:
            publication = _own(who, await store.load(tx.conn, who.team_id, publication_id))
            if publication.state is not PublicationState.DRAFT:
                raise WrongState(publication.state)
            if not timedelta() <= now - publication.created_at < CONFIRM_WITHIN:
                raise Late
            standing = await store.newest_to_each(tx.conn, who.team_id, who.user_id, publication.agent_id)
            before = next((each for each in standing if each.is_api_only is publication.is_api_only), None)
            if not await store.move(
                tx, publication, state=PublicationState.CONFIRMED, note=said, announces=announces
            ):
                raise UnderWay
            if before and before.id > publication_id:  # a form left open since: what it says is old
                raise WrongState(before.state)
            await give_way(tx, before, now)
            for each in standing:  # wherever it has gone before: the newest card has the buttons
                await message.redraw(tx, each.team_id, store.subject(each.id), now)
            subject = store.subject(publication_id)
            await audit.note(tx, who.team_id, now, who.user_id, "publish.confirm", subject)
            await carrying.tell(tx, publication, now)
            await job.enqueue(tx, who.team_id, "publish", subject, now, job.SOMEBODY_WAITS)
            await job.guides(tx, who.team_id, who.user_id, now)

    async def check(self, who: Person, publication_id: int) -> None:
        """Look now, or a minute after the last look. Raises NotFound, NotYours."""
        async with self._db.write() as tx:
            publication = _own(who, await store.load(tx.conn, who.team_id, publication_id))
            subject = store.subject(publication.id)
            if publication.state in FOLLOWED:
                await job.enqueue(tx, who.team_id, "follow", subject, self._clock.now(), job.SOMEBODY_WAITS, PRESSED)

    async def rejected(self, who: Person, publication_id: int, words: str) -> None:
        """The person tells Coze's verdict, and the reviewer's words if they have them.

        Raises NotFound, NotYours, WrongState.
        """
        await self._told(who, publication_id, PublicationState.REJECTED, reason=words or None)

    async def online(self, who: Person, publication_id: int) -> None:
        """The person found it online where we could not tell. Raises NotFound, NotYours, WrongState."""
        await self._told(who, publication_id, PublicationState.ONLINE)

    async def _told(self, who: Person, publication_id: int, state: PublicationState, **values: object) -> None:
        """It ended, as a person says: nothing rings, for they know."""
        now = self._clock.now()
        async with self._db.write() as tx:
            publication = _own(who, await store.load(tx.conn, who.team_id, publication_id))
            if publication.state not in BY_HAND[state] or await store.overtaken(tx.conn, publication):
                raise WrongState(publication.state)
            evidence = Evidence.CONFIRMED
            await self._move(tx, publication, state=state, settled_at=now, evidence=evidence, **values)
            subject, action = store.subject(publication_id), f"publish.{state.value}"
            await audit.note(tx, who.team_id, now, who.user_id, action, subject, evidence=evidence.value)

    async def submit(self, row: Job) -> Outcome:
        """Job: the one call that publishes. Whether it may have happened already is read first."""
        publication = await self._load(row)
        if publication.state is PublicationState.SUBMITTED:  # a call was on its way when we stopped
            return Done(on_commit(self._follow_soon, publication))
        if publication.state is not PublicationState.CONFIRMED:
            return Done()
        workspace_client = await self._acting_for(publication)
        if workspace_client is None:
            return Done(on_commit(self._settle, publication, PublicationState.FAILED, error=Deleted.help))
        about, only_api = (publication.team_id, publication.user_id, publication.agent_id), publication.is_api_only
        looked = await self._checks.look(*about, publication_id=publication.id, only_api=only_api)
        if not looked.is_ready:
            error = looked.error
            if error and error.retry and row.attempts < min(job.TRIES, await workspace_client.tries()):
                raise error
            return Done(on_commit(self._stopped, publication, looked))  # nothing was sent: they may send it again
        async with self._db.write() as tx:
            submitted = {"state": PublicationState.SUBMITTED, "submitted_at": self._clock.now()}
            if not await store.move(tx, publication, **submitted):
                return Done()
        publication = await self._load(row)
        before = await _versions_before(workspace_client, publication)
        try:
            version = await workspace_client.publish(publication.agent_id, only_api=only_api)
        except Ambiguous:
            return Done(on_commit(self._follow_soon, publication))
        except CozeError as error:
            return await self._refused(publication, workspace_client, error, before)
        return Done(on_commit(self._reviewing, publication, version))

    async def _refused(
        self,
        publication: Publication,
        workspace_client: WorkspaceClient,
        error: CozeError,
        before: frozenset[str],
    ) -> Outcome:
        """Coze said no: before that is told, and publishing again offered, its list is asked whether it is so."""
        try:
            made = await self._made_since(publication, workspace_client, before)
        except CozeError:
            made = None
        if made:
            return Done(on_commit(self._reviewing, publication, made.version))
        return Done(on_commit(self._failed, publication, error))

    async def follow(self, row: Job) -> Outcome:
        """Job: what Coze's list of versions says by now."""
        publication, now = await self._load(row), self._clock.now()
        if publication.state not in FOLLOWED or await self.overtaken(publication):
            return Done()
        if publication.checked_at and timedelta() <= now - publication.checked_at < calls.MINUTE:
            return Reschedule(publication.checked_at + calls.MINUTE)
        workspace_client = await self._acting_for(publication)
        if workspace_client is None:  # what was kept is deleted: nobody can look until it is stored anew
            return Done(on_commit(self._settle, publication, PublicationState.UNKNOWN, error=Deleted.help))
        is_over = now - _since(publication) >= FOLLOW
        if not is_over:
            await workspace_client.ask_leave(row)
        try:
            if await workspace_client.may(row):
                return await self._look(publication, workspace_client, now)
        except (Deleted, Unopened) as error:  # nobody can look until it is stored anew
            return Done(on_commit(self._settle, publication, PublicationState.UNKNOWN, error=error.help))
        except CozeError as error:
            waits = isinstance(error, Quota) or await workspace_client.looks_rarely()
            if isinstance(error, CozeNotFound) and (waits or row.attempts >= LOOKS):  # deleted, or moved elsewhere
                return Done(on_commit(self._settle, publication, PublicationState.UNKNOWN, error=error.help))
            if row.attempts < job.TRIES and not waits:
                raise
        if is_over:
            return Done(on_commit(self._settle, publication, PublicationState.UNKNOWN))
        # whoever mends it, the verdict is told
        return Reschedule(await self._next_look(publication, workspace_client, now, LONGEST), keep={})

    async def _next_look(
        self, publication: Publication, client: WorkspaceClient, now: datetime, wait: timedelta
    ) -> datetime:
        """After this `wait`, or by the plan where calls are few."""
        if not await client.looks_rarely():
            return now + wait
        since = _since(publication)
        return calls.next_look(calls.REVIEW, since, now, since + FOLLOW) or now + LONGEST

    async def _look(self, publication: Publication, workspace_client: WorkspaceClient, now: datetime) -> Outcome:
        if publication.version is None and not publication.by_hand:
            return await self._find_version(publication, workspace_client)
        if await _is_listed(workspace_client, publication):
            return Done(on_commit(self._online, publication))
        since = _since(publication)
        if now - since >= FOLLOW:
            return Done(on_commit(self._settle, publication, PublicationState.UNKNOWN))
        wait = min(max((now - since) / 6, SHORTEST), LONGEST)
        at = await self._next_look(publication, workspace_client, now, wait)
        return Reschedule(at, on_commit(self._looked, publication), {})

    async def _find_version(self, publication: Publication, workspace_client: WorkspaceClient) -> Outcome:
        """Nobody heard the answer: a version made since tells that the call arrived."""
        if publication.submitted_at is None:
            return Done()
        if version := await self._made_since(publication, workspace_client):
            return Done(on_commit(self._reviewing, publication, version.version))
        now = self._clock.now()
        if now - publication.submitted_at >= LOOKS * SHORTEST:
            return Done(on_commit(self._settle, publication, PublicationState.UNKNOWN))
        wait = LOOKS * SHORTEST if await workspace_client.looks_rarely() else SHORTEST
        return Reschedule(now + wait, on_commit(self._looked, publication), {})

    async def _made_since(
        self, publication: Publication, workspace_client: WorkspaceClient, before: frozenset[str] = frozenset()
    ) -> Version | None:
        """The newest version that was made since the call, by Coze's own clock; one that lies ahead was not made.

        `before`: what is known to have been there by then, made by hand moments ago. Raises CozeError.
        """
        versions, now = await workspace_client.versions(publication.agent_id), self._clock.now()
        ahead, since = workspace_client.ahead(now), _since(publication)
        new = [each for each in versions if each.version not in before]
        made = [each for each in new if each.at and since - SKEW <= each.at - ahead <= now + SKEW]
        return max(made, key=lambda version: (len(version.version), version.version), default=None)

    async def _reviewing(self, tx: Tx, publication: Publication, version: str) -> None:
        now = self._clock.now()
        await self._move(tx, publication, state=PublicationState.REVIEWING, version=version, error=None)
        client = await self._acting_for(publication)
        waits = not publication.is_api_only and client and await client.looks_rarely()
        first = calls.REVIEW[0] if waits else timedelta()
        await job.enqueue(tx, publication.team_id, "follow", store.subject(publication.id), now + first)

    async def _online(self, tx: Tx, publication: Publication) -> None:
        await self._settle(tx, publication, PublicationState.ONLINE, evidence=Evidence.VERIFIED)

    async def _failed(self, tx: Tx, publication: Publication, error: CozeError) -> None:
        await self._settle(tx, publication, PublicationState.FAILED, error=error.help, log_id=error.log_id)

    async def _stopped(self, tx: Tx, publication: Publication, looked: Looked) -> None:
        """The checks say no. Somebody else's agent, which our own credential could publish: counted as that."""
        place, named, error = looked.of(Check.PLACE), looked.of(Check.NAME), looked.error
        if place and place.result is Result.FAILED:
            subject = store.subject(publication.id)
            await self._refusals.add_in(tx, publication.user_id, "form:publish.confirm", subject, Reason.NOT_YOURS)
        is_taken = named is not None and named.result is Result.FAILED
        own = {"error": TAKEN if is_taken else NOT_THEIRS}
        why = {"error": error.help, "log_id": error.log_id} if error else own
        checks = as_rows(looked.found)
        await self._settle(tx, publication, PublicationState.FAILED, checks=checks, **why)

    async def _settle(self, tx: Tx, publication: Publication, state: PublicationState, **values: object) -> None:
        now = self._clock.now()
        await self._move(tx, publication, state=state, settled_at=now, checked_at=now, **values)
        subject = store.subject(publication.id)
        await audit.note(tx, publication.team_id, now, None, f"publish.{state.value}", subject)
        await carrying.tell(tx, publication, now, rings=True)
        if state is PublicationState.ONLINE:
            await announce(tx, publication, self.announced_in, now)
        if state is PublicationState.FAILED:
            await self._back_to(tx, await store.undecided(tx.conn, publication))

    async def _back_to(self, tx: Tx, before: list[Publication]) -> None:
        """Nothing reached Coze: what may lie there from before still counts."""
        now = self._clock.now()
        for each in before:
            await message.redraw(tx, each.team_id, store.subject(each.id), now)
            await carrying.tell(tx, each, now)  # a guide's card shows the newest alone
            if each.state is PublicationState.CLAIMED:
                await job.enqueue(tx, each.team_id, "follow", store.subject(each.id), now)

    async def _looked(self, tx: Tx, publication: Publication) -> None:
        await self._move(tx, publication, checked_at=self._clock.now(), error=None)

    async def _follow_soon(self, tx: Tx, publication: Publication) -> None:
        now = self._clock.now()
        await job.enqueue(tx, publication.team_id, "follow", store.subject(publication.id), now)

    async def _move(self, tx: Tx, publication: Publication, **values: object) -> None:
        if not await store.move(tx, publication, **values):
            raise WrongState(publication.state)
        now = self._clock.now()
        await message.redraw(tx, publication.team_id, store.subject(publication.id), now)
        await job.guides(tx, publication.team_id, publication.user_id, now)

    async def _load(self, row: Job) -> Publication:
        async with self._db.read() as conn:
            return await store.load(conn, row.team_id, int(row.subject.partition(":")[2]))

    async def _acting_for(self, publication: Publication) -> WorkspaceClient | None:
        subject = store.subject(publication.id)
        return await self._agents.acting_for(publication.team_id, publication.user_id, subject)


async def _is_listed(workspace_client: WorkspaceClient, publication: Publication) -> bool:
    """Whether the channel has its version; what was published by hand has none that we know, so any counts."""
    try:
        listed = await workspace_client.versions(publication.agent_id, publication.connector_id)
    except NotPublished:
        return False
    return any(publication.version in (None, each.version) for each in listed)


async def _versions_before(workspace_client: WorkspaceClient, publication: Publication) -> frozenset[str]:
    """What Coze lists just before the call; nothing where it does not say."""
    try:
        return frozenset(each.version for each in await workspace_client.versions(publication.agent_id))
    except CozeError:
        return frozenset()


def _since(publication: Publication) -> datetime:
    """From when on its review is followed."""
    return publication.submitted_at or publication.created_at


def _own(who: Person, publication: Publication) -> Publication:
    if publication.user_id != who.user_id:
        raise NotYours
    return publication
