"""An account is changed, claimed or shown at the same moment as something else: it has one owner and one approval.

`python -m tests.drills.accounts --rounds N --seed S` runs it by hand. `change`: lin approves while the person names
another account; what is invited in the end is what lin has approved. `claim`: one person shows an account while
another asks with it, edits to it or corrects to it. `prove`: two show one account. The seed draws who sets off first,
by how much, and how it is claimed.
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

from bot.core.account import Grade, Proof
from bot.core.errors import InvalidFields, Outdated, WrongState
from bot.core.join import HOLDING, Answers, JoinState, Request
from bot.core.people import Person
from bot.coze.answers import Account
from bot.playground.coze.platform import CozePlatform
from bot.playground.world.clock import SimulatedClock
from bot.store import account as accounts
from bot.store import join as store
from bot.store import people
from bot.store.tables import audit, dispute, request
from tests.databases import KINDS, fresh
from tests.drills.bench import ELSEWHERE, TEAM, Bench, benched, person
from tests.serving import coze_platform

TOGETHER = 20  # races at a time, so that they also meet each other
HEAD_START = 0.004  # seconds that one of the two has before the other at most
LIN = person("ULIN", admin=True)
WAYS = ("ask", "edit", "fix")


@dataclass
class Tally:
    """How the races ended, and what is wrong with any of them."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


class Races:
    """So many races on one database."""

    def __init__(self, bench: Bench, dice: random.Random) -> None:
        self._bench, self._dice, self.tally = bench, dice, Tally()

    async def run(self, kind: str, rounds: int) -> Tally:
        """All rounds, some of them at a time."""
        for first in range(0, rounds, TOGETHER):
            together = range(first, min(first + TOGETHER, rounds))
            await asyncio.gather(*(KINDS_OF_RACES[kind](self, number) for number in together))
        if kind == "change":
            await self._bench.works(leaves=(*ELSEWHERE, "verify", "wait", "watch"))
            wanted = {self._uids(number)[1] for number in range(rounds)}
            self._check(rounds, "invited", set(self._bench.space.invitations) ^ wanted, set())
        return self.tally

    async def change(self, number: int) -> None:
        """Approve against another account; then lin approves what there is, and that is invited."""
        who, (old, new) = await self._somebody(f"U{number}"), self._uids(number)
        for uid in (old, new):
            self._bench.platform.state.add_user(f"user{uid}", uid, uid)
        request_id = await self._bench.join.ask(who, Answers(old, "n", "p", None))
        approved, changed = await self._at_once(
            self._bench.join.approve(LIN, request_id, seen=1), self._changes(who, request_id, new)
        )
        found = await self._load(request_id)
        first = "change" if isinstance(approved, Outdated) else "approval"
        expected = (old, None) if first == "approval" else (None, Outdated)
        books = {"approval": ["join.approved", "join.fix"], "change": ["join.edit"]}[first]
        self._check(number, first, (found.state, found.coze_uid), (JoinState.PENDING, new))
        self._check(number, f"{first}, told", (found.approved_uid, type(approved) if approved else None), expected)
        self._check(number, f"{first}, the change", changed, None)
        self._check(number, f"{first}, books", await self._books(request_id), books)
        await self._bench.join.approve(LIN, request_id, seen=found.version)
        self._check(number, "approved", (await self._load(request_id)).approved_uid, new)
        self.tally.outcomes[f"{first} first"] += 1

    async def claim(self, number: int) -> None:
        """Whoever has shown it holds it; who claimed it is refused, or has lost it."""
        owner, who = await self._somebody(f"U{number}A"), await self._somebody(f"U{number}B")
        (uid, other), way = self._uids(number), self._dice.choice(WAYS)
        request_id = None if way == "ask" else await self._bench.join.ask(who, Answers(other, "n", "p", None))
        if way == "fix" and request_id:
            await self._bench.join.approve(LIN, request_id)
        proof, claimed = await self._at_once(self._proves(owner, uid), self._claims(way, who, request_id, uid))
        async with self._bench.db.read() as conn:
            holds = await accounts.owner(conn, TEAM, uid)
            found = await store.latest(conn, TEAM, who.user_id)
            held = select(request.c.id).filter_by(team_id=TEAM, coze_uid=uid).where(request.c.state.in_(HOLDING))
            claims = list((await conn.execute(held)).scalars())
        refused = isinstance(claimed, InvalidFields)
        self._check(number, f"{way}, proof", proof, Proof.PROVEN)
        self._check(number, f"{way}, owner", (holds, claims), (owner.user_id, []))
        left = (found.coze_uid, found.grade) if found else None
        had = None if way == "ask" else (other, Grade.TYPED)
        self._check(number, f"{way}, claim", left, had if refused else ("", Grade.TYPED))
        if not refused:
            self._check(number, f"{way}, the claim", isinstance(claimed, Exception), False)  # noqa: FBT003 (a value)
        self.tally.outcomes["refused" if refused else "lost again"] += 1

    async def prove(self, number: int) -> None:
        """One of the two holds it, and admins are asked about the other once."""
        both = [await self._somebody(f"U{number}{letter}") for letter in "AB"]
        uid, _ = self._uids(number)
        proofs = await self._at_once(*(self._proves(who, uid) for who in both))
        async with self._bench.db.read() as conn:
            holds = await accounts.owner(conn, TEAM, uid)
            rows = select(dispute.c.holder, dispute.c.claimant, dispute.c.state).filter_by(team_id=TEAM, coze_uid=uid)
            asked = [tuple(row) for row in await conn.execute(rows)]
        self._check(number, "proofs", sorted(map(str, proofs)), [Proof.DISPUTED, Proof.PROVEN])
        first = both[proofs.index(Proof.PROVEN)] if Proof.PROVEN in proofs else both[0]
        second = both[1 - both.index(first)]
        self._check(number, "holder", (holds, asked), (first.user_id, [(first.user_id, second.user_id, "open")]))
        self.tally.outcomes["first" if first is both[0] else "second"] += 1

    async def _somebody(self, user_id: str) -> Person:
        who = person(user_id)
        async with self._bench.db.write() as tx:
            await people.save(tx, who)
        return who

    def _uids(self, number: int) -> tuple[str, str]:
        return str(7_000_000 + number), str(8_000_000 + number)

    async def _changes(self, who: Person, request_id: int, uid: str) -> None:
        """By the form that the state allows."""
        try:
            await self._bench.join.edit(who, request_id, Answers(uid, "n", "p", None))
        except WrongState:
            await self._bench.invitations.fix(who, request_id, uid)

    async def _claims(self, way: str, who: Person, request_id: int | None, uid: str) -> None:
        answers = Answers(uid, "n", "p", None)
        if request_id is None:
            await self._bench.join.ask(who, answers)
        elif way == "edit":
            await self._bench.join.edit(who, request_id, answers)
        else:
            await self._bench.invitations.fix(who, request_id, uid)

    async def _proves(self, who: Person, uid: str) -> Proof:
        async with self._bench.db.write() as tx:
            return await self._bench.accounts.prove(tx, TEAM, who.user_id, Account(uid, "name", "nick"))

    async def _at_once(self, *moves: Awaitable[object]) -> list[object]:
        """What came of each; one of them sets off first."""
        waits = [0.0, self._dice.random() * HEAD_START]
        self._dice.shuffle(waits)

        async def goes(move: Awaitable[object], wait: float) -> object:
            await asyncio.sleep(wait)
            return await move

        together = (goes(move, wait) for move, wait in zip(moves, waits, strict=True))
        return list(await asyncio.gather(*together, return_exceptions=True))

    async def _load(self, request_id: int) -> Request:
        async with self._bench.db.read() as conn:
            return await store.load(conn, TEAM, request_id)

    async def _books(self, request_id: int) -> list[str]:
        deeds = select(audit.c.action).filter_by(team_id=TEAM, subject=store.subject(request_id)).order_by(audit.c.id)
        async with self._bench.db.read() as conn:
            return [action for action in (await conn.execute(deeds)).scalars() if action != "join.ask"]

    def _check(self, number: int, what: str, found: object, expected: object) -> None:
        if found != expected:
            self.tally.faults.append(f"race {number}, {what}: {found!r} instead of {expected!r}")


