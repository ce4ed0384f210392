"""Two webs, three workers and a PostgreSQL of their own under mixed work, with faults and kills: nothing is lost.

`python -m tests.drills.soak --minutes M --seed S` runs it by hand; it needs `initdb`. People do eight things a second
(`soak_people`): some ask to join, are decided about, invited and let in, publish and are reviewed; some set up a
token with the guide, some record one whose reminders ring as days pass; admins change settings; everybody writes and
looks. Meanwhile Slack and Coze fail in all the ways that pass by themselves, one of the five processes after the
other is killed with SIGKILL, and PostgreSQL is restarted twice. When all has come to its end, `soak_truth` looks
whether each deed was done once, and each message tells what its row says.

Over HTTP, behind a balancer. The processes keep to none of Slack's limits for a workspace, which 100 newcomers an
hour would reach. Simulated time goes as real time does, and jumps to the next morning about `DAYS` times.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot.playground.server import Playground
from bot.store.database import Database
from bot.store.schema import migrate
from bot.store.tables import job, message
from tests.balancer import Balancer, balanced
from tests.cluster import Cluster, cluster
from tests.drills import soak_people, soak_truth
from tests.drills.forked_bot import ForkedBot
from tests.drills.kill import QUIET, Tally, leases_end
from tests.drills.rolling import world
from tests.processes import Json, free_port

WEBS, WORKERS = 2, 3
RATE = 8.0  # things that people do in a second
ZONE = ZoneInfo("Asia/Shanghai")
MORNING = clock(9, 31)
DAYS = 5
RESTARTS = (0.35, 0.7)  # when PostgreSQL is restarted, as shares of the time
AWAY = (0.5, 3.0)  # seconds for which it is away then
KILLS = (3.0, 9.0)  # seconds between two kills
DEAD = (0.0, 2.0)  # seconds until what was killed is started again
CALM, TROUBLE = (1.0, 5.0), (2.0, 6.0)  # seconds between two faults, and how long one lasts
PATIENCE = 300.0  # seconds of real time without any progress after which what is left counts as lost
LEAP = 20  # seconds of simulated time a second of that
HANG = 20.0  # seconds after which Slack does what it was asked, longer than the bot waits for it
FAULTS: tuple[Json, ...] = (
    {"target": "slack", "kind": "cut", "method": "chat.postMessage", "share": 0.3},
    {"target": "slack", "kind": "cut", "method": "chat.update", "share": 0.3},
    {"target": "slack", "kind": "cut", "method": "views.open", "share": 0.5},
    {"target": "slack", "kind": "server_error", "share": 0.5},
    {"target": "slack", "kind": "server_error"},
    {"target": "slack", "kind": "internal_error", "share": 0.5},
    {"target": "slack", "kind": "rate_limited", "times": 12, "delay": 1},
    {"target": "slack", "kind": "oddly_limited", "times": 3},
    {"target": "slack", "kind": "slow", "share": 0.5, "delay": 1},
    {"target": "slack", "kind": "slow", "share": 0.3, "delay": HANG},
    {"target": "coze", "kind": "cut", "share": 0.5},
    {"target": "coze", "kind": "cut", "method": "POST"},
    {"target": "coze", "kind": "server_error", "share": 0.5},
    {"target": "coze", "kind": "html_502"},
    {"target": "coze", "kind": "rate_limited", "delay": 1},
    {"target": "coze", "kind": "slow", "share": 0.5, "delay": 1},
    {"target": "coze", "kind": "slow", "share": 0.5, "delay": 8},
)
"""What passes by itself: cut off after the deed, 5xx, 429, slow, and what hangs until nobody waits any more."""


class Pace:
    """So many things a second, whoever wants to do one; where nobody does, `otherwise` is done."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.otherwise: Callable[[], Awaitable[None]] | None = None
        self._tasks: set[asyncio.Future[None]] = set()

    async def turn(self) -> None:
        """Wait for one's turn."""
        mine = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        await mine

    async def keep(self) -> None:
        """For ever."""
        next_at = time.monotonic()
        while True:
            if self._waiting:
                if not (first := self._waiting.popleft()).done():
                    first.set_result(None)
            elif self.otherwise:
                task = asyncio.ensure_future(self.otherwise())
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            next_at = max(next_at + 1 / RATE, time.monotonic() - 1)
            await asyncio.sleep(max(0.0, next_at - time.monotonic()))


