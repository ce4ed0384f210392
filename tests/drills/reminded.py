"""Many reminders are due at once, and workers are killed about them: each is told once, whatever dies.

`python -m tests.drills.reminded --reminders N --kills K --seed S` runs it by hand. Each reminder is of a person of
its own. Slack cuts off five answers of a hundred after the deed, answers thirty with 5xx, and now and then asks
everybody to wait. On PostgreSQL three workers share the work, on SQLite there is one. They keep to none of Slack's
limits, or it would take hours.
"""

import argparse
import asyncio
import contextlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from bot.clock import utc_now
from bot.core.credential import CredentialState
from bot.core.remind import Timetable
from bot.demo.setup import setup
from bot.playground.server import Options, Playground
from bot.playground.world.chat import Person
from bot.store import job as jobs
from bot.store.database import Database
from bot.store.tables import credential_, job, message, person
from tests.databases import KINDS, fresh
from tests.drills.forked_bot import ForkedBot
from tests.drills.kill import Tally, leases_end
from tests.processes import Json
from tests.stories.story import START

TEAM = "T0PLAYGROUND"
ZONE = "Asia/Shanghai"
WORKERS = {"sqlite": 1, "postgresql": 3}
CUT, BROKEN = 0.05, 0.3
STORM, STORMS = 12, (9.0, 45.0)  # calls that are asked to wait a second, and the seconds between such storms
SHARE = 0.9  # of the work that may be done before the last kill
LOOK = 0.05
MANY = 5_000  # reminders above which looks are further apart, and time goes slower
PACE = 20  # by which simulated time goes faster
STILL = 240.0  # seconds without a reminder after which what is left counts as lost
AT_ONCE = 5_000  # rows of one statement
KEY = "t7"
SOON = timedelta(days=1)
SAID = 50  # kills between two lines that say how far it is


@dataclass
class Run:
    """One drill: how many reminders there are, and what has come of them."""

    playground: Playground
    db: Database
    reminders: int
    tally: Tally

    @property
    def posts(self) -> Counter[str]:
        """How many messages each person has of the bot."""
        return Counter({name: len(talk) for name, talk in self.playground.workspace.messages.items() if len(talk)})

    @property
    def posted(self) -> int:
        """How many messages of the bot there are."""
        return sum(len(talk) for talk in self.playground.workspace.messages.values())

    async def share(self) -> float:
        """How much of the work is done, in shares of 1: half of it are the rings, each of which makes a row of
        messages, half the posts."""
        async with self.db.read() as conn:
            rung = int(await conn.scalar(select(func.max(message.c.id))) or 0)
        return (min(rung, self.reminders) + self.posted) / (2 * self.reminders)

    async def left(self) -> int:
        """Jobs of this day that are not done, whenever they are tried again; the tokens' next reminders lie further
        ahead."""
        wanted = select(func.count()).where(job.c.kind.in_(("remind", "draw")), job.c.state.in_(("due", "leased")))
        async with self.db.read() as conn:
            return int(await conn.scalar(wanted.where(job.c.due_at <= self.playground.clock.now() + SOON)) or 0)


def join(playground: Playground, number: int) -> str:
    """Somebody new in the workspace; their Slack ID."""
    user = f"U1{number:06}"
    playground.workspace.people[user.lower()] = Person(user.lower(), user, user, "en-US", ZONE, team_id=TEAM)
    return user


async def plan(playground: Playground, db: Database, count: int) -> None:
    """So many people, with a token each that ends in a week: its reminder is due this morning."""
    now = playground.clock.now()
    made, ends = now - timedelta(days=23), now + timedelta(days=7)
    rung = next(each for each in Timetable().ladder(made, ends, made, ZONE) if each.key == KEY)
    users = [join(playground, number) for number in range(count)]
    known = {"team_id": TEAM, "locale": "en-US", "tz": ZONE, "standing": "member", "admin": False}
    about = {"team_id": TEAM, "name": "glasses", "created_at": made, "ends_at": ends, "recorded_at": made}
    planned = {"team_id": TEAM, "kind": "remind", "due_at": rung.due_at, "priority": jobs.SOON, "state": "due"}
    planned |= {"fence": 0, "attempts": 0, "generation": 1}
    people = [{**known, "user_id": user, "name": user, "seen_at": utc_now()} for user in users]
    tokens = [
        {**about, "id": number, "user_id": user, "state": CredentialState.ACTIVE}
        for number, user in enumerate(users, 1)
    ]
    dues = [{**planned, "subject": f"credential:{number}:{KEY}"} for number in range(1, count + 1)]
    for table, rows in ((person, people), (credential_, tokens), (job, dues)):
        await _insert(db, table, rows)
    playground.clock.advance(max(timedelta(), rung.due_at - now) + timedelta(minutes=1))


async def _insert(db: Database, table: Any, rows: Sequence[Json]) -> None:
    for begins in range(0, len(rows), AT_ONCE):
        async with db.write() as tx:
            await tx.conn.execute(insert(table), rows[begins : begins + AT_ONCE])


