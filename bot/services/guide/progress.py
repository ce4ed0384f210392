"""Progress: moves a guide in a transaction: what a check answered, what our rows tick by themselves, the card."""

from collections.abc import Mapping
from dataclasses import replace

from bot.core import guide as rules
from bot.core.errors import NotFound, WrongState
from bot.core.guide import Guide, Learned, Result, Route
from bot.core.people import Person
from bot.store import guide as store
from bot.store import job, message
from bot.store.database import Reading, Tx

from . import rows
from .check import ASKING, Answer, Check, CheckTools, Looking, StepContext, Told, told_of
from .team import rewind_if_closed

BURIED = "buried"
"""The fact that the card stands far up: it is posted anew when it changes."""


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

        With `ring` a step that ticked by itself brings the card to the end of the DM: it is the person's turn again.
        """
        before, at = guide.step, await self.context(tx.conn, guide)
        while result := self._known(at):
            at = at.at(rules.settle(at.route, at.guide, result))
        guide = rewind_if_closed(at.route, self.checks, at.guide, at.rows.request)
        return await self.save(tx, buried(guide) if ring and at.guide.step != before else guide)

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
        """Keep the guide and draw its card. Raises WrongState where somebody was faster."""
        now, is_buried = self.res.clock.now(), BURIED in guide.facts
        passing = {BURIED} if asking else {BURIED, ASKING}
        facts = {name: fact for name, fact in guide.facts.items() if name not in passing}
        guide = replace(guide, facts=facts, copies=guide.copies + is_buried)
        saved = await store.save(tx, guide, now)
        if saved is None:
            raise WrongState(guide.state)
        if is_buried:
            await message.redraw(tx, guide.team_id, store.subject(guide.id), now)
        await message.show(tx, guide.team_id, store.subject(guide.id), guide.user_id, store.card_kind(guide), now)
        return saved

    async def look_soon(self, tx: Tx, guide: Guide) -> None:
        """The bot looks up by itself what the open step waits for; somebody waits for it."""
        now = self.res.clock.now()
        await job.enqueue(tx, guide.team_id, "guide", store.subject(guide.id), now, job.SOMEBODY_WAITS)


def buried(guide: Guide) -> Guide:
    """Something long stands below its card: with its next change the card comes to the end of the DM."""
    return replace(guide, facts={**guide.facts, BURIED: Learned()})
