"""Guide: walk a person along a route. What can be looked up ticks by itself; the rest counts as confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.core import guide as rules
from bot.core.agent import Address
from bot.core.credential import Credential, Record
from bot.core.errors import BotError, NotFound, NotYours, WrongState
from bot.core.guide import Check, Fact, Facts, Failed, Failure, Guide, Passed, Result, Route, Shown
from bot.core.join import Request
from bot.core.people import Evidence, Person
from bot.core.publish import Publication
from bot.core.publish import State as Publishing
from bot.core.report import Report
from bot.services import look, ticks
from bot.services.credential import Credentials
from bot.services.look import ASKING, UID, UNANSWERED, Calls
from bot.services.operator import Operator
from bot.services.publish import claim
from bot.services.sweeper import Done, Outcome, later
from bot.store import audit, message, people, work
from bot.store import guide as store
from bot.store import join as requests
from bot.store import publish as publications
from bot.store import report as reports
from bot.store.database import Database, Tx
from bot.store.work import Work

BURIED = "buried"
"""The fact that the card stands far up: it is posted anew when it changes."""

CLAIMED = "claimed"
"""The fact that a person says they published to the API channel; Coze has yet to show it."""

WRONG_SPACE = "E9"  # key of the error help


class Busy(BotError):
    """The open guide on this route is about another agent."""

    def __init__(self, guide: Guide) -> None:
        super().__init__(guide.id)
        self.guide = guide


@dataclass(frozen=True)
class Sight:
    """All that a guide's card is drawn from. `looks` says whether the bot itself can look the agent up."""

    guide: Guide
    route: Route
    request: Request | None
    publication: Publication | None
    report: Report | None
    looks: bool


