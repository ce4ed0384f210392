"""A rolling restart of two webs and three workers, one after the other, while people type: no command is lost.

`python -m tests.drills.rolling --count N --transport http` runs it by hand, `socket` by Socket Mode. Four people type
twenty commands a second, half of which only read, and each waits for the answer before the next; over HTTP a balancer
that asks /readyz stands before the webs. Four reminders a second are due too, each of a person of its own. Restarts
go on until the last command is sent, and each process has had one.

By Socket Mode nobody can ask Slack to send no more: a command that is on its way while a connection closes fails,
before the eyes of who typed it. Such are counted apart, and so is what this machine has acknowledged too late.
"""

import argparse
import asyncio
import itertools
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import get_args

import httpx
from sqlalchemy import case, func, select, update

from bot.demo.setup import setup
from bot.playground.server import Options, Playground
from bot.playground.world.chat import Transport
from bot.store.database import Database, processed_delivery
from bot.store.tables import job
from tests.balancer import Balancer, balanced
from tests.databases import fresh
from tests.drills.forked_bot import ForkedBot
from tests.drills.kill import Tally
from tests.drills.pool import PEOPLE, WORDS
from tests.drills.reminded import Run, plan
from tests.processes import POLL, free_port
from tests.stories.story import START, Story

WEBS, WORKERS = 2, 3
RATE = 20.0  # commands a second
RUNG = 0.25  # seconds between two reminders
LEAVES = "3"  # seconds that the balancer has
PATIENCE = 60.0
ANSWERED, LATE, GONE = "200", "timeout", "no_app"  # what the playground says of a delivery
DIGITS = 6  # of the IDs of those who are reminded


@dataclass
class Rolling:
    """Who runs, what was typed, and what became of it."""

    story: Story
    webs: Sequence[ForkedBot]
    workers: Sequence[ForkedBot]
    balancer: Balancer | None
    seen: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    failed: int = 0

    async def types(self, count: int, restarted: asyncio.Event) -> None:
        """So many commands, and more until each process was restarted."""
        left = iter(range(count))
        await asyncio.gather(*(self._types(who, left, restarted) for who in PEOPLE))

    async def _types(self, who: str, left: Iterator[int], restarted: asyncio.Event) -> None:
        for word in itertools.cycle(WORDS):
            if next(left, None) is None and restarted.is_set():
                return
            next_at = time.monotonic() + len(PEOPLE) / RATE
            answer = await self.story.tries("command", who=who, text=f"/sharge {word}")
            self.seen[str(answer.get("status", 200)) if answer["ok"] else str(answer.get("status", answer))] += 1
            await asyncio.sleep(max(0.0, next_at - time.monotonic()))

    async def restarts_each(self, restarted: asyncio.Event, done: asyncio.Event) -> None:
        """One after the other, as a deploy does: told to stop, gone, started, ready."""
        while not done.is_set():
            for each in (*self.webs, *self.workers):
                await each.leave()
                await each.start()
                await self._is_back(each)
                self.restarts += 1
                if done.is_set():
                    break
            restarted.set()

    async def _is_back(self, process: ForkedBot) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.balancer and process in self.webs and process.port not in self.balancer.ready:  # noqa: ASYNC110
                await asyncio.sleep(POLL)


async def spread(db: Database) -> None:
    """The reminders, all due now, one after the other."""
    later = [timedelta(seconds=RUNG * number) for number in range(await _reminders(db))]
    async with db.write() as tx:
        rows = (await tx.conn.execute(select(job.c.id, job.c.due_at).where(job.c.kind == "remind"))).all()
        if rows:
            due = {row.id: row.due_at + wait for row, wait in zip(rows, later, strict=True)}
            await tx.conn.execute(update(job).where(job.c.id.in_(due)).values(due_at=case(due, value=job.c.id)))


async def _reminders(db: Database) -> int:
    async with db.read() as conn:
        return int(await conn.scalar(select(func.count()).where(job.c.kind == "remind")) or 0)


