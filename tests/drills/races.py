"""Two people press at the same moment: one of them decides, the other is told, and the books show one decision.

`python -m tests.drills.races --rounds N --seed S` runs it by hand. Approve races against approve, decline, withdraw
and edit; the seed draws who sets off first and by how much. Then the work is done against a real Coze: whoever was
approved has one open invitation, and nobody else has any.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from bot.core.errors import AlreadyDecided, Outdated, WrongState
from bot.core.join import Answers, JoinState, Request
from bot.core.people import Person
from bot.playground.coze.platform import CozePlatform
from bot.playground.world.clock import SimulatedClock
from bot.store import join as store
from bot.store.tables import audit, message
from tests.databases import KINDS, fresh
from tests.drills.bench import ADMINS, ELSEWHERE, TEAM, Bench, benched, person
from tests.serving import coze_platform

TOGETHER = 20  # races at a time, so that they also meet each other
HEAD_START = 0.004  # seconds that one of the two has before the other at most
LIN, WANG = person("ULIN", admin=True), person("UWANG", admin=True)
TOLD = (AlreadyDecided, WrongState, Outdated)
DEEDS = {
    JoinState.APPROVED: "join.approved",
    JoinState.DECLINED: "join.declined",
    JoinState.WITHDRAWN: "join.withdrawn",
    JoinState.PENDING: "join.edit",
}

Move = Callable[[Bench, Person, int], Awaitable[None]]


def uid_of(who: Person) -> str:
    """Their account on Coze."""
    return str(7_000_000 + int(who.user_id[1:]))


async def lin_approves(bench: Bench, _: Person, request_id: int) -> None:
    """By the card that shows the request as it was asked."""
    await bench.join.approve(LIN, request_id, seen=1)


async def wang_approves(bench: Bench, _: Person, request_id: int) -> None:
    """The same press by another admin."""
    await bench.join.approve(WANG, request_id, seen=1)


async def wang_declines(bench: Bench, _: Person, request_id: int) -> None:
    """With a reason."""
    await bench.join.decline(WANG, request_id, "not this season")


async def the_person_withdraws(bench: Bench, who: Person, request_id: int) -> None:
    """They take it back."""
    await bench.join.withdraw(who, request_id)


async def the_person_edits(bench: Bench, who: Person, request_id: int) -> None:
    """They change what lin is about to approve."""
    await bench.join.edit(who, request_id, Answers(uid_of(who), "n", "something else", None))


RIVALS: dict[str, Move] = {
    "approve": wang_approves,
    "decline": wang_declines,
    "withdraw": the_person_withdraws,
    "edit": the_person_edits,
}


@dataclass
class Tally:
    """How the races ended, and what is wrong with any of them."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