class Guides:
    """The verbs of the guide. `workspace_id` is ShargeAI's on Coze; without `operator` nothing is looked up there."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        routes: Mapping[str, Route],
        credentials: Credentials,
        operator: Operator | None,
        workspace_id: str,
    ) -> None:
        self._db, self._clock, self._routes = db, clock, routes
        self._credentials, self._operator, self.workspace_id = credentials, operator, workspace_id

    @property
    def has_operator(self) -> bool:
        """Whether the bot acts in the ShargeAI workspace by itself."""
        return self._operator is not None

    def route(self, guide: Guide) -> Route:
        """The way that a guide goes. Raises NotFound where an operator has taken it out."""
        if guide.route not in self._routes:
            raise NotFound
        return self._routes[guide.route]

    def needs_ours(self, guide: Guide) -> bool:
        """Whether the route leads to the channel: the agent has to lie in the ShargeAI workspace."""
        return any(step.check is Check.CHANNEL for step in self.route(guide).steps)

    async def opened(self, who: Person) -> list[Guide]:
        """The person's open guides, the last one walked first."""
        async with self._db.read() as conn:
            found = await store.opened(conn, who.team_id, who.user_id)
        return [guide for guide in found if guide.route in self._routes]

    async def is_new(self, who: Person) -> bool:
        """Whether the person never began a guide."""
        async with self._db.read() as conn:
            return await store.count(conn, who.team_id, who.user_id) == 0

    async def load(self, who: Person, guide_id: int) -> Guide:
        """The person's own guide. Raises NotFound, NotYours."""
        guide = await self.find(who.team_id, guide_id)
        rules.check_owner(guide, who.user_id)
        return guide

    async def find(self, team_id: str, guide_id: int) -> Guide:
        """Anybody's guide. Raises NotFound."""
        async with self._db.read() as conn:
            return await store.load(conn, team_id, guide_id)

    async def sight(self, team_id: str, guide_id: int) -> Sight:
        """What the guide's card is drawn from. Raises NotFound."""
        async with self._db.read() as conn:
            guide = await store.load(conn, team_id, guide_id)
            request = await requests.latest(conn, team_id, guide.user_id)
            publication = await ticks.publication_of(conn, guide)
            report = await reports.waiting(conn, team_id, guide_id)
        return Sight(guide, self.route(guide), request, publication, report, self._looks(guide))

    async def is_open(self, who: Person, guide_id: int, step_id: str) -> Guide:
        """The guide, if it is at that step. Raises NotFound, NotYours, WrongState."""
        guide = await self.load(who, guide_id)
        rules.check_open(self.route(guide), guide, who.user_id, step_id)
        return guide

    async def start(self, who: Person, route_key: str, facts: Facts | None = None) -> Guide:
        """A new guide, or the one that is open on this route, its card at the end of the DM.

        Raises NotFound, NotYours (the token that it replaces is somebody else's).
        """
        route = self._routes.get(route_key)
        if route is None:
            raise NotFound
        async with self._db.write() as tx:
            if replaced := int((facts or {}).get("replaces", Fact()).value or 0):
                await ticks.check_owner(tx.conn, who, replaced)
            guide, is_new = await self._begun(tx, who, route)
            if not is_new:
                return await self._again(tx, guide, facts)
            guide = await self._walk(tx, replace(guide, facts=facts or {}))
            if who.coze_uid and self._operator and rules.standing(route, guide).check is Check.MEMBER:
                await self._soon(tx, guide)
        return guide

    async def add(self, who: Person, publication_id: int) -> None:
        """The channel's guide at what comes after the channel, for an agent that is online: adding it in the glasses.

        Raises NotFound, NotYours, WrongState, Busy (with another agent).
        """
        route = self._routes.get("channel")
        if route is None:
            raise NotFound
        async with self._db.write() as tx:
            publication = await publications.load(tx.conn, who.team_id, publication_id)
            if publication.user_id != who.user_id:
                raise NotYours
            if publication.state is not Publishing.ONLINE:
                raise WrongState(publication.state)
            guide, is_new = await self._begun(tx, who, route)
            if guide.value("agent_id") not in ("", publication.agent_id):
                raise Busy(guide)
            request = await requests.latest(tx.conn, who.team_id, who.user_id)
            guide = ticks.beyond(route, guide, request, publication)
            await (self._walk(tx, guide) if is_new else self._again(tx, guide))

    async def _begun(self, tx: Tx, who: Person, route: Route) -> tuple[Guide, bool]:
        """The open guide on this route, and whether it is a new one."""
        now = self._clock.now()
        guide_id = await store.add(tx, who.team_id, who.user_id, route.key, route.steps[0].id, now)
        if guide_id is None:
            found = await store.opened(tx.conn, who.team_id, who.user_id)
            return next(guide for guide in found if guide.route == route.key), False
        await audit.note(tx, who.team_id, now, who.user_id, "guide.start", store.subject(guide_id), route=route.key)
        return await store.load(tx.conn, who.team_id, guide_id), True

    async def resume(self, who: Person, guide_id: int) -> Guide:
        """Its card comes to the end of the DM. Raises NotFound, NotYours."""
        async with self._db.write() as tx:
            return await self._again(tx, await self._own(tx, who, guide_id))

    async def bury(self, who: Person, guide_id: int) -> Guide:
        """Something long was said below the card: with its next change it comes to the end of the DM.

        Raises NotFound, NotYours.
        """
        async with self._db.write() as tx:
            guide = await self._own(tx, who, guide_id)
            buried = replace(guide, facts={**guide.facts, BURIED: Fact()})
            if await store.save(tx, buried, self._clock.now()) is None:
                raise WrongState(guide.state)
        return guide

    async def _again(self, tx: Tx, guide: Guide, facts: Facts | None = None) -> Guide:
        return await self._walk(tx, replace(guide, facts={**guide.facts, **(facts or {}), BURIED: Fact()}))

    async def said(self, who: Person, guide_id: int, step_id: str) -> None:
        """The person says that it is done. Raises NotFound, NotYours, WrongState."""
        async with self._db.write() as tx:
            guide = await self._own(tx, who, guide_id)
            step = rules.check_open(self.route(guide), guide, who.user_id, step_id)
            passed = Passed(Evidence.CONFIRMED)
            match step.check:
                case Check.SAID | Check.TOKEN:
                    await self._walk(tx, self._settled(guide, passed))
                case Check.MEMBER if who.coze_uid and self._operator:
                    await self._ask(tx, guide)
                case Check.MEMBER:
                    await self._walk(tx, self._inside(guide))
                case Check.CHANNEL if self._operator and self._looks(guide):
                    agent = guide.value("agent_id"), guide.value("agent") or guide.value("agent_id")
                    await claim(tx, self._operator, who, agent, self._clock.now())
                    await self._walk(tx, self._settled(guide, Shown()))
                case Check.PUBLISHED if self._looks(guide):
                    await self._walk(tx, self._settled(guide, Shown({CLAIMED: Fact(self._clock.now().isoformat())})))
                    await self._soon(tx, guide)
                case Check.PUBLISHED | Check.CHANNEL:
                    await self._walk(tx, self._settled(guide, passed))
                case _:
                    raise WrongState(guide.state)

    async def insist(self, who: Person, guide_id: int, step_id: str) -> None:
        """The person says that they are in the team, whatever Coze says or can't say.

        Raises NotFound, NotYours, WrongState.
        """
        async with self._db.write() as tx:
            await self._walk(tx, self._inside(await self._at_the_door(tx, who, guide_id, step_id)))

    async def proved(self, who: Person, guide_id: int, step_id: str, coze_uid: str) -> None:
        """A token has proven the person's account: it is looked for among the team's members.

        Raises NotFound, NotYours, WrongState.
        """
        async with self._db.write() as tx:
            guide = await self._at_the_door(tx, who, guide_id, step_id)
            await people.prove(tx, who.team_id, who.user_id, coze_uid)
            await self._ask(tx, guide)

    async def _at_the_door(self, tx: Tx, who: Person, guide_id: int, step_id: str) -> Guide:
        guide = await self._own(tx, who, guide_id)
        if rules.check_open(self.route(guide), guide, who.user_id, step_id).check is not Check.MEMBER:
            raise WrongState(guide.state)
        return guide

    async def _ask(self, tx: Tx, guide: Guide) -> None:
        """Coze's list of members is looked at next, and the person waits for it."""
        await self._save(tx, replace(guide, facts={**guide.facts, ASKING: Fact()}, failure=None), asking=True)
        await self._soon(tx, guide)

    def _inside(self, guide: Guide) -> Guide:
        confirmed = Evidence.CONFIRMED
        return self._settled(guide, Passed(confirmed, rules.inside(self.route(guide), confirmed)))

    async def asking(self, who: Person, guide_id: int, step_id: str, what: Calls = "") -> None:
        """Coze is asked from now on, and the card says so. Raises NotFound, NotYours, WrongState."""
        async with self._db.write() as tx:
            guide = await self._own(tx, who, guide_id)
            rules.check_open(self.route(guide), guide, who.user_id, step_id)
            facts = {**guide.facts, ASKING: Fact(what)}
            await self._save(tx, replace(guide, facts=facts, failure=None), asking=True)
            due = self._clock.now() + UNANSWERED
            await work.enqueue(tx, guide.team_id, "asked", store.subject(guide.id), due, work.WHENEVER)

    async def unanswered(self, row: Work) -> Outcome:
        """Work: the process that asked is gone, and with it what the person gave: the step is as it was before."""
        guide = await self.find(row.team_id, int(row.subject.partition(":")[2]))
        return Done(later(self._look, guide)) if ASKING in guide.facts else Done()

    async def settle(self, who: Person, guide_id: int, step_id: str, result: Result) -> None:
        """What a check of this step said. Raises NotFound, NotYours, WrongState."""
        async with self._db.write() as tx:
            guide = await self._own(tx, who, guide_id)
            rules.check_open(self.route(guide), guide, who.user_id, step_id)
            await self._walk(tx, self._settled(guide, result))
            if UID in result.facts:
                await people.prove(tx, who.team_id, who.user_id, result.facts[UID].value)
                await store.touch(tx, who.team_id, who.user_id, self._clock.now())

    async def show(self, who: Person, guide_id: int) -> None:
        """Back from a failed check to its step. Raises NotFound, NotYours."""
        async with self._db.write() as tx:
            await self._walk(tx, self._settled(await self._own(tx, who, guide_id), Shown()))

    async def back(self, who: Person, guide_id: int) -> None:
        """The step before is open again. Raises NotFound, NotYours."""
        async with self._db.write() as tx:
            guide = await self._own(tx, who, guide_id)
            await self._save(tx, rules.back(self.route(guide), guide))

    async def restart(self, who: Person, guide_id: int) -> None:
        """From the beginning. Raises NotFound, NotYours."""
        async with self._db.write() as tx:
            guide = await self._own(tx, who, guide_id)
            await audit.note(
                tx, who.team_id, self._clock.now(), who.user_id, "guide.restart", store.subject(guide.id)
            )
            await self._walk(tx, rules.restart(self.route(guide), guide))

    async def record(self, who: Person, guide_id: int, step_id: str, record: Record) -> None:
        """Watch the token from now on; the step is done in the same transaction.

        Raises NotFound, NotYours, WrongState.
        """
        guide = await self.is_open(who, guide_id, step_id)
        tried = guide.facts.get("account", Fact()).evidence

        async def pass_on(tx: Tx, credential_id: int) -> None:
            await self._walk(tx, self._settled(guide, Passed(tried, ticks.recorded(record, credential_id))))

        old = await self.replaced(guide)
        await self._credentials.record(who, record, old.id if old else None, pass_on)

    async def replaced(self, guide: Guide) -> Credential | None:
        """The token whose place a new one takes."""
        async with self._db.read() as conn:
            return await ticks.successor(conn, guide)

    async def agent(self, who: Person, guide_id: int, step_id: str, address: Address) -> None:
        """The agent's page was pasted. On the channel's route it must lie in ShargeAI, and is looked up there.

        Raises NotFound, NotYours, WrongState.
        """
        facts = {
            "agent_id": Fact(address.agent_id),
            "space": Fact(address.workspace_id),
            "space_name": Fact(),
            "agent": Fact(address.name),
        }
        async with self._db.write() as tx:
            guide = await self._own(tx, who, guide_id)
            rules.check_open(self.route(guide), guide, who.user_id, step_id)
            guide = replace(guide, facts={**guide.facts, **facts})
            if self.needs_ours(guide) and self.workspace_id and address.workspace_id != self.workspace_id:
                values = {"space": address.workspace_id}
                failure = Failure(step_id, WRONG_SPACE, self._clock.now(), values)
                await self._walk(tx, self._settled(guide, Failed(failure)))
            elif self._looks(guide):
                await self._walk(tx, self._settled(guide, Shown()))
                await self._soon(tx, guide)
            else:
                await self._walk(tx, self._settled(guide, Passed(Evidence.CONFIRMED)))

    async def made(self, who: Person, guide_id: int, step_id: str, address: Address) -> None:
        """The bot made the agent for the person. Raises NotFound, NotYours, WrongState."""
        verified = Evidence.VERIFIED
        facts = {
            "agent_id": Fact(address.agent_id, verified),
            "space": Fact(address.workspace_id, verified),
            "space_name": Fact(address.workspace, verified),
            "agent": Fact(address.name, verified),
        }
        async with self._db.write() as tx:
            now, subject = self._clock.now(), f"agent:{address.agent_id}"
            await audit.note(tx, who.team_id, now, who.user_id, "agent.create", subject)
            guide = await self._own(tx, who, guide_id)
            rules.check_open(self.route(guide), guide, who.user_id, step_id)
            await self._walk(tx, self._settled(guide, Passed(verified, facts)))

    async def follow(self, row: Work) -> Outcome:
        """Work: tick what can be looked up without anybody's secret, and redraw the card."""
        guide = await self.find(row.team_id, int(row.subject.partition(":")[2]))
        if guide.state is not rules.State.OPEN or guide.route not in self._routes:
            return Done()
        route = self.route(guide)
        step = rules.standing(route, guide)
        if guide.failure is None and self._operator:
            if step.check is Check.MEMBER:
                return await self._membership(guide, self._operator)
            given = {Check.AGENT: "agent_id", Check.PUBLISHED: CLAIMED}.get(step.check)
            if self._looks(guide) and given and guide.value(given):
                result = await look.agent(self._operator, guide, route, self._clock.now())
                return Done(later(self._move, guide, result))
        return Done(later(self._look, guide))

    async def _membership(self, guide: Guide, operator: Operator) -> Outcome:
        """Whether the team has the account that is surely the person's."""
        async with self._db.read() as conn:
            person = await people.load(conn, guide.team_id, guide.user_id)
        if person and person.coze_uid:
            route, now = self.route(guide), self._clock.now()
            if result := await look.member(operator, guide, route, person.coze_uid, now):
                return Done(later(self._move, guide, result))
        return Done(later(self._look, guide))

    async def _move(self, tx: Tx, guide: Guide, result: Result) -> None:
        await self._walk(tx, self._settled(guide, result))

    async def _look(self, tx: Tx, guide: Guide) -> None:
        await self._walk(tx, guide, ring=True)

    def _settled(self, guide: Guide, result: Result) -> Guide:
        return rules.settle(self.route(guide), guide, result)

    async def _walk(self, tx: Tx, guide: Guide, *, ring: bool = False) -> Guide:
        """Tick whatever our own rows know already, then save and draw.

        With `ring` a step that ticked by itself brings the card to the end of the DM: it is the person's turn again.
        """
        route, before = self.route(guide), guide.step
        request = await requests.latest(tx.conn, guide.team_id, guide.user_id)
        publication = await ticks.publication_of(tx.conn, guide)
        token = await ticks.successor(tx.conn, guide)
        while result := ticks.known(route, guide, request, publication, self._clock.now(), token):
            guide = self._settled(guide, result)
        if ring and guide.step != before:
            guide = replace(guide, facts={**guide.facts, BURIED: Fact()})
        return await self._save(tx, ticks.returned(route, guide, request))

    def _looks(self, guide: Guide) -> bool:
        """Whether the operator's credential reaches the agent."""
        return self._operator is not None and guide.value("space") == self.workspace_id

    async def _own(self, tx: Tx, who: Person, guide_id: int) -> Guide:
        guide = await store.load(tx.conn, who.team_id, guide_id)
        rules.check_owner(guide, who.user_id)
        return guide

    async def _save(self, tx: Tx, guide: Guide, *, asking: bool = False) -> Guide:
        now, buried = self._clock.now(), BURIED in guide.facts
        passing = {BURIED} if asking else {BURIED, ASKING}
        facts = {name: fact for name, fact in guide.facts.items() if name not in passing}
        guide = replace(guide, facts=facts, copies=guide.copies + buried)
        saved = await store.save(tx, guide, now)
        if saved is None:
            raise WrongState(guide.state)
        if buried:
            await message.redraw(tx, guide.team_id, store.subject(guide.id), now)
        await message.show(tx, guide.team_id, store.subject(guide.id), guide.user_id, store.slot(guide), now)
        return saved

    async def _soon(self, tx: Tx, guide: Guide) -> None:
        now = self._clock.now()
        await work.enqueue(tx, guide.team_id, "guide", store.subject(guide.id), now, work.SOMEBODY_WAITS)
