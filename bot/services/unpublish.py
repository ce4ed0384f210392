"""Unpublish: an agent is taken off the channel at its author's or an admin's wish; Coze tells whether it is."""

from typing import Any

from bot.clock import Clock
from bot.core.errors import NotYours, WrongState
from bot.core.people import Evidence, Person
from bot.core.publish import Publication, PublicationState, read_off_reason
from bot.coze.errors import CozeError
from bot.store import audit, job, message
from bot.store import publish as store
from bot.store.database import Database, Reading, Tx
from bot.store.job import Job

from .agents import Agents
from .job_runner import Done, Outcome, on_commit
from .people import must_be_admin
from .review import settled
from .rotation import Deleted
from .workspace_client import WorkspaceClient


class Unpublish:
    """The verbs."""

    def __init__(self, db: Database, clock: Clock, agents: Agents) -> None:
        self._db, self._clock, self._agents = db, clock, agents

    async def load(self, who: Person, publication_id: int, *, as_admin: bool) -> Publication:
        """What they may take off. Raises NotFound, NotYours, NotAdmin, WrongState (not online, replaced by a later
        version, or on its way off), NoCredential.
        """
        async with self._db.read() as conn:
            publication = await _checked(conn, who, publication_id, as_admin=as_admin)
        await self._agents.client(publication.team_id, publication.user_id)
        return publication

    async def take_off(self, who: Person, publication_id: int, reason: str, *, as_admin: bool) -> None:
        """Have it taken off, and keep who wants that and why. Raises as `load` does, and InvalidFields."""
        reason, now = read_off_reason(reason), self._clock.now()
        async with self._db.write() as tx:
            publication = await _checked(tx.conn, who, publication_id, as_admin=as_admin)
            wish: dict[str, Any] = {"off_by": who.user_id, "off_at": now, "off_reason": reason}
            if not await store.move(tx, publication, error=None, log_id=None, **wish):
                raise WrongState(publication.state)
            subject = store.subject(publication.id)
            await audit.note(tx, who.team_id, now, who.user_id, "publish.unpublish", subject, words=reason)
            await message.redraw(tx, who.team_id, subject, now)
            await job.enqueue(tx, who.team_id, "unpublish", subject, now, job.SOMEBODY_WAITS)

    async def submit(self, row: Job) -> Outcome:
        """Job: the call. What Coze refuses its author reads, unless it is off the channel all the same."""
        async with self._db.read() as conn:
            publication = await store.load(conn, row.team_id, int(row.subject.partition(":")[2]))
        if not publication.is_being_taken_off:
            return Done()
        whose = publication.team_id, publication.user_id
        client = await self._agents.acting_for(*whose, row.subject)
        if client is None:
            return Done(on_commit(self._refused, publication, Deleted.help, None))
        try:
            await client.unpublish(publication.agent_id, publication.off_reason or "")
        except CozeError as error:
            if error.retry and row.attempts < min(job.TRIES, await client.tries()):
                raise
            if not await _is_off(client, publication):
                return Done(on_commit(self._refused, publication, error.help, error.log_id))
        return Done(on_commit(self._off, publication))

    async def _off(self, tx: Tx, publication: Publication) -> None:
        now, to = self._clock.now(), PublicationState.UNPUBLISHED
        if await store.move(tx, publication, state=to, settled_at=now, evidence=Evidence.VERIFIED):
            await settled(tx, publication.team_id, publication.id, to.value, self._clock)

    async def _refused(self, tx: Tx, publication: Publication, error: str, log_id: str | None) -> None:
        if await store.move(tx, publication, error=error, log_id=log_id):
            await message.redraw(tx, publication.team_id, store.subject(publication.id), self._clock.now())


async def _is_off(client: WorkspaceClient, publication: Publication) -> bool:
    """Whether Coze lists it on the channel no more: the call may have arrived, or somebody did it by hand.

    An agent that left the workspace is on neither list and may be on the channel still: of that nothing is claimed.
    """
    try:
        if any(each.id == publication.agent_id for each in await client.in_channel()):
            return False
        return await client.has(publication.agent_id)
    except CozeError:
        return False


async def _checked(conn: Reading, who: Person, publication_id: int, *, as_admin: bool) -> Publication:
    publication = await store.load(conn, who.team_id, publication_id)
    if as_admin:
        must_be_admin(who)
    elif publication.user_id != who.user_id:
        raise NotYours
    is_off = publication.state is not PublicationState.ONLINE or publication.is_being_taken_off
    if publication.is_api_only or is_off or await store.is_replaced(conn, publication):
        raise WrongState(publication.state)
    return publication