KINDS_OF_RACES: dict[str, Callable[[Races, int], Awaitable[None]]] = {
    "change": Races.change,
    "claim": Races.claim,
    "prove": Races.prove,
}


async def drill(kind: str, folder: Path, race: str, rounds: int, seed: int, platform: CozePlatform) -> Tally:
    """So many races on a fresh database of this kind."""
    dice = random.Random(f"{seed} {kind} {race}")  # noqa: S311 (a drill)
    with fresh(kind, folder) as url:
        async with benched(url, SimulatedClock(), platform) as bench:
            return await Races(bench, dice).run(race, rounds)


def by_hand(kind: str, races: Sequence[str], rounds: int, seed: int, platform: CozePlatform) -> bool:
    """Run and print; whether nothing was wrong."""
    fine = True
    for race in races:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="sharge-drill-") as folder:
            tally = asyncio.run(drill(kind, Path(folder), race, rounds, seed, platform))
        outcomes = ", ".join(f"{outcome} {count}" for outcome, count in sorted(tally.outcomes.items()))
        seconds = time.monotonic() - began
        print(f"{race}: {kind}, N {rounds}, seed {seed}: {outcomes}; wrong {len(tally.faults)} ({seconds:.0f} s)")
        for line in tally.faults[:10]:
            print(f"  {line}")
        fine = fine and not tally.faults
    return fine


def main() -> int:
    """0 when nothing was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.accounts", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--races", nargs="+", choices=list(KINDS_OF_RACES), default=list(KINDS_OF_RACES))
    parser.add_argument("--database", choices=KINDS, default=KINDS[0], help="PostgreSQL needs TEST_DATABASE_URL")
    given = parser.parse_args()
    platform = coze_platform()
    try:
        return 0 if by_hand(given.database, given.races, given.rounds, given.seed, platform) else 1
    finally:
        platform.close()


if __name__ == "__main__":
    sys.exit(main())