async def trouble(playground: Playground, reminders: int) -> None:
    """Slack as it is on a bad day, for as long as it runs; storms are rarer where many reminders are due."""
    faults = playground.world.faults["slack"]
    faults.set("cut", method="chat.postMessage", share=CUT)
    faults.set("server_error", method="chat.postMessage", share=BROKEN)
    while True:
        await asyncio.sleep(STORMS[reminders > MANY])
        faults.set("rate_limited", times=STORM, method="chat.postMessage", delay=1)


async def killing(run: Run, workers: Sequence[ForkedBot], kills: int, dice: random.Random) -> None:
    """Kill one after the other, spread over the work, and start each again."""
    size = max(1, run.reminders / MANY)
    look, pace = (
        LOOK * size,
        PACE / size,
    )  # a look costs the more, the more there are, and evening must not come
    for number in range(kills):
        share = SHARE * (number + dice.random()) / kills
        while await run.share() < share:
            await restarted(workers)
            await asyncio.sleep(look)
            run.playground.clock.advance(timedelta(seconds=pace * look))  # else it would wait for each back-off
        worker = dice.choice(workers)
        await worker.kill()
        run.tally.kills += 1
        if run.tally.kills % SAID == 0:
            print(f"{run.tally.kills} kills, {run.posted} of {run.reminders} told", file=sys.stderr, flush=True)
        if len(workers) == 1:  # else those of the living would end too; what the dead one held waits for its minute
            await leases_end(run.db)
        await worker.start()


async def restarted(workers: Sequence[ForkedBot]) -> None:
    """What gave up at its start, since Slack answered nothing, is started again, as hosts do."""
    for worker in workers:
        if not worker.lives:
            await worker.start()


async def told(run: Run, workers: Sequence[ForkedBot]) -> None:
    """Until nothing is left to do, or nothing more happens. All die once more before: then each lease may end."""
    for worker in workers:
        await worker.kill()
    await leases_end(run.db)
    last, since = -1, time.monotonic()
    while left := await run.left():
        if left != last:
            last, since = left, time.monotonic()
        elif time.monotonic() - since > STILL:
            run.tally.lost.append(f"{left} jobs are still to do")
            return
        await restarted(workers)
        run.playground.clock.advance(timedelta(seconds=20))  # past every back-off
        await asyncio.sleep(1)


async def look(run: Run) -> None:
    """Each person has one message; no job is dead."""
    posts = run.posts
    async with run.db.read() as conn:
        states = Counter(
            (await conn.execute(select(job.c.state).where(job.c.kind.in_(("remind", "draw"))))).scalars()
        )
    run.tally.count("people who were told", len(posts), run.reminders)
    run.tally.doubled += [f"{channel} has {count} messages" for channel, count in posts.items() if count > 1][:20]
    run.tally.count("dead jobs", states["dead"], 0)


@asynccontextmanager
async def world() -> AsyncIterator[Playground]:
    """A playground in this process, in the middle of a morning."""
    playground = Playground(Options(start=START), setup())
    await playground.start()
    playground.director.journal.pause()  # nobody lives it again
    try:
        yield playground
    finally:
        await playground.stop()


async def drill(kind: str, folder: Path, reminders: int, kills: int, seed: int) -> Tally:
    """So many reminders, and so many kills about them."""
    dice = random.Random(seed)  # noqa: S311 (a drill)
    async with AsyncExitStack() as stack:
        playground = await stack.enter_async_context(world())
        url = stack.enter_context(fresh(kind, folder))
        db = Database(url)
        stack.push_async_callback(db.close)
        await plan(playground, db, reminders)
        env = {**playground.env(), "DATABASE_URL": url, "LOG_LEVEL": "ERROR"}
        workers = [ForkedBot(folder, env, part="worker", hastes=True) for _ in range(WORKERS[kind])]
        for worker in workers:
            await stack.enter_async_context(worker.running())
        run = Run(playground, db, reminders, Tally())
        fails = asyncio.create_task(trouble(playground, reminders))
        await killing(run, workers, kills, dice)
        fails.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await fails
        playground.world.clear_faults()
        await told(run, workers)
        await look(run)
    return run.tally


def main() -> int:
    """0 when nothing was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.reminded", description=__doc__)
    parser.add_argument("--reminders", type=int, default=500)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=KINDS, default=KINDS[0], help="PostgreSQL needs TEST_DATABASE_URL")
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sharge-drill-") as folder:
        tally = asyncio.run(drill(given.database, Path(folder), given.reminders, given.kills, given.seed))
    print(
        f"reminded: {given.database}, N {given.reminders}, kills {tally.kills}, seed {given.seed}, "
        f"lost {len(tally.lost)}, doubled {len(tally.doubled)}, {time.monotonic() - began:.0f} s"
    )
    for line in tally.lost + tally.doubled:
        print(f"  {line}")
    return 1 if tally.lost or tally.doubled else 0


if __name__ == "__main__":
    sys.exit(main())
