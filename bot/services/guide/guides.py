"""Guide: lead a person along a route. What can be looked up ticks by itself; the rest counts as confirmed."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core import guide as rules
from bot.core.errors import BotError, NotFound, NotYours, Overtaken, WrongState
from bot.core.guide import Guide, GuideState, Learned, LearnedFacts, Result, Route, Shown
from bot.core.people import Person
from bot.core.publish import PublicationState
from bot.store import audit, job, message
from bot.store import credential as credentials
from bot.store import guide as store
from bot.store import publish as publications
from bot.store.database import Database, Reading, Tx

from . import carrying, rows
from .carrying import BURIED, CARRIES, buried
from .check import ASKING, Answer, Asking, Check, CheckTools, Looking, StepContext, Told, told_of
from .checks.channel import Channel
from .once_more import once_more
from .team import rewind_if_closed


class Progress:
    """What every verb of the guide is made of. `routes` and `checks` are all there are."""

    def __init__(self, res: CheckTools, routes: Mapping[str, Route], checks: Mapping[str, type[Check]]) -> None:
        self.res, self.routes = res, routes
        self.checks = {name: check(res) for name, check in checks.items()}

    def route(self, guide: Guide) -> Route:
        """The way that a guide goes. Raises NotFound where an operator has taken it out."""
        if guide.route not in self.routes:
            raise NotFound
        return self.routes[guide.route]

    def check(self, guide: Guide) -> Check:
        """That of the open step."""
        return self.checks[rules.current_step(self.route(guide), guide).check]

    async def context(self, conn: Reading, guide: Guide, who: Person | None = None) -> StepContext:
        """The guide at its open step, as our rows are now."""
        found = await rows.load(conn, guide)
        return StepContext(guide, self.route(guide), found, self.checks, self.res.clock.now(), who)

    async def own(self, conn: Reading, who: Person | Guide, guide_id: int, step_id: str = "") -> Guide:
        """The person's guide, or the same guide as it is now; at that step, where one is named.

        Raises NotFound, NotYours, WrongState.
        """
        guide = await store.load(conn, who.team_id, guide_id)
        rules.check_owner(guide, who.user_id)
        if step_id:
            rules.check_open(self.route(guide), guide, who.user_id, step_id)
        return guide

    async def apply(self, tx: Tx, guide: Guide, answer: Answer) -> object:
        """What a check answered; what the open form may show of it."""
        if isinstance(answer, Told):
            return told_of(answer)
        learned = await answer.effect(tx) if answer.effect else {}
        guide = replace(guide, facts={**guide.facts, **learned})
        if isinstance(answer, Looking):
            await self.asking(tx, guide)
            await self.look_soon(tx, guide)
            return None
        await self.settle(tx, guide, answer.result)
        if answer.look:
            await self.look_soon(tx, guide)
        return told_of(answer)

    async def settle(self, tx: Tx, guide: Guide, result: Result) -> None:
        """What the open step answered."""
        await self.advance(tx, rules.settle(self.route(guide), guide, result))

    async def advance(self, tx: Tx, guide: Guide, *, ring: bool = False) -> Guide:
        """Tick whatever our own rows know already, then save and draw.

        With `ring` a step that ticked by itself brings the card to the end of the DM, if it is the person's turn.
        """
        before, at = guide.step, await self.context(tx.conn, guide)
        while result := self._known(at):
            at = at.at(rules.settle(at.route, at.guide, result))
        guide = rewind_if_closed(at)
        carries = self.check(at.guide).carried(at.route, at.guide)
        theirs = at.guide.step != before and not carrying.waits(carries, at.rows.request, at.rows.publication)
        return await self.save(tx, buried(guide) if ring and theirs else guide)

    def _known(self, at: StepContext) -> Result | None:
        """What happened outside of the guide comes first: it may lie ahead of the open step."""
        for step in at.route.steps[at.route.steps.index(at.step) :]:
            if result := self.checks[step.check].overtaken(at, step):
                return result
        return self.checks[at.step.check].known(at)

    async def asking(self, tx: Tx, guide: Guide, several: str = "") -> None:
        """Coze is asked from now on, and the card says so."""
        facts = {**guide.facts, ASKING: Learned(several)}
        await self.save(tx, replace(guide, facts=facts, failure=None), asking=True)

    async def save(self, tx: Tx, guide: Guide, *, asking: bool = False) -> Guide:
        """Keep the guide and draw its card. Raises Overtaken where somebody was faster."""
        now, is_buried = self.res.clock.now(), BURIED in guide.facts
        passing = {BURIED, CARRIES} if asking else {BURIED, ASKING, CARRIES}
        facts = {name: fact for name, fact in guide.facts.items() if name not in passing}
        carries = self._carries(guide) if guide.state is GuideState.OPEN else ""
        facts |= {CARRIES: Learned(carries)} if carries else {}
        saved = await store.save(tx, replace(guide, facts=facts), now)
        if saved is None:
            raise Overtaken(guide.state)
        bring = message.move if is_buried else message.show
        await bring(tx, guide.team_id, store.subject(guide.id), guide.user_id, message.CARD, now)
        if saved.state is GuideState.DONE and (token := guide.value("credential")):
            await self.res.credentials.show_outgrown(tx, guide.team_id, int(token))
        if carries != guide.value(CARRIES):
            await carrying.hand_over(tx, saved, now)
        return saved

    def _carries(self, guide: Guide) -> str:
        """What its card shows in the step's place, or that it leads where others of its steps carry something."""
        route = self.route(guide)
        leads = carrying.LEADS if any(self.checks[step.check].carries for step in route.steps) else ""
        return self.check(guide).carried(route, guide) or leads

    async def look_soon(self, tx: Tx, guide: Guide) -> None:
        """The bot looks up by itself what the open step waits for; somebody waits for it."""
        now = self.res.clock.now()
        await job.enqueue(tx, guide.team_id, "guide", store.subject(guide.id), now, job.SOMEBODY_WAITS)


