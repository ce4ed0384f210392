"""One agent is confirmed twice at the same moment, and the job that publishes runs twice: Coze gets one call.

`python -m tests.drills.publishes --rounds N --seed S` runs it by hand. `press`: one confirmation is sent twice.
`pair`: two that were opened side by side are sent. The seed draws who sets off first and by how much.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

from bot.core.account import Grade
from bot.core.errors import BotError, WrongState
from bot.core.join import JoinState
from bot.core.publish import PublicationState, UnderWay
from bot.core.worktime import WorkTime
from bot.playground.coze.platform import CozePlatform
from bot.playground.world.clock import SimulatedClock
from bot.services.agents import Agents
from bot.services.freeze import Freezes
from bot.services.job_runner import Done, Outcome
from bot.services.publish import Publish
from bot.services.publish_checks import PublishChecks
from bot.services.refusals import Refusals
from bot.store import job
from bot.store.job import Job
from bot.store.tables import job as jobs
from bot.store.tables import publication, request
from tests.databases import KINDS, fresh
from tests.drills.bench import ADMINS, TEAM, Bench, benched, person
from tests.serving import coze_platform

RACES = ("press", "pair")
HEAD_START = 0.004  # seconds that one of the two has before the other at most
MEI = person("UMEI")
NAME = "夜航员"


@dataclass
class Tally:
    """How the rounds ended. A line in `wrong` says what is not as it has to be."""

    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Publishes:
    """So many rounds on one database, with one agent."""

    def __init__(self, bench: Bench, dice: random.Random) -> None:
        self._bench, self._dice, self.tally = bench, dice, Tally()
        db, clock = bench.db, bench.clock
        agents = Agents(db, clock, bench.workspace_client)
        checks = PublishChecks(db, agents, Freezes(db, clock, TEAM, ADMINS, WorkTime()))
        self._publish = Publish(db, clock, Refusals(db, clock, TEAM, ADMINS), agents, checks)
        state = bench.platform.state
        self._uid = bench.platform.ready()["users"]["mei"]
        self._bot = state.add_bot(NAME, bench.space, self._uid)

    async def run(self, race: str, rounds: int) -> Tally:
        """All rounds, one after the other."""
        await self._joined()
        for number in range(rounds):
            before = self._calls()
            told = await self._confirmed(race)
            rows = await self._due()
            outcomes = await asyncio.gather(*(self._publish.submit(row) for row in rows * 2), return_exceptions=True)
            await self._save(outcomes)
            self._count(number, told, outcomes, self._calls() - before)
            await self._over()
        return self.tally

    async def _joined(self) -> None:
        """Mei is in the team with an account that is theirs."""
        now = datetime.now(UTC)
        row = {"team_id": TEAM, "user_id": MEI.user_id, "coze_uid": self._uid, "nick": "mei", "name": "mei"}
        stands = {"state": JoinState.JOINED, "grade": Grade.PROVEN, "created_at": now}
        async with self._bench.db.write() as tx:
            await tx.conn.execute(
                insert(request).values(purpose="p", version=1, earlier=0, by_hand=False, **row, **stands)
            )

    async def _confirmed(self, race: str) -> list[object]:
        drafts = [await self._publish.draft(MEI, self._bot.id, NAME) for _ in range(1 if race == "press" else 2)]
        both = drafts * 2 if race == "press" else drafts

        async def late(move: Coroutine[Any, Any, None], wait: float) -> None:
            await asyncio.sleep(wait)
            await move

        moves = [self._publish.confirm(MEI, draft, "") for draft in both]
        waits = [self._dice.random() * HEAD_START for _ in moves]
        return await asyncio.gather(*map(late, moves, waits), return_exceptions=True)

    async def _due(self) -> list[Job]:
        async with self._bench.db.write() as tx:
            await tx.conn.execute(update(jobs).where(jobs.c.kind != "publish").values(state="done"))
            return await job.claim(tx, self._bench.clock.now(), 10)

    async def _save(self, outcomes: Sequence[Outcome | BaseException]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Done) and outcome.save:
                try:
                    async with self._bench.db.write() as tx:
                        await outcome.save(tx)
                except WrongState:  # the other one has saved it
                    pass

    def _count(self, number: int, told: Sequence[object], outcomes: Sequence[object], calls: int) -> None:
        late = [each for each in told if each is not None]
        kinds = sorted(type(each).__name__ for each in late)
        self.tally.outcomes[" ".join(kinds)] += 1
        if len(late) != 1 or not isinstance(late[0], UnderWay | WrongState):
            self.tally.wrong.append(f"round {number}: {told} were told")
        broken = [each for each in outcomes if isinstance(each, BaseException) and not isinstance(each, BotError)]
        if broken:
            self.tally.wrong.append(f"round {number}: {broken}")
        if calls != 1:
            self.tally.wrong.append(f"round {number}: {calls} calls instead of 1")

    def _calls(self) -> int:
        """How often Coze was told to publish: each such call makes a version."""
        return len(self._bot.versions)

    async def _over(self) -> None:
        """The review is over, and the agent may be published again."""
        self._bot.updated_at += 1
        async with self._bench.db.write() as tx:
            await tx.conn.execute(update(publication).values(state=PublicationState.ONLINE))
            await tx.conn.execute(update(jobs).values(state="done"))


async def drill(kind: str, folder: Path, race: str, rounds: int, seed: int, platform: CozePlatform) -> Tally:
    """So many rounds on a fresh database."""
    with fresh(kind, folder) as url:
        async with benched(url, SimulatedClock(), platform) as bench:
            return await Publishes(bench, random.Random(seed)).run(race, rounds)  # noqa: S311 (who sets off first)


def main() -> int:
    """0 when nothing was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.publishes", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=KINDS, default=KINDS[0], help="PostgreSQL needs TEST_DATABASE_URL")
    given = parser.parse_args()
    platform, fine = coze_platform(), True
    try:
        for race in RACES:
            with tempfile.TemporaryDirectory(prefix="sharge-drill-") as folder:
                tally = asyncio.run(drill(given.database, Path(folder), race, given.rounds, given.seed, platform))
            found = f"{dict(tally.outcomes)}, wrong {len(tally.wrong)}"
            print(f"publishes {race}: {given.database}, N {given.rounds}, seed {given.seed}: {found}")
            for line in tally.wrong[:10]:
                print(f"  {line}")
            fine = fine and not tally.wrong
    finally:
        platform.close()
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