class Races:
    """So many races of one kind on one database."""

    def __init__(self, bench: Bench, rival: Move, dice: random.Random) -> None:
        self._bench, self._rival, self._dice, self.tally = bench, rival, dice, Tally()

    async def run(self, rounds: int) -> Tally:
        """All rounds, then the work that they left, then a look at each."""
        ids: list[int] = []
        for first in range(0, rounds, TOGETHER):
            together = range(first, min(first + TOGETHER, rounds))
            ids += await asyncio.gather(*(self._race(number) for number in together))
        await self._bench.works(leaves=(*ELSEWHERE, "verify", "wait", "watch"))
        for number, request_id in enumerate(ids):
            await self._look(number, request_id)
        return self.tally

    async def _race(self, number: int) -> int:
        who = person(f"U{number}")
        uid = uid_of(who)
        self._bench.platform.state.add_user(f"user{number}", uid, f"user {number}")
        request_id = await self._bench.join.ask(who, Answers(uid, "n", "p", None))
        waits = [0.0, self._dice.random() * HEAD_START]
        self._dice.shuffle(waits)
        moves = zip((lin_approves, self._rival), waits, strict=True)
        ended = await asyncio.gather(
            *(self._moves(move, wait, who, request_id) for move, wait in moves), return_exceptions=True
        )
        self._one_won(number, ended)
        return request_id

    async def _moves(self, move: Move, wait: float, who: Person, request_id: int) -> None:
        await asyncio.sleep(wait)
        await move(self._bench, who, request_id)

    def _one_won(self, number: int, ended: Sequence[object]) -> None:
        won = [each for each in ended if each is None]
        told = [each for each in ended if isinstance(each, TOLD)]
        if len(won) != 1 or len(told) != 1:
            self.tally.faults.append(f"race {number}: {ended}")
        for each in told:
            if isinstance(each, AlreadyDecided) and not (each.by and each.at):
                self.tally.faults.append(f"race {number}: the loser is not told who won and when")

    async def _look(self, number: int, request_id: int) -> None:
        """State, books, cards and Coze agree."""
        async with self._bench.db.read() as conn:
            request = await store.load(conn, TEAM, request_id)
            deeds = select(audit.c.action).filter_by(team_id=TEAM, subject=store.subject(request_id))
            done = list((await conn.execute(deeds.order_by(audit.c.id))).scalars())
            subject = store.subject(request_id)
            cards = select(message.c.recipient).filter_by(team_id=TEAM, subject=subject, kind="card")
            recipients = sorted((await conn.execute(cards)).scalars())
        outcome = JoinState.APPROVED if request.state is JoinState.INVITED else request.state
        self.tally.outcomes[outcome] += 1
        written = [action for action in done if action in DEEDS.values()]
        invited = request.coze_uid in self._bench.space.invitations
        for fault in (
            f"{request.state}, but the books say {written}" if written != [DEEDS[outcome]] else "",
            f"cards for {recipients}" if recipients != sorted([ADMINS, request.user_id]) else "",
            _wrong_invitation(request, done, invited=invited),
        ):
            if fault:
                self.tally.faults.append(f"race {number}: {fault}")


def _wrong_invitation(request: Request, done: list[str], *, invited: bool) -> str:
    wanted = request.state is JoinState.INVITED
    if invited != wanted or done.count("join.invite") != int(wanted) or request.state is JoinState.APPROVED:
        return f"{request.state}, invited on Coze: {invited}, told {done.count('join.invite')} times"
    return ""


async def drill(kind: str, folder: Path, rival: str, rounds: int, seed: int, platform: CozePlatform) -> Tally:
    """So many races of approve against `rival` on a fresh database of this kind."""
    dice = random.Random(f"{seed} {kind} {rival}")  # noqa: S311 (a drill)
    with fresh(kind, folder) as url:
        async with benched(url, SimulatedClock(), platform) as bench:
            return await Races(bench, RIVALS[rival], dice).run(rounds)


def by_hand(kind: str, rivals: Sequence[str], rounds: int, seed: int, platform: CozePlatform) -> bool:
    """Run and print; whether nothing was wrong."""
    fine = True
    for rival in rivals:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="sharge-drill-") as folder:
            tally = asyncio.run(drill(kind, Path(folder), rival, rounds, seed, platform))
        outcomes = ", ".join(f"{state} {count}" for state, count in sorted(tally.outcomes.items()))
        print(
            f"approve/{rival}: {kind}, N {rounds}, seed {seed}: {outcomes}; "
            f"wrong {len(tally.faults)} ({time.monotonic() - began:.0f} s)"
        )
        for line in tally.faults[:10]:
            print(f"  {line}")
        fine = fine and not tally.faults
    return fine


def main() -> int:
    """0 when nothing was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.races", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rivals", nargs="+", choices=list(RIVALS), default=list(RIVALS))
    parser.add_argument("--database", choices=KINDS, default=KINDS[0], help="PostgreSQL needs TEST_DATABASE_URL")
    given = parser.parse_args()
    platform = coze_platform()
    try:
        return 0 if by_hand(given.database, given.rivals, given.rounds, given.seed, platform) else 1
    finally:
        platform.close()


if __name__ == "__main__":
    sys.exit(main())
