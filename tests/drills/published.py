"""The bot is killed about what it does on Coze's channel: nothing is published, decided or taken off twice or lost.

`python -m tests.drills.published --kills N --seed S` runs it by hand. In turn a person publishes, takes off what is
online, and an admin decides on the review desk. The bot dies at a call of the job that follows: when it sets off and
has not come to Coze, when Coze has done it and not answered, right after the answer; or at any moment after a press.
"""

import asyncio
import random
import re
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.clock import utc_now
from bot.core.publish import Publication, PublicationState
from bot.playground.world.coze import Bot as Agent
from bot.store import publish as store
from bot.store.database import Database
from bot.store.message import CARD
from bot.store.review_tables import review
from bot.store.tables import bucket, job, message, publication
from tests.databases import fresh
from tests.drills.copies import world
from tests.drills.forked_bot import ForkedBot
from tests.drills.kill import Tally, leases_end
from tests.drills.killing import by_hand
from tests.processes import Bot, Json, free_port
from tests.serving import serving
from tests.stories.story import Story

TITLE = "博物馆讲解员"
WINDOW = 0.6  # seconds after the press in which the bot dies, where it dies at no call
AFTER = 0.03  # seconds after an answer
PRESSES = 5  # of somebody who is told that the app did not answer
SLOW = 10.0  # seconds after which they press again
PATIENCE = 120.0  # seconds in which all has to come to its end
VERSIONS = r"GET /v1/bots/\d+/versions"
PUBLISH, UNPUBLISH = "POST /v1/bot/publish", r"POST /v1/bots/\d+/unpublish"
VERDICT = r"PUT /v1/connectors/\d+/bots/\d+"
SETTLED = {PublicationState.REVIEWING, PublicationState.UNKNOWN, PublicationState.FAILED}
CARDS = {
    PublicationState.REVIEWING: f"「{TITLE}」审核中",
    PublicationState.UNKNOWN: f"看一眼：「{TITLE}」上线了吗",
    PublicationState.ONLINE: f"「{TITLE}」 · 已上线",
    PublicationState.REJECTED: f"改好「{TITLE}」，再发布一次",
    PublicationState.UNPUBLISHED: "已从「闪极智能体」下架",
}
"""What stands on the author's card."""
NONE = Publication(0, "", "", "", "", "", "", PublicationState.DRAFT, utc_now())


