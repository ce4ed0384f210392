"""What Coze tells of the channel comes doubled, in any order, forged, replayed and about others, while admins decide:
every review ends where Coze's own times say, and nothing is answered with an error of ours.

`python -m tests.drills.callbacks --count N --seed S` sends N callbacks by hand.
"""

import argparse
import asyncio
import hashlib
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.routing import Route

from bot.clock import SystemClock
from bot.core.errors import AlreadyDecided, NotFound, WrongState
from bot.core.people import Person, Standing
from bot.core.review import DECIDED, Review, ReviewState
from bot.services.join.requests import EscalationPolicy
from bot.services.review import Reviews
from bot.store.database import Database
from bot.store.review_tables import review
from bot.web.callback import CallbackEndpoint, ChannelSignature
from tests.databases import KINDS, fresh
from tests.serving import serving

TOKEN, CONNECTOR, OTHER = "verify-token", "7530519246604500005", "7530519246604500006"
TEAM, CHANNEL = "T0SHARGE", "C0ADMINS"
START = 1_900_000_000_000  # milliseconds
PATIENCE = 20.0  # seconds until it is said that nothing can be kept; tests/web is about those who hear it
AT_ONCE = 8  # callbacks on their way at the same time
EVENTS = 6  # of one agent, on average
DECIDES = 0.1  # verdicts for each callback
LIN = Person(TEAM, "U0LIN", "Lin", "en", "UTC", Standing.MEMBER, admin=True, seen_at=datetime(2026, 3, 5, tzinfo=UTC))
Json = dict[str, Any]

ENDS = {"bot.unpublished": ReviewState.UNPUBLISHED, "bot.deleted": ReviewState.DELETED}
REFUSED = {"forged": 401, "replayed": 401, "other channel": 403, "broken": 400, "too large": 413}
"""What is answered to what is none of ours."""


@dataclass
class Tally:
    """What was sent and answered. A line in `wrong` says what is not as it has to be."""

    sent: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0  # seconds
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """A genuine event."""

    number: int
    agent: str
    kind: str

    @property
    def body(self) -> Json:
        """As Coze sends it."""
        header = {"event_type": self.kind, "event_id": f"e{self.number}", "created_at": START + self.number}
        event: Json = {"bot_id_str": self.agent, "bot_name": f"agent {self.agent[-4:]}", "connector_id": CONNECTOR}
        if self.kind == "bot.published":
            event |= {"version": str(START + self.number), "user_id_str": "7530412083311050001", "user_name": "mei"}
        return {"header": header, "event": event}