log = logging.getLogger(__name__)

UNANSWERED = timedelta(minutes=2)
"""By then every call with what a person gave has answered or timed out."""


class Busy(BotError):
    """The open guide on this route is about another agent."""

    def __init__(self, guide: Guide) -> None:
        super().__init__(guide.id)
        self.guide = guide


@dataclass(frozen=True)
class Taken:
    """What a form brought was taken. `told` is what the next form shows of it.

    `then`, if given, asks Coze after the ack, moves the guide, and answers what a form may show of that.
    """

    told: object = None
    then: Callable[[], Awaitable[object]] | None = None


class Guides:
    """The verbs of the guide."""

    def __init__(self, db: Database, progress: Progress) -> None:
        self._db, self._progress = db, progress
        self._clock = progress.res.clock

    def route(self, guide: Guide) -> Route:
        """The way that a guide goes. Raises NotFound where an operator has taken it out."""
        return self._progress.route(guide)

    def route_for(self, purpose: str) -> Route:
        """The route that serves this purpose. Raises NotFound."""
        found = next((each for each in self._progress.routes.values() if each.purpose == purpose), None)
        if found is None:
            raise NotFound
        return found

    async def opened(self, who: Person) -> list[Guide]:
        """The person's open guides, the last one walked first."""
        async with self._db.read() as conn:
            found = await store.opened(conn, who.team_id, who.user_id)
        return [guide for guide in found if guide.route in self._progress.routes]

    async def load(self, who: Person, guide_id: int) -> Guide:
        """The person's own guide. Raises NotFound, NotYours."""
        async with self._db.read() as conn:
            return await self._progress.own(conn, who, guide_id)

    async def at(self, who: Person, guide_id: int, step_id: str) -> StepContext:
        """The person's guide, if it is at that step. Raises NotFound, NotYours, WrongState."""
        async with self._db.read() as conn:
            guide = await self._progress.own(conn, who, guide_id, step_id)
            return await self._progress.context(conn, guide, who)

    @once_more
    async def start(self, who: Person, route_key: str, facts: LearnedFacts | None = None) -> Guide:
        """A new guide, or the one that is open on this route, its card at the end of the DM.

        Raises NotFound, NotYours (the token that it replaces is somebody else's).
        """
        route = self._progress.routes.get(route_key)
        if route is None:
            raise NotFound
        async with self._db.write() as tx:
            if replaced := int((facts or {}).get("replaces", Learned()).value or 0):
                await credentials.load_own(tx.conn, who.team_id, who.user_id, replaced)
            guide, is_new = await self._begun(tx, who, route)
            guide = replace(guide, facts={**guide.facts, **(facts or {})})
            if not is_new:
                return await self._progress.advance(tx, buried(guide))
            guide = await self._progress.advance(tx, guide)
            if self._progress.check(guide).can_look(await self._progress.context(tx.conn, guide, who)):
                await self._progress.look_soon(tx, guide)
        return guide

    async def add(self, who: Person, publication_id: int) -> None:
        """The team's guide at what comes after the channel, for an agent that is online: adding it in the glasses.

        Raises NotFound, NotYours, WrongState, Busy (with another agent).
        """
        route, progress = self.route_for("team"), self._progress
        async with self._db.write() as tx:
            publication = await publications.load(tx.conn, who.team_id, publication_id)
            if publication.user_id != who.user_id:
                raise NotYours
            if publication.state is not PublicationState.ONLINE:
                raise WrongState(publication.state)
            guide, is_new = await self._begun(tx, who, route)
            if guide.value("agent_id") not in ("", publication.agent_id):
                raise Busy(guide)
            at = await progress.context(tx.conn, guide, who)
            for step in route.steps:
                check = progress.checks[step.check]
                if isinstance(check, Channel):
                    guide = check.skip(at, step, publication)
                    await progress.advance(tx, guide if is_new else buried(guide))
                    return
            raise NotFound

    async def _begun(self, tx: Tx, who: Person, route: Route) -> tuple[Guide, bool]:
        """The open guide on this route, and whether it is a new one."""
        now = self._clock.now()
        guide_id = await store.add(tx, who.team_id, who.user_id, route.key, route.steps[0].id, now)
        if guide_id is None:
            found = await store.opened(tx.conn, who.team_id, who.user_id)
            return next(guide for guide in found if guide.route == route.key), False
        await audit.note(tx, who.team_id, now, who.user_id, "guide.start", store.subject(guide_id), route=route.key)
        await message.remove(tx, who.team_id, message.hello(who.user_id), now)
        return await carrying.begun(tx.conn, await store.load(tx.conn, who.team_id, guide_id)), True

    @once_more
    async def resume(self, who: Person, guide_id: int) -> Guide:
        """Its card comes to the end of the DM. Raises NotFound, NotYours."""
        async with self._db.write() as tx:
            return await self._progress.advance(tx, buried(await self._progress.own(tx.conn, who, guide_id)))

    @once_more
    async def bury(self, who: Person, guide_id: int) -> Guide:
        """Something long was said below the card: with its next change it comes to the end of the DM.

        Raises NotFound, NotYours.
        """
        async with self._db.write() as tx:
            guide = await self._progress.own(tx.conn, who, guide_id)
            if await store.save(tx, buried(guide), self._clock.now()) is None:
                raise Overtaken(guide.state)
        return guide

    @once_more
    async def press(self, who: Person, guide_id: int, step_id: str, verb: str) -> None:
        """A button of the step acts. Raises NotFound, NotYours, WrongState."""
        async with self._db.write() as tx:
            guide = await self._progress.own(tx.conn, who, guide_id, step_id)
            at = await self._progress.context(tx.conn, guide, who)
            answer = at.checks[self.answers(at, verb)].press(verb, at)
            await self._progress.apply(tx, guide, answer)

    async def proven(self, tx: Tx, who: Person, value: str) -> None:
        """The person has just shown which account is theirs: what failed for want of it is looked up anew.

        `value` names guide and step, `17:c1`; a guide that has moved on looks by itself.
        """
        guide_id, step_id = rules.pressed(value)
        try:
            guide = await self._progress.own(tx.conn, who, guide_id, step_id)
        except BotError as error:
            log.info("the guide has moved on: %s", type(error).__name__)
            return
        await self._progress.asking(tx, guide)
        await self._progress.look_soon(tx, guide)

    def answers(self, at: StepContext, named: str) -> str:
        """The check that answers this button or form: the open step's, else one of the route's that does it anywhere.

        Raises WrongState.
        """
        if named in at.checks[at.step.check].names:
            return at.step.check
        steps = () if at.step.closes else at.route.steps
        others = (step.check for step in steps if named in at.checks[step.check].anywhere)
        found = next(others, None)
        if found is None:
            raise at.closed()
        return found

    async def prepare(self, at: StepContext, verb: str) -> object:
        """What the form that a button opens has to know. Raises WrongState."""
        return await at.checks[self.answers(at, verb)].prepare(verb, at)

    async def enter(self, at: StepContext, form: str, given: object) -> Taken:
        """What a form of the step brought. Raises InvalidFields, NotFound, NotYours, WrongState."""
        answer = await at.checks[self.answers(at, form)].enter(form, at, given)
        if isinstance(answer, Asking):
            if not answer.quiet:
                await self._asking(at, answer)
            return Taken(then=lambda: self._asked(at, answer))
        if isinstance(answer, Told):
            return Taken(answer.found)
        return Taken(await self._applied(at, answer))

    @once_more
    async def _applied(self, at: StepContext, answer: Answer) -> object:
        async with self._db.write() as tx:
            guide = await self._progress.own(tx.conn, at.guide, at.guide.id, at.step.id)
            return await self._progress.apply(tx, guide, answer)

    @once_more
    async def _asking(self, at: StepContext, answer: Asking) -> None:
        """The card says that Coze is asked; should the process end meanwhile, no longer than that takes."""
        async with self._db.write() as tx:
            guide = await self._progress.own(tx.conn, at.guide, at.guide.id, at.step.id)
            await self._progress.asking(tx, guide, at.step.check if answer.several else "")
            due = self._clock.now() + UNANSWERED
            await job.enqueue(tx, guide.team_id, "asked", store.subject(guide.id), due, job.WHENEVER)

    async def _asked(self, at: StepContext, answer: Asking) -> object:
        """The person may have gone back or on meanwhile: then what came of it counts no more."""
        found = await answer.ask()
        try:
            return await self._applied(at, found)
        except BotError as error:
            log.info("the guide has moved on: %s", type(error).__name__)
        return told_of(found)

    @once_more
    async def show(self, who: Person, guide_id: int) -> None:
        """Back from a failed check to its step. Raises NotFound, NotYours."""
        async with self._db.write() as tx:
            await self._progress.settle(tx, await self._progress.own(tx.conn, who, guide_id), Shown())

    @once_more
    async def back(self, who: Person, guide_id: int) -> None:
        """The step before is open again. Raises NotFound, NotYours."""
        async with self._db.write() as tx:
            guide = await self._progress.own(tx.conn, who, guide_id)
            await self._progress.save(tx, rules.back(self.route(guide), guide))

    @once_more
    async def restart(self, who: Person, guide_id: int) -> None:
        """From the beginning. Raises NotFound, NotYours."""
        async with self._db.write() as tx:
            guide, now = await self._progress.own(tx.conn, who, guide_id), self._clock.now()
            await audit.note(tx, who.team_id, now, who.user_id, "guide.restart", store.subject(guide.id))
            guide = await carrying.begun(tx.conn, rules.restart(self.route(guide), guide))
            await self._progress.advance(tx, guide)
