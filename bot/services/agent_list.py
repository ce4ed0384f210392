"""The stored list of agents: who sees which, and how it is renewed.

Where calls are no matter it renews itself, now and then and when somebody opens it; where they are few or nobody
knows, only somebody's press does. A renewal that broke off takes nothing away.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.core.agent_list import AT_ONCE, OFFERED, RENEWED, AgentList, ListedAgent, Reading, plain, reading_of
from bot.core.errors import NotAdmin
from bot.core.people import Person
from bot.core.publish import Publication
from bot.coze.errors import CozeError, CozeUnreachable
from bot.store import agent_list as store
from bot.store import audit, job
from bot.store import publish as publications
from bot.store.agent_list import Place
from bot.store.database import Database, Tx
from bot.store.job import Job

from .agents import Agents
from .job_runner import Done, Outcome, Reschedule, on_commit
from .workspace_client import PRESSED, WorkspaceClient, is_pressed

KIND = "agents"
DAILY, NOW = "by itself", "now"
"""Subjects of the operator's jobs; another one is the Slack user whose kept token is used."""

SECONDS = 20.0  # of real time, after which a job reads on in its next turn
PAUSE = timedelta(seconds=5)
MOST_PAGES = 6000


@dataclass(frozen=True)
class Offered:
    """The list as somebody sees it. `is_few`: renewing it costs calls that are few, or may be; `may_renew` says
    whether they may have it renewed all the same."""

    state: AgentList
    is_few: bool
    may_renew: bool
    is_under_way: bool = False


@dataclass(frozen=True)
class Found:
    """What a search has found, with what the bot knows beside: owners' names by Coze account, and the newest
    publication by agent."""

    agents: list[ListedAgent] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    publications: dict[str, Publication] = field(default_factory=dict)