class Drill:
    """One run: what Coze sends, from which everything follows."""

    def __init__(self, reviews: Reviews, http: httpx.AsyncClient, count: int, seed: int) -> None:
        self.reviews, self.http, self.tally = reviews, http, Tally()
        self.dice = random.Random(seed)  # noqa: S311 (which event, in which order)
        genuine = count // 2
        agents = [f"75300000000000{number:05}" for number in range(max(1, genuine // EVENTS))]
        kinds = ["bot.published"] * 3 + list(ENDS)
        self.events = [Told(n, self.dice.choice(agents), self.dice.choice(kinds)) for n in range(genuine)]
        self.count = count

    def deliveries(self) -> list[tuple[str, Told]]:
        """Each genuine event once, and again in all ways that mean nothing, in any order."""
        ways = ["doubled", *REFUSED]
        again = [
            (self.dice.choice(ways), self.dice.choice(self.events)) for _ in range(self.count - len(self.events))
        ]
        found = [*(("genuine", each) for each in self.events), *again]
        self.dice.shuffle(found)
        return found

    async def run(self) -> None:
        """All of it, some at the same time, with verdicts in between."""
        waiting = iter(self.deliveries())
        await asyncio.gather(*(self._sends(waiting) for _ in range(AT_ONCE)))

    async def _sends(self, waiting: Iterator[tuple[str, Told]]) -> None:
        for way, event in waiting:
            await self._send(way, event)
            if self.dice.random() < DECIDES:
                await self._decide()

    async def _send(self, way: str, event: Told) -> None:
        self.tally.sent[way] += 1
        body = event.body
        if way == "other channel":
            body["event"]["connector_id"] = OTHER
        raw = json.dumps(body).encode()
        if way == "broken":
            raw = raw[: len(raw) // 2]
        if way == "too large":
            raw = b" " * 1_000_000
        began = time.monotonic()
        answer = await self.http.post("/coze/callback", content=raw, headers=_signed(way, raw))
        self.tally.slowest = max(self.tally.slowest, time.monotonic() - began)
        self.tally.answers[answer.status_code] += 1
        if answer.status_code != REFUSED.get(way, 200):
            self.tally.wrong.append(f"{way}: answered {answer.status_code} ({answer.text[:80]})")

    async def _decide(self) -> None:
        """An admin decides about any of the reviews, late or twice as it comes."""
        row, passes = self.dice.randint(1, len(self.events)), self.dice.random() < 0.5
        try:
            await (self.reviews.approve(LIN, row) if passes else self.reviews.reject(LIN, row, "no"))
        except (NotFound, WrongState, AlreadyDecided) as late:
            self.tally.verdicts[type(late).__name__] += 1
        else:
            self.tally.verdicts["counted"] += 1

    async def look(self, db: Database) -> None:
        """Each publication has one review, which stands where the agent's next event by Coze's time has put it."""
        async with db.read() as conn:
            rows = [Review(**row._mapping) for row in await conn.execute(select(review))]
        found = {row.event_id: row.state for row in rows}
        if len(found) != len(rows):
            self.tally.wrong.append("an event with two reviews")
        for event in self.events:
            if event.kind != "bot.published":
                continue
            state, wanted = found.pop(f"e{event.number}", None), self._wanted(event)
            if state not in wanted:
                self.tally.wrong.append(f"event {event.number}: {state} instead of {[each.value for each in wanted]}")
        self.tally.wrong += [f"a review of nothing: {each}" for each in found]

    def _wanted(self, event: Told) -> set[ReviewState]:
        later = [each for each in self.events if each.agent == event.agent and each.number > event.number]
        if not later:
            return {ReviewState.WAITING, *DECIDED}
        return {ENDS.get(min(later, key=lambda each: each.number).kind, ReviewState.SUPERSEDED)}


def _signed(way: str, raw: bytes) -> dict[str, str]:
    ago = 360 if way == "replayed" else 0
    token = "guessed" if way == "forged" else TOKEN
    stamp, nonce = str(int((time.time() - ago) * 1000)), "abc"
    signed = hashlib.sha1(f"{stamp}{nonce}{token}".encode() + raw, usedforsecurity=False).hexdigest()
    return {"x-coze-timestamp": stamp, "x-coze-nonce": nonce, "x-coze-signature": signed}


async def drill(kind: str, folder: Path, count: int, seed: int) -> Tally:
    """Send `count` callbacks, and compare."""
    with fresh(kind, folder) as url:
        db = Database(url)
        reviews = Reviews(db, SystemClock(), TEAM, lambda: CHANNEL, EscalationPolicy, own=False)
        endpoint = CallbackEndpoint(ChannelSignature(SecretStr(TOKEN)), CONNECTOR, reviews.hear, PATIENCE)
        app = Starlette(routes=[Route("/coze/callback", endpoint, methods=["POST"])])
        try:
            async with serving(app) as address, httpx.AsyncClient(base_url=address, timeout=30) as http:
                played = Drill(reviews, http, count, seed)
                await played.run()
                await played.look(db)
        finally:
            await db.close()
    return played.tally


def main() -> int:
    """0 when nothing was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.callbacks", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=KINDS, default=KINDS[0], help="PostgreSQL needs TEST_DATABASE_URL")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sharge-drill-") as folder:
        tally = asyncio.run(drill(given.database, Path(folder), given.count, given.seed))
    sent = ", ".join(f"{way} {count}" for way, count in sorted(tally.sent.items()))
    answers = ", ".join(f"{status} {count}" for status, count in sorted(tally.answers.items()))
    print(f"callbacks: {given.database}, N {given.count}, seed {given.seed}: {sent}; answers {answers}")
    print(f"  verdicts {dict(tally.verdicts)}, the slowest {tally.slowest * 1000:.0f} ms, wrong {len(tally.wrong)}")
    for line in tally.wrong[:10]:
        print(f"  {line}")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