@dataclass
class Gate:
    """In front of a Coze: passes calls on. At one somebody is killed: before it comes to Coze ("sent"), before
    the answer leaves ("done") or so many seconds after it ("answered"). `effects` counts the calls that changed what
    `stands` tells.
    """

    app: ASGIApp
    stands: Callable[[], object] = lambda: None
    kill: Callable[[], Awaitable[None]] | None = None
    calls: str = ""
    when: str = ""
    later: float = 0.0
    struck: asyncio.Event = field(default_factory=asyncio.Event)
    effects: int = 0

    def arm(self, calls: str, when: str, later: float, kill: Callable[[], Awaitable[None]]) -> None:
        """For the next of these calls, a pattern of verb and path."""
        self.calls, self.when, self.later, self.kill = calls, when, later, kill
        self.struck.clear()

    def disarm(self) -> None:
        """Nobody is killed any more."""
        self.kill = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call."""
        kill = self.kill if re.fullmatch(self.calls, f"{scope.get('method')} {scope.get('path')}") else None
        if kill:
            self.kill = None
            if self.when == "sent":
                await kill()
                self.struck.set()
                return
        before = self.stands()
        await self.app(scope, receive, _nowhere if kill and self.when == "done" else send)
        self.effects += scope.get("method") != "GET" and self.stands() != before
        if kill:
            await asyncio.sleep(self.later if self.when == "answered" else 0)
            await kill()
            self.struck.set()


async def _nowhere(_message: Message) -> None:
    """An answer that nobody hears."""


@dataclass
class Drill:
    """One world, one agent, and so many kills about it."""

    story: Story
    bot: Bot
    db: Database
    gate: Gate
    dice: random.Random
    tally: Tally
    wanted: int
    name: str = ""

    @property
    def agent(self) -> Agent:
        """Mei's."""
        return self.story.world.coze.state.find_bot(TITLE)

    @property
    def on_channel(self) -> str:
        """Where it stands there."""
        found = self.agent.publications.get(str(self.story.coze["connector_id"]))
        return found.state if found else ""

    async def run(self) -> None:
        """From one kill to the next."""
        for _ in range(PRESSES):  # a machine that is too busy does not come to the scenario's end in time
            if (await self.story.tries("reset", seed="agent-ready"))["ok"]:
                break
        self.gate.stands = lambda: (len(self.agent.versions), self.on_channel)
        try:
            while self.tally.kills < self.wanted:
                await self.rests()
                await self.publishes()
                if (await self.newest()).state is PublicationState.REVIEWING and self.tally.kills < self.wanted:
                    await self.takes_off()
                if self.tally.kills < self.wanted:
                    await self.decides()
        except (AssertionError, TimeoutError) as stuck:
            self.tally.lost.append(f"{self.name}: nothing goes on: {stuck!r}")

    # The three deeds

    async def publishes(self) -> None:
        """Mei publishes while nobody hears Coze's callbacks; what she reads is what is so."""
        await self.has_desk(on=False)
        before, made = (await self.newest()).id, len(self.agent.versions)
        await self.opens()

        async def is_taken() -> bool:
            return (await self.newest()).id > before

        moments = [(VERSIONS, "sent"), (VERSIONS, "answered")]
        moments += [(PUBLISH, when) for when in ("sent", "done", "answered")] * 2
        await self.dies("publish", moments, lambda: self.sends(is_taken), is_taken)
        await self.until(lambda: self.stands_in(SETTLED), "an end")
        ended, new = await self.newest(), len(self.agent.versions) - made
        self.count("publications on Coze beyond one", max(new - 1, 0), 0)
        wanted = PublicationState.REVIEWING if new else PublicationState.UNKNOWN
        self.count(f"{ended.state.value} instead of {wanted.value}", int(ended.state is wanted), 1)
        if new:
            self.count("told by its own version", int(ended.version == self.agent.versions[-1].version), 1)
        await self.look(ended, f"publish: Coze has {'it' if new else 'nothing'}, said {ended.state.value}")

    async def takes_off(self) -> None:
        """It passes, and mei takes it off; Coze may tell that too."""
        await self.story.on_coze("review", bot_id=self.agent.id, verdict="passed")
        await self.until(lambda: self.stands_in({PublicationState.ONLINE}), "online")
        await self.reads(await self.newest())
        await self.has_desk(on=self.dice.random() < 0.5)
        await self.story.presses_soon("mei", "下架…")
        await self.story.sees_form("mei", f"下架「{TITLE}」")

        async def is_taken() -> bool:
            return (await self.newest()).off_at is not None

        moments = [(UNPUBLISH, when) for when in ("sent", "done", "answered")]
        self.gate.effects = 0
        await self.dies("take off", moments, lambda: self.sends(is_taken, 为什么下架="展览结束了"), is_taken)
        await self.until(lambda: self.stands_in({PublicationState.UNPUBLISHED}), "off the channel")
        self.count("times taken off", self.gate.effects, 1)
        self.count("off on Coze", int(self.on_channel == "offline"), 1)
        await self.look(await self.newest(), "take off: taken off once")

    async def decides(self) -> None:
        """Mei publishes to a desk that is there, and an admin decides."""
        await self.has_desk(on=True)
        before = (await self.newest()).id
        await self.opens()
        await self.until(lambda: self.is_sent(before), "publication")
        passes = self.dice.random() < 0.5

        async def is_there() -> bool:
            seen = (await self.story.screen("lin"))["channels"]["admins"]
            newest = await self._scalar(select(func.max(review.c.id)))
            return await self.waits_at_desk() and await self._cards(f"review:{newest}", "等审核", seen) == 1

        await self.until(is_there, "card at the desk")
        if not passes:
            await self.story.presses_soon("lin", "驳回", channel="admins")
            await self.story.sees_form("lin", "哪里要改")

        async def is_taken() -> bool:
            return not await self.waits_at_desk()

        async def presses() -> None:
            if passes and not await is_taken():
                await self.story.tries("click", who="lin", label="通过", channel="admins", confirm=True)
            elif not await is_taken():
                await self.story.tries("submit", who="lin", fields={"review.reason": "开场白太长"})

        moments = [(VERDICT, when) for when in ("sent", "done", "answered")]
        self.gate.effects = 0
        await self.dies("verdict", moments, presses, is_taken)
        end = PublicationState.ONLINE if passes else PublicationState.REJECTED
        await self.until(lambda: self.stands_in({end}), end.value)
        self.count("verdicts that counted", self.gate.effects, 1)
        self.count(f"{end.value} on Coze", int(self.on_channel == end.value), 1)
        await self.until(self.told, "verdict told")
        await self.look(await self.newest(), f"verdict: {end.value}")

    # How it dies, and what is looked at

    async def dies(
        self,
        deed: str,
        moments: list[tuple[str, str]],
        presses: Callable[[], Awaitable[None]],
        is_taken: Callable[[], Awaitable[bool]],
    ) -> None:
        """A press, and the bot dies at one of these calls, or at any moment; then it is there again, and whoever was
        told that it failed presses again.
        """
        calls, when = self.dice.choice([*moments, ("", "pressed")])
        later = self.dice.uniform(0, AFTER if calls else WINDOW)
        self.name = f"kill {self.tally.kills + 1}, {deed}, {when} {calls.partition(' ')[2]} {later:.3f}"
        if calls:
            self.gate.arm(calls, when, later, self.bot.kill)
        pressing = asyncio.ensure_future(presses())
        if calls:
            await self.strikes(presses)
        else:
            await asyncio.sleep(later)
            await self.bot.kill()
        self.tally.kills += 1
        await pressing
        await leases_end(self.db)
        await self.bot.start()
        for _ in range(PRESSES):
            if await is_taken():
                break
            await presses()
        self.count("presses taken", int(await is_taken()), 1)

    async def strikes(self, presses: Callable[[], Awaitable[None]]) -> None:
        """Waits for the kill; a press that was not answered in time is pressed again. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            while not self.gate.struck.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.gate.struck.wait(), SLOW)
                    return
                await presses()

    async def rests(self) -> None:
        """What minutes without a press would do: nobody is held to a pace."""
        async with self.db.write() as tx:
            await tx.conn.execute(delete(bucket))

    async def opens(self) -> None:
        """Mei is asked whether to publish; she asks again where the app was too slow."""
        for _ in range(PRESSES):
            await self.story.tries("command", who="mei", text=f"/sharge publish {TITLE}")
            deadline = utc_now().timestamp() + SLOW
            while utc_now().timestamp() < deadline:
                form = (await self.story.screen("mei"))["modal"]
                if form and "确认发布" in form["plain"]:
                    return
                await asyncio.sleep(0.05)
        self.count("forms", 0, 1)

    async def sends(self, is_taken: Callable[[], Awaitable[bool]], **fields: str) -> None:
        """Mei sends the open form, unless that is done."""
        if not await is_taken():
            await self.story.tries("submit", who="mei", fields=fields)

    async def is_sent(self, before: int) -> bool:
        """Whether mei's form was taken; she sends it again where not."""
        await self.story.tries("submit", who="mei", fields={})
        return (await self.newest()).id > before

    async def has_desk(self, *, on: bool) -> None:
        """Whether Coze tells the bot what is published."""
        await self.story.on_coze("channel", callback_url=on or None)

    async def newest(self) -> Publication:
        """Mei's last attempt that was confirmed; one with the id 0 before the first."""
        found = select(publication).where(publication.c.state != PublicationState.DRAFT)
        async with self.db.read() as conn:
            row = (await conn.execute(found.order_by(publication.c.id.desc()).limit(1))).one_or_none()
        return Publication(**row._mapping) if row else NONE

    async def stands_in(self, states: set[PublicationState]) -> bool:
        """Whether it is there, and nobody works on it just now."""
        return (await self.newest()).state in states

    async def waits_at_desk(self) -> bool:
        """Whether a review waits for a verdict."""
        return bool(await self._scalar(select(func.count()).where(review.c.state.in_(["waiting", "asked"]))))

    async def told(self) -> bool:
        """Whether Coze has taken the newest review's verdict."""
        newest = select(func.max(review.c.id)).scalar_subquery()
        return bool(await self._scalar(select(review.c.told_at).where(review.c.id == newest)))

    async def _scalar(self, statement: Any) -> Any:
        async with self.db.read() as conn:
            return await conn.scalar(statement)

    async def until(self, there: Callable[[], Awaitable[bool]], what: str) -> None:
        """As time goes on."""
        deadline = utc_now().timestamp() + PATIENCE
        while not await there():
            if utc_now().timestamp() > deadline:
                self.tally.lost.append(f"{self.name}: no {what}; it is {(await self.newest()).state.value}")
                return
            await self.story.tries("clock", advance=20)
            await asyncio.sleep(0.05)

    async def look(self, ended: Publication, end: str) -> None:
        """No work has died, and mei reads on one card how it is."""
        self.count("dead work", int(await self._scalar(select(func.count()).where(job.c.state == "dead"))), 0)
        await self.reads(ended)
        self.tally.ends[end] += 1

    async def reads(self, ended: Publication) -> None:
        """Mei reads how it is, as time goes on."""
        words = CARDS.get(ended.state, "?")

        async def told() -> bool:
            seen = (await self.story.screen("mei"))["dm"]
            return await self._cards(store.subject(ended.id), words, seen) == 1

        await self.until(told, f"one card with {words}")

    async def _cards(self, subject: str, words: str, seen: list[Json]) -> int:
        """How many of these messages say so, and are known as cards of it."""
        known = select(message.c.ts).where(message.c.subject == subject, message.c.kind == CARD)
        async with self.db.read() as conn:
            stamps = set((await conn.execute(known)).scalars())
        return sum(each["ts"] in stamps and words in each["plain"] for each in seen)

    def count(self, what: str, found: int, wanted: int) -> None:
        """With the kill that it is about."""
        self.tally.count(f"{self.name}: {what}", found, wanted)


async def drill(kind: str, folder: Path, kills: int, seed: int) -> Tally:
    """So many kills in one world."""
    tally, dice, port = Tally(), random.Random(seed), free_port()  # noqa: S311 (a drill)
    with fresh(kind, folder) as url:
        async with world(kind, port) as story:
            gate = Gate(story.world.coze.app)
            story.world.coze.state.callback_url = f"http://127.0.0.1:{port}/coze/callback"
            async with serving(gate) as coze:
                env = {**story.world.env(), "DATABASE_URL": url, "COZE_BASE_URL": coze}
                bot, db = ForkedBot(folder, env, port), Database(url)
                try:
                    async with bot.running():
                        await Drill(story, bot, db, gate, dice, tally, kills).run()
                finally:
                    await db.close()
    return tally


if __name__ == "__main__":
    sys.exit(by_hand("published", __doc__, drill))
