"""PostgreSQL crashes again and again while reminders are told: none is lost or doubled, and it serves again at once.

`python -m tests.drills.crashes --crashes K --reminders N --seed S` runs it by hand, on a server of its own that
`initdb` makes. A bot and two workers share its database, of which each reminder is of a person of its own; Slack cuts
off five answers of a hundred after the deed. After each crash the server is started at once, as hosts do. It serves
again when what somebody types is saved and a further reminder was told.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy.exc import DBAPIError

from bot.store import people
from bot.store.database import Database
from bot.store.schema import migrate
from tests.cluster import WAYS, Cluster, cluster
from tests.drills.forked_bot import ForkedBot
from tests.drills.kill import Tally
from tests.drills.reminded import CUT, LOOK, PACE, TEAM, Run, look, plan, restarted, told, world

PARTS = ("run", "worker", "worker")
TYPES = "mei"
LONGEST = 10.0  # seconds after a crash until it serves again
SHARE = 0.6  # of the reminders that may be told before the last crash: what was under way in one waits for a minute
GIVES_UP = 60.0
LANGUAGES = ("en", "zh")


@dataclass
class Found(Tally):
    """`kills` are crashes, `seconds` those until each was over."""

    seconds: list[float] = field(default_factory=list)


class Reminded(Run):
    """As `Run`, without whoever types."""

    @property
    def posts(self) -> Counter[str]:
        """How many messages each person has of the bot."""
        space = self.playground.workspace
        typing = space.dm(self.playground.main_app, space.people[TYPES].id).id
        return Counter({name: count for name, count in super().posts.items() if name != typing})


class Drill:
    """A server, those who work with it, and somebody who types."""

    def __init__(self, run: Run, server: Cluster, workers: Sequence[ForkedBot], human: httpx.AsyncClient) -> None:
        self._run, self._server, self._workers, self._human = run, server, workers, human
        self._typed = 0
        self.seconds: list[float] = []

    async def crashes(self, count: int, dice: random.Random) -> None:
        """One after the other, spread over the work, each in a way of its own."""
        run = self._run
        for number in range(count):
            share = SHARE * (number + dice.random()) / count
            while self._told < share * run.reminders:
                await restarted(self._workers)
                await asyncio.sleep(LOOK)
                run.playground.clock.advance(timedelta(seconds=PACE * LOOK))
            await self._crashes(WAYS[number % len(WAYS)])
            run.tally.kills += 1

    async def _crashes(self, way: str) -> None:
        await self._server.crash(way)
        crashed, before = time.monotonic(), self._told
        await self._server.start()
        async with asyncio.timeout(GIVES_UP):
            while not await self._saves():  # noqa: ASYNC110 (nobody tells when)
                await asyncio.sleep(LOOK)
            while self._told == before:  # noqa: ASYNC110
                await asyncio.sleep(LOOK)
        self.seconds.append(time.monotonic() - crashed)

    @property
    def _told(self) -> int:
        return sum(self._run.posts.values())

    async def _saves(self) -> bool:
        """Somebody types; whether it was kept."""
        self._typed += 1
        language = LANGUAGES[self._typed % len(LANGUAGES)]
        await self._human.post("command", json={"who": TYPES, "text": f"/sharge lang {language}"})
        who = self._run.playground.workspace.people[TYPES].id
        try:
            async with self._run.db.read() as conn:
                person = await people.load(conn, TEAM, who)
        except (DBAPIError, OSError):
            return False
        return person is not None and person.chosen == language


async def drill(folder: Path, reminders: int, crashes: int, seed: int, parts: Sequence[str] = PARTS) -> Found:
    """So many reminders, and so many crashes about them; `parts` are who works."""
    dice = random.Random(seed)  # noqa: S311 (a drill)
    async with AsyncExitStack() as stack:
        playground = await stack.enter_async_context(world())
        server = await stack.enter_async_context(cluster())
        await asyncio.to_thread(migrate, server.url)
        db = Database(server.url)
        stack.push_async_callback(db.close)
        await plan(playground, db, reminders)
        env = {**playground.env(), "DATABASE_URL": server.url, "LOG_LEVEL": "ERROR"}
        workers = [ForkedBot(folder, env, part=part, hastes=True) for part in parts]
        for worker in workers:
            await stack.enter_async_context(worker.running())
        human = await stack.enter_async_context(
            httpx.AsyncClient(base_url=playground.ready()["human"], timeout=30, trust_env=False)
        )
        found = Found()
        run = Reminded(playground, db, reminders, found)
        going = Drill(run, server, workers, human)
        playground.world.faults["slack"].set("cut", method="chat.postMessage", share=CUT)
        await going.crashes(crashes, dice)
        playground.world.clear_faults()
        await told(run, workers)
        await look(run)
    found.seconds = going.seconds
    return found


def main() -> int:
    """0 when nothing was lost or doubled, and it served again in time."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.crashes", description=__doc__)
    parser.add_argument("--reminders", type=int, default=5000)
    parser.add_argument("--crashes", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sharge-drill-") as folder:
        found = asyncio.run(drill(Path(folder), given.reminders, given.crashes, given.seed))
    longest = max(found.seconds, default=0)
    print(
        f"crashes: N {given.reminders}, crashes {found.kills}, seed {given.seed}, lost {len(found.lost)}, "
        f"doubled {len(found.doubled)}, served again after {longest:.1f} s at the longest, "
        f"{sum(found.seconds) / max(len(found.seconds), 1):.1f} s on average ({time.monotonic() - began:.0f} s)"
    )
    for line in found.lost + found.doubled:
        print(f"  {line}")
    return 1 if found.lost or found.doubled or longest > LONGEST else 0


if __name__ == "__main__":
    sys.exit(main())