@dataclass
class Soak:
    """Who runs, and what has happened so far."""

    playground: Playground
    db: Database
    server: Cluster
    balancer: Balancer
    webs: Sequence[ForkedBot]
    workers: Sequence[ForkedBot]
    dice: random.Random
    tally: Tally = field(default_factory=Tally)
    pace: Pace = field(default_factory=Pace)
    done: Counter[str] = field(default_factory=Counter)  # what people did, by kind
    answers: Counter[str] = field(default_factory=Counter)  # what came back
    faults: Counter[str] = field(default_factory=Counter)
    mornings: list[datetime] = field(default_factory=list)  # to which time has jumped
    restarts: int = 0
    held_until: float = 0.0  # by the clock of `time.monotonic`: then nothing hangs in Slack any more
    is_over: bool = False  # nothing fails any more
    starting: dict[ForkedBot, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    @property
    def bots(self) -> list[ForkedBot]:
        """All five."""
        return [*self.webs, *self.workers]

    async def kills(self) -> None:
        """One after the other, until it is over."""
        while not self.is_over:
            await asyncio.sleep(self.dice.uniform(*KILLS))
            bot = self.dice.choice(self.bots)
            await bot.kill()
            self.tally.kills += 1
            await asyncio.sleep(self.dice.uniform(*DEAD))
            await self.revived(bot)

    async def revived(self, bot: ForkedBot) -> None:
        """Started again, as hosts do, however often it gives up while Slack answers nothing."""
        async with self.starting[bot]:
            while not bot.lives:
                with suppress(AssertionError, TimeoutError):
                    await bot.start()

    async def fails(self) -> None:
        """Slack or Coze, in one way or another, until it is over."""
        while not self.is_over:
            await asyncio.sleep(self.dice.uniform(*CALM))
            fault = dict(self.dice.choice(FAULTS))
            target = str(fault.pop("target"))
            self.faults[f"{target} {fault['kind']}"] += 1
            self.playground.world.faults[target].set(**fault)
            await asyncio.sleep(self.dice.uniform(*TROUBLE))
            self.playground.world.clear_faults()
            if fault.get("delay") == HANG:
                self.held_until = time.monotonic() + HANG
            for each in self.workers:
                await self.revived(each)

    async def restarts_database(self, seconds: float) -> None:
        """At its times; meanwhile Coze asks nobody for a verdict, as whoever cannot answer fails the review."""
        began = time.monotonic()
        for share in RESTARTS:
            await asyncio.sleep(max(0.0, began + share * seconds - time.monotonic()))
            await soak_people.has_desk(self.playground, on=False)
            await self.server.stop()
            await asyncio.sleep(self.dice.uniform(*AWAY))
            await self.server.start()
            self.restarts += 1
            while not await soak_people.has_desk(self.playground, on=True):  # noqa: ASYNC110 (until a web answers)
                await asyncio.sleep(1)

    async def days_pass(self, seconds: float) -> None:
        """The next morning comes, and the next, each once the last one's reminders were posted: what was held by
        somebody who was killed may wait for a minute, and what is not posted by then is overtaken by the next one's.
        While Slack holds something time does not jump: it would pass for the bot alone.
        """
        last = time.monotonic()
        while not self.is_over:
            await asyncio.sleep(1)
            is_too_soon = time.monotonic() - last < seconds / (DAYS + 1) or self._holds()
            if is_too_soon or await self._left("remind") or await self._untold():
                continue
            now = self.playground.clock.now().astimezone(ZONE)
            self.playground.clock.move_to(datetime.combine(now.date() + timedelta(days=1), MORNING, ZONE))
            self.mornings.append(self.playground.clock.now())
            self.playground.workspace.changed()
            last = time.monotonic()

    async def _untold(self) -> bool:
        """Whether a reminder that has rung is not posted yet."""
        rung = select(message.c.id).where(message.c.kind.in_(soak_truth.KEYS), message.c.ts.is_(None))
        return await self._rows(rung.where(message.c.thread.is_(None))) != []

    def _holds(self) -> bool:
        """Whether Slack may hold something now."""
        hangs = any(each["delay"] == HANG for each in self.playground.world.faults["slack"].active)
        return hangs or time.monotonic() < self.held_until

    # The end

    async def settles(self, lives: "soak_people.Lives") -> None:
        """Nothing fails any more; all die once more, so that each lease may end, and go on. What somebody has begun
        comes to its end, and the work that is left is done."""
        self.playground.world.clear_faults()
        await asyncio.sleep(max(0.0, self.held_until - time.monotonic()))
        await asyncio.gather(*(bot.kill() for bot in self.bots))
        await leases_end(self.db)
        await asyncio.gather(*(self.revived(bot) for bot in self.bots))
        last, since = set[str](), time.monotonic()
        while left := {*lives.open, *await self._left()}:
            if left != last:
                last, since = left, time.monotonic()
            elif time.monotonic() - since > PATIENCE:
                self.tally.lost += [f"still open: {each}" for each in left]
                return
            self.playground.clock.advance(timedelta(seconds=LEAP))
            await asyncio.sleep(1)

    async def _left(self, *kinds: str) -> list[str]:
        """What is due, or was tried and waits; only of these kinds, if there are any."""
        rows = select(job.c.kind, job.c.subject, job.c.last_error).where(job.c.state.in_(("due", "leased")))
        rows = rows.where(job.c.kind.in_(kinds) if kinds else job.c.kind.not_in(QUIET))
        soon = self.playground.clock.now() + timedelta(seconds=0 if kinds else LEAP)
        found = await self._rows(rows.where((job.c.due_at <= soon) | job.c.last_error.is_not(None)))
        return ["the database"] if found is None else [f"{row.kind} {row.subject} {row.last_error}" for row in found]

    async def _rows(self, statement: Any) -> list[Any] | None:
        """What it finds; None while the database is away."""
        try:
            async with self.db.read() as conn:
                return list(await conn.execute(statement))
        except (SQLAlchemyError, OSError):
            return None


async def drill(folder: Path, minutes: float, seed: int) -> Soak:
    """So long; what came of it."""
    async with AsyncExitStack() as stack:
        ports = [free_port() for _ in range(WEBS)]
        balancer, port = await stack.enter_async_context(balanced(ports))
        playground, _ = await stack.enter_async_context(world("http", port))
        playground.director.journal.pause()
        server = await stack.enter_async_context(cluster())
        await asyncio.to_thread(migrate, server.url)
        db = Database(server.url)
        stack.push_async_callback(db.close)
        env = {**playground.env(), "DATABASE_URL": server.url, "LOG_LEVEL": "WARNING"}
        webs = [ForkedBot(folder, env, each, "web", hastes=True) for each in ports]
        workers = [ForkedBot(folder, env, part="worker", hastes=True) for _ in range(WORKERS)]
        dice = random.Random(seed)  # noqa: S311 (a drill)
        soak = Soak(playground, db, server, balancer, webs, workers, dice)
        await asyncio.gather(*(stack.enter_async_context(bot.running()) for bot in soak.bots))
        await soak_people.prepared(playground)
        await _goes_on(soak, minutes * 60)
        await soak_truth.look(soak, env, folder)
        return soak


async def _goes_on(soak: Soak, seconds: float) -> None:
    """People live, things fail, and it comes to rest."""
    lives = soak_people.Lives(soak)
    keeps = asyncio.create_task(soak.pace.keep())
    soak.pace.otherwise = lives.something
    troubles = [
        asyncio.create_task(each)
        for each in (soak.kills(), soak.fails(), soak.restarts_database(seconds), soak.days_pass(seconds))
    ]
    begins = asyncio.create_task(lives.begin(seconds))
    try:
        await begins
        soak.pace.otherwise = None
        soak.is_over = True
        await asyncio.gather(*troubles)
        await soak.settles(lives)
    finally:
        for each in (*troubles, begins, keeps):
            each.cancel()
        await lives.end()


def main() -> int:
    """0 when nothing was lost, doubled or untrue."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sharge-drill-") as folder:
        soak = asyncio.run(drill(Path(folder), given.minutes, given.seed))
    tally = soak.tally
    print(
        f"| `--minutes {given.minutes:g} --seed {given.seed}` | {soak.done.total()} events, kills {tally.kills}, "
        f"restarts of PostgreSQL {soak.restarts}, faults {soak.faults.total()}, lost {len(tally.lost)}, "
        f"doubled {len(tally.doubled)} | {time.monotonic() - began:.0f} s |"
    )
    parts = {"done": soak.done, "answered": soak.answers, "faults": soak.faults, "ends": tally.ends}
    for name, counted in parts.items():
        print(f"  {name}: {', '.join(f'{each} {count}' for each, count in sorted(counted.items()))}")
    for line in tally.lost + tally.doubled:
        print(f"  {line}")
    return 1 if tally.lost or tally.doubled else 0


if __name__ == "__main__":
    sys.exit(main())