@asynccontextmanager
async def world(transport: Transport, port: int) -> AsyncIterator[tuple[Playground, Story]]:
    """A playground in this process, in the middle of a morning; over HTTP the bot is at this port."""
    playground = Playground(
        Options(start=START, transport=transport, events_url=f"http://127.0.0.1:{port}/slack/events"), setup()
    )
    await playground.start()
    ready = playground.ready()
    async with httpx.AsyncClient(base_url=ready["human"], timeout=30, trust_env=False) as http:
        try:
            yield playground, Story(http, ready, playground)
        finally:
            await playground.stop()


async def drill(transport: Transport, folder: Path, count: int) -> tuple[Tally, Rolling]:
    """So many commands at least; what was lost or doubled."""
    async with AsyncExitStack() as stack:
        ports, balancer, port = [free_port() for _ in range(WEBS)], None, 1
        if transport == "http":
            balancer, port = await stack.enter_async_context(balanced(ports))
        playground, story = await stack.enter_async_context(world(transport, port))
        url = stack.enter_context(fresh("postgresql", folder))
        db = Database(url)
        stack.push_async_callback(db.close)
        run = Run(playground, db, max(1, round(count / RATE / RUNG)), Tally())
        await plan(playground, db, run.reminders)
        await spread(db)
        env = {**playground.env(), "DATABASE_URL": url, "LOG_LEVEL": "WARNING", "LEAVE_SECONDS": LEAVES}
        webs = [ForkedBot(folder, env, each, "web", hastes=True) for each in ports]
        workers = [ForkedBot(folder, env, part="worker", hastes=True) for _ in range(WORKERS)]
        rolling = Rolling(story, webs, workers, balancer)
        await asyncio.gather(*(stack.enter_async_context(each.running()) for each in (*webs, *workers)))
        await _roll(rolling, count)
        await _told(run)
        posts = [len(talk) for name, talk in playground.workspace.messages.items() if name[-DIGITS:].isdigit()]
        run.tally.count("people who were told", sum(map(bool, posts)), run.reminders)
        run.tally.count("reminders", sum(posts), run.reminders)
        async with db.read() as conn:
            keys = int(await conn.scalar(select(func.count()).select_from(processed_delivery)) or 0)
        rolling.failed = rolling.seen.pop(GONE, 0)
        late = rolling.seen[LATE]
        run.tally.count("deliveries", keys, rolling.seen[ANSWERED] + late)
        others = set(rolling.seen) - {ANSWERED, LATE}
        run.tally.lost += [f"{rolling.seen[each]} commands: {each}" for each in others]
        return run.tally, rolling


async def _roll(rolling: Rolling, count: int) -> None:
    """People type while everything restarts."""
    for each in rolling.webs:
        await rolling._is_back(each)
    restarted, done = asyncio.Event(), asyncio.Event()
    restarting = asyncio.create_task(rolling.restarts_each(restarted, done))
    try:
        await rolling.types(count, restarted)
    finally:
        done.set()
        await restarting


async def _told(run: Run) -> None:
    """Until nothing is left to do."""
    async with asyncio.timeout(PATIENCE):
        while await run.left():
            run.playground.clock.advance(timedelta(seconds=5))  # past every back-off
            await asyncio.sleep(0.1)


def main() -> int:
    """0 when nothing was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.rolling", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--transport", choices=get_args(Transport), default="http")
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sharge-drill-") as folder:
        tally, rolling = asyncio.run(drill(given.transport, Path(folder), given.count))
    print(
        f"rolling: {given.transport}, N {sum(rolling.seen.values()) + rolling.failed}, restarts {rolling.restarts}, "
        f"failed at a close {rolling.failed}, late {rolling.seen[LATE]}, "
        f"lost {len(tally.lost)}, doubled {len(tally.doubled)}, {time.monotonic() - began:.0f} s"
    )
    for line in tally.lost + tally.doubled:
        print(f"  {line}")
    return 1 if tally.lost or tally.doubled or (rolling.failed and given.transport == "http") else 0


if __name__ == "__main__":
    sys.exit(main())
