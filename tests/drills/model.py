"""Joining against a simple model: whatever people, Coze, time and crashes do, the system equals it.

`python -m tests.drills.model --steps N --seed S` runs it by hand. Hypothesis draws the steps: people ask, edit,
answer, withdraw, fix and accept; admins approve, ask, decline, resend and remove; people come and go on Coze; time
passes; processes die in the middle of their work, calls to Coze included. After each step the rows, and the members
and invitations on Coze, are compared with the model.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from bot.core.errors import BotError
from bot.core.join import HOLDING, OPEN, UNDECIDED, WATCH, Answers, JoinState, Request
from bot.playground.coze.platform import CozePlatform
from bot.playground.world.clock import SimulatedClock
from bot.store.schema import migrate
from bot.store.tables import request
from tests.drills.bench import Bench, benched, person
from tests.serving import coze_platform

STEPS = 50  # of one story
EXPIRE = timedelta(days=7)
LIN = person("ULIN", admin=True)
PEOPLE = ("U0", "U1", "U2", "ULIN")
TIMES = (timedelta(0), timedelta(hours=4), timedelta(days=1), timedelta(days=3))

who = st.sampled_from(PEOPLE)


@dataclass
class RequestChanges:
    """What the model knows of a request."""

    id: int
    uid: str
    at: datetime
    state: JoinState = JoinState.PENDING
    version: int = 1
    reopened: datetime | None = None
    failed: bool = False
    watch_until: datetime | None = None
    watched: bool = False  # somebody looks at the member list from time to time
    wanted: bool = False  # an invitation is to be sent
    leaving: bool = False

    def settle(self, coze: "Coze", now: datetime, since: datetime) -> None:
        """All work that is due by now; `since` is when that was last so."""
        if self.state in UNDECIDED and now >= (self.reopened or self.at) + EXPIRE:
            self.state = JoinState.EXPIRED
        if self.wanted and self.state in (JoinState.APPROVED, JoinState.INVITED):
            self._invite(coze, now)
        elif self.watched and self.state is JoinState.INVITED and now > since:
            self._look(coze, now)
        self.wanted = False
        if self.leaving and self.state is JoinState.JOINED:
            self.state = JoinState.REMOVED
            coze.members.discard(self.uid)

    def _invite(self, coze: "Coze", now: datetime) -> None:
        if self.uid not in coze.accounts:
            self.state, self.failed = JoinState.APPROVED, True
        elif self.uid in coze.members and self.state is JoinState.INVITED:
            self.state, self.failed = JoinState.JOINED, False  # by our invitation; else whose it is nobody knows
        elif self.uid in coze.members:
            self.failed = True
        else:
            coze.invited.add(self.uid)
            self.state, self.failed = JoinState.INVITED, False
            self.watch_until, self.watched = now + WATCH, True

    def _look(self, coze: "Coze", now: datetime) -> None:
        if self.uid in coze.members:
            self.state = JoinState.JOINED
        elif self.watch_until and now >= self.watch_until:
            self.watched = False


@dataclass
class Coze:
    """What the model knows of Coze: who has an account, who is in, who holds an open invitation."""

    accounts: set[str]
    members: set[str]
    invited: set[str]


class Joining(RuleBasedStateMachine):
    """The steps. Each does the same to the system and to the model, and both must agree on whether it was allowed."""

    template: Path
    platform: CozePlatform

    def __init__(self) -> None:
        super().__init__()
        self.runner, self.stack = asyncio.Runner(), AsyncExitStack()
        self.matters: dict[str, list[RequestChanges]] = {each: [] for each in PEOPLE}
        self.uids = {each: str(7_000_000 + number) for number, each in enumerate(PEOPLE)}
        self.folder = tempfile.TemporaryDirectory(prefix="sharge-model-")

    @initialize()
    def begins(self) -> None:
        """An empty database, and everybody has an account on Coze but no place in the space."""
        file = Path(self.folder.name) / "model.db"
        shutil.copy(self.template, file)
        self.clock = Frozen()
        bench = benched(f"sqlite:///{file}", self.clock, self.platform)
        self.bench: Bench = self.run(self.stack.enter_async_context(bench))
        for user, uid in self.uids.items():
            self.platform.state.add_user(user, uid, user)
        self.coze = Coze(set(self.uids.values()), set(), set())
        self.settled = self.clock.now()
        for user in PEOPLE:
            self.asks(user, wrong=False)

    def teardown(self) -> None:
        """Close everything."""
        self.run(self.stack.aclose())
        self.runner.close()
        self.folder.cleanup()

    def run(self, deed: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine to its end."""
        return self.runner.run(deed)

    def latest(self, user: str) -> RequestChanges | None:
        """Somebody's newest request in the model."""
        return self.matters[user][-1] if self.matters[user] else None

    def agree(self, deed: Coroutine[Any, Any, Any], *, allowed: bool) -> Any:
        """Do it; the system must allow it exactly when the model does."""
        done, refused = None, ""
        try:
            done = self.run(deed)
        except BotError as error:
            refused = f"{type(error).__name__} {error}"
        assert allowed == (not refused), refused or "the system allowed what the model does not"
        return done

    @rule(user=who, wrong=st.booleans())
    def asks(self, user: str, *, wrong: bool) -> None:
        """With their own account, or with an ID that nobody has."""
        uid = "99" + self.uids[user] if wrong else self.uids[user]
        last = self.latest(user)
        free = not (last and last.state in OPEN) and self._free(uid)
        request_id = self.agree(self.bench.join.ask(person(user), Answers(uid, "n", "p", None)), allowed=free)
        if free:
            self.matters[user].append(RequestChanges(request_id, uid, self.clock.now()))

    def _free(self, uid: str) -> bool:
        every = [each for matters in self.matters.values() for each in matters]
        return not any(each.uid == uid and each.state in HOLDING for each in every)

    @rule(user=who, steps=st.integers(1, 4))
    def goes_on(self, user: str, steps: int) -> None:
        """What mostly comes next, so that stories get far."""
        for _ in range(steps):
            matter = self.latest(user)
            match matter.state if matter else None:
                case JoinState.PENDING:
                    self.is_approved(user, old_card=False)
                case JoinState.INFO_REQUESTED:
                    self.answers(user)
                case JoinState.APPROVED if matter and matter.failed:
                    self.fixes(user)
                case JoinState.APPROVED:
                    self.time_passes(timedelta(0))
                case JoinState.INVITED:
                    self.accepts(user)
                    self.time_passes(timedelta(hours=4))
                case JoinState.JOINED:
                    return
                case _:
                    self.asks(user, wrong=False)

    @rule(user=who)
    def edits(self, user: str) -> None:
        """The purpose."""
        if matter := self.latest(user):
            allowed = matter.state in UNDECIDED
            self.agree(
                self.bench.join.edit(person(user), matter.id, Answers(matter.uid, "n", "q", None)), allowed=allowed
            )
            matter.version += allowed

    @rule(user=who, sure=st.sampled_from((False, False, False, True)))
    def withdraws(self, user: str, *, sure: bool) -> None:
        """While nobody has decided."""
        if sure and (matter := self.latest(user)):
            allowed = matter.state in UNDECIDED
            self.agree(self.bench.join.withdraw(person(user), matter.id), allowed=allowed)
            matter.state = JoinState.WITHDRAWN if allowed else matter.state

    @rule(user=who)
    def answers(self, user: str) -> None:
        """What an admin asked."""
        if matter := self.latest(user):
            allowed = matter.state is JoinState.INFO_REQUESTED
            self.agree(self.bench.join.answer(person(user), matter.id, "it is this"), allowed=allowed)
            if allowed:
                matter.state, matter.version = JoinState.PENDING, matter.version + 1

    @rule(user=who, old_card=st.booleans())
    def is_approved(self, user: str, *, old_card: bool) -> None:
        """By the card as it is, or by one that was drawn before the first change."""
        if matter := self.latest(user):
            seen = 1 if old_card else matter.version
            allowed = self._decidable(user, matter) and seen == matter.version
            self.agree(self.bench.join.approve(LIN, matter.id, seen=seen), allowed=allowed)
            if allowed:
                matter.state, matter.wanted = JoinState.APPROVED, True

    @rule(user=who)
    def is_asked(self, user: str) -> None:
        """A question, or one more."""
        if matter := self.latest(user):
            allowed = self._decidable(user, matter)
            self.agree(self.bench.join.question(LIN, matter.id, "what is it?"), allowed=allowed)
            matter.state = JoinState.INFO_REQUESTED if allowed else matter.state

    @rule(user=who)
    def is_declined(self, user: str) -> None:
        """With a reason."""
        if matter := self.latest(user):
            allowed = self._decidable(user, matter)
            self.agree(self.bench.join.decline(LIN, matter.id, "not this season"), allowed=allowed)
            matter.state = JoinState.DECLINED if allowed else matter.state

    def _decidable(self, user: str, matter: RequestChanges) -> bool:
        return user != LIN.user_id and matter.state in UNDECIDED

    @rule(user=who)
    def is_sent_again(self, user: str) -> None:
        """The invitation."""
        if matter := self.latest(user):
            allowed = matter.state in (JoinState.APPROVED, JoinState.INVITED)
            self.agree(self.bench.invitations.resend(LIN, matter.id), allowed=allowed)
            if allowed:
                matter.wanted, matter.failed = True, False

    @rule(user=who)
    def fixes(self, user: str) -> None:
        """The ID, once it was approved: admins decide again."""
        if matter := self.latest(user):
            uid = self.uids[user]
            approved = matter.state in (JoinState.APPROVED, JoinState.INVITED)
            allowed = approved and matter.uid != uid and self._free(uid)
            self.agree(self.bench.invitations.fix(person(user), matter.id, uid), allowed=allowed)
            if allowed:
                matter.uid, matter.state, matter.failed = uid, JoinState.PENDING, False
                matter.version, matter.reopened = matter.version + 1, self.clock.now()
                matter.wanted = matter.watched = False

    @rule(user=who)
    def is_removed(self, user: str) -> None:
        """From the team, by an admin."""
        if matter := self.latest(user):
            allowed = matter.state is JoinState.JOINED
            self.agree(self.bench.leaving.remove(LIN, matter.id), allowed=allowed)
            matter.leaving = matter.leaving or allowed

    @rule(user=who)
    def accepts(self, user: str) -> None:
        """On Coze, the invitation that they hold."""
        uid = self.uids[user]
        answer = self.run(self.platform.act("user", {"name": user, "accept_invitation": "ShargeAI"}))
        assert answer["ok"] == (uid in self.coze.invited)
        if answer["ok"]:
            self.coze.invited.discard(uid)
            self.coze.members.add(uid)

    @rule(user=who)
    def leaves(self, user: str) -> None:
        """The space on Coze, without a word here."""
        uid = self.uids[user]
        answer = self.run(self.platform.act("leave", {"name": user}))
        assert answer["ok"] == (uid in self.coze.members)
        self.coze.members.discard(uid)

    @rule(passed=st.sampled_from(TIMES))
    def time_passes(self, passed: timedelta) -> None:
        """And all that is due by then gets done."""
        self.clock.moment += passed
        self.run(self.bench.works())
        now = self.clock.now()
        for matters in self.matters.values():
            for matter in matters:
                matter.settle(self.coze, now, self.settled)
        self.settled = now

    @rule(deed=st.integers(0, 3))
    def a_process_dies(self, deed: int) -> None:
        """After it has done so much of what is due; what it did on Coze stays, and nobody was told."""
        before = set(self.bench.space.members)
        self.run(self.bench.dies_at_work(deed))
        space = self.bench.space
        self.coze.invited |= {uid for uid in self.uids.values() if uid in space.invitations}
        self.coze.members -= before - set(space.members)

    @invariant()
    def the_system_equals_the_model(self) -> None:
        """Rows, books, and Coze."""
        if not hasattr(self, "bench"):
            return
        space = self.bench.space
        assert set(space.invitations) == self.coze.invited
        assert set(space.members) - {space.owner_id} == self.coze.members
        found = [
            (each.id, each.state, each.coze_uid, each.version, bool(each.error)) for each in self.run(self._all())
        ]
        known = sorted((each for matters in self.matters.values() for each in matters), key=lambda each: each.id)
        assert found == [(each.id, each.state, each.uid, each.version, each.failed) for each in known]

    async def _all(self) -> list[Request]:
        async with self.bench.db.read() as conn:
            rows = await conn.execute(select(request).order_by(request.c.id))
            return [Request(**row._mapping) for row in rows]


class Frozen:
    """Simulated time that stands still between steps."""

    def __init__(self) -> None:
        self.moment = SimulatedClock().now()

    def now(self) -> datetime:
        """Simulated time, UTC."""
        return self.moment


def drill(steps: int, number: int) -> None:
    """So many steps in stories of fifty. Raises AssertionError with the shortest story that differs."""
    with tempfile.TemporaryDirectory(prefix="sharge-drill-") as folder:
        Joining.template = Path(folder) / "empty.db"
        migrate(f"sqlite:///{Joining.template}")
        Joining.platform = coze_platform()
        try:
            machine = seed(number)(Joining)
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=max(1, steps // STEPS),
                    stateful_step_count=STEPS,
                    deadline=None,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            Joining.platform.close()


def main() -> int:
    """0 when the system equals the model."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.model", description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    drill(given.steps, given.seed)
    print(f"model: {given.steps} steps, seed {given.seed}: the system equals the model")
    return 0


if __name__ == "__main__":
    sys.exit(main())