class AgentLists:
    """The verbs; `team_id` is the Slack workspace."""

    def __init__(self, db: Database, clock: Clock, agents: Agents, team_id: str) -> None:
        self._db, self._clock, self._agents, self._team = db, clock, agents, team_id

    async def plan(self, tx: Tx) -> None:
        """A process has started: the operator's list renews itself from now on, where it may."""
        if self._agents.has_operator:
            await job.ensure(tx, self._team, KIND, DAILY, self._clock.now())

    async def offered(self, who: Person) -> Offered:
        """How the list stands for this person, renewed where that costs nothing. Raises NoCredential, CozeError."""
        client = await self._agents.client(who.team_id, who.user_id)
        place, is_few = _place(client, self._agents, who), await client.looks_rarely()
        state = await self._state(place)
        if not is_few and state.is_worth_a_look(self._clock.now()):
            try:
                await self._renew(client, place, insists=state.listed_at is None)
            except CozeError:
                if state.listed_at is None:
                    raise
            state = await self._state(place)
        may_renew = not is_few or bool(place.lister) or who.may_decide()
        return Offered(state, is_few, may_renew, state.is_under_way(self._clock.now()))

    async def renew(self, by: Person) -> None:
        """Somebody wants it renewed, whatever it costs. Raises NoCredential, NotAdmin, CozeError."""
        client = await self._agents.client(by.team_id, by.user_id)
        place = _place(client, self._agents, by)
        if not place.lister and await client.looks_rarely() and not by.may_decide():
            raise NotAdmin
        if not (await self._state(place)).is_new(self._clock.now()):
            await self._renew(client, place, by=by.user_id)

    async def search(self, who: Person, text: str) -> Found:
        """Whose name holds this, of what this person may see: an admin all, others their own. No call."""
        place = self._agents.place(who.team_id, who.user_id)
        if place is None:
            return Found()
        own = None if who.may_decide() else await self._agents.own(who)
        async with self._db.read() as conn:
            agents = await store.search(conn, place, own, plain(text), OFFERED)
            uids = {each.owner_uid for each in agents} - {""} if own is None else set[str]()
            owners = await store.owners(conn, who.team_id, uids) if uids else {}
            ids = [each.agent_id for each in agents]
            return Found(agents, owners, await publications.newest_of(conn, who.team_id, ids))

    async def meant(self, who: Person, text: str) -> list[ListedAgent]:
        """Which may be meant, two at most: their own before others', by the whole name before a part of it."""
        place, wanted = self._agents.place(who.team_id, who.user_id), plain(text)
        if place is None:
            return []
        whose = [await self._agents.own(who), *([None] if who.may_decide() and wanted else [])]
        async with self._db.read() as conn:
            for own in whose:
                looks = [store.called, store.search] if wanted else [store.search]
                for look in looks:
                    if found := await look(conn, place, own, wanted, 2):
                        return found
        return []

    async def find(self, who: Person, agent_id: str) -> ListedAgent | None:
        """The agent, if it is listed, whosever it is."""
        place = self._agents.place(who.team_id, who.user_id)
        if place is None:
            return None
        async with self._db.read() as conn:
            return await store.find(conn, place, agent_id)

    async def read(self, row: Job) -> Outcome:
        """Job: the pages of a renewal, some at a time. One that nobody pressed begins where calls are no matter."""
        now, lister = self._clock.now(), "" if row.subject in (DAILY, NOW) else row.subject
        client = await self._agents.acting_for(row.team_id, lister, "agents")
        if client is None:
            return Done()
        is_new = "begun_at" not in (row.payload or {})
        if is_new and not is_pressed(row) and await client.looks_rarely():
            return self._over(row)
        await client.ask_leave(row)
        place, begun = Place(row.team_id, client.workspace_id, lister), reading_of(row.payload, now)
        if is_new:
            async with self._db.write() as tx:
                if not await store.begin(tx, place, now):
                    return self._over(row)
        reading, error = await self._pages(client, place, begun)
        kept = {**(PRESSED if is_pressed(row) else {}), **reading.kept()}
        if error is None:
            return self._over(row) if reading.is_over else Reschedule(now, keep=kept)
        if error.retry and reading.page > begun.page:
            return Reschedule(now + PAUSE, keep=kept)
        if error.retry and row.attempts < min(job.TRIES, await client.tries()):
            raise error
        return self._over(row, on_commit(store.fail, place, error.help))

    def _over(self, row: Job, save: Any = None) -> Outcome:
        return Reschedule(self._clock.now() + RENEWED, save, {}) if row.subject == DAILY else Done(save)

    async def _renew(self, client: WorkspaceClient, place: Place, *, insists: bool = False, by: str = "") -> None:
        """Some pages at once; a job reads the rest. Raises CozeError."""
        now = self._clock.now()
        async with self._db.write() as tx:
            if not await store.begin(tx, place, now) and not insists:
                return  # somebody is at it
            if by:
                await audit.note(tx, place.team_id, now, by, "agents.list", f"agents:{place.workspace_id}")
        reading, error = await self._pages(client, place, Reading(now), AT_ONCE)
        async with self._db.write() as tx:
            if error:
                await store.fail(tx, place, error.help)
            elif not reading.is_over:
                kept = {**(PRESSED if by else {}), **reading.kept()}
                subject = place.lister or NOW
                await job.enqueue(tx, place.team_id, KIND, subject, now, job.SOMEBODY_WAITS, kept)
        if error:
            raise error

    async def _pages(
        self, client: WorkspaceClient, place: Place, reading: Reading, most: int | None = None
    ) -> tuple[Reading, CozeError | None]:
        """So many pages at most, or as many as there is time for; each is kept at once. What kept it from more."""
        clock = asyncio.get_running_loop().time
        end, last = clock() + SECONDS, reading.page + most if most else None
        while not reading.is_over and (clock() < end) and (last is None or reading.page < last):
            try:
                if reading.page > MOST_PAGES:
                    raise CozeUnreachable("the list has no end")
                page = await client.agents_page(reading.page)
                reading_on = reading.after(len(page.items), page.total)
                if not page.items and not reading_on.is_over:
                    raise CozeUnreachable("the list does not hold what it promises")
            except CozeError as error:
                return reading, error
            rows = [
                {
                    "agent_id": each.id,
                    "name": each.name,
                    "plain": plain(each.name),
                    "owner_uid": each.owner_id,
                    "updated_at": each.updated_at,
                    "published_at": each.published_at,
                }
                for each in page.items
            ]
            async with self._db.write() as tx:
                await store.keep(tx, place, rows, reading.begun_at)
                if reading_on.is_over:
                    await store.finish(tx, place, reading_on)
            reading = reading_on
        return reading, None

    async def _state(self, place: Place) -> AgentList:
        async with self._db.read() as conn:
            return await store.load(conn, place)


def _place(client: WorkspaceClient, agents: Agents, who: Person) -> Place:
    """The list that this client renews for somebody."""
    return Place(who.team_id, client.workspace_id, "" if agents.has_operator else who.user_id)
