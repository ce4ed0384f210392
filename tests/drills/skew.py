"""The two clocks are up to a day apart and a fifth of the answers is lost: every post arrives once, and in time.

`python -m tests.drills.skew --count N --seed S` runs it by hand. The posts come in handfuls. For each, the clock of
the chat is set off the bot's by a time drawn from the seed, and the bot starts anew; answers to posts are cut after
the deed, to some of them twice; often the chat is away for a while, before the posts or after them. In the end each
post has to stand there once, no later than a minute after the chat was back, and its row has to know where.
"""

import argparse
import asyncio
import logging
import random
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bot.store import message
from bot.store.tables import job as jobs
from bot.store.tables import message as table
from tests.databases import KINDS, fresh
from tests.drills.hand import Hand, at_work, unpaced
from tests.slack.bot import TEAM, awake_in, chat

HANDFUL = 5  # posts at a time
DAY = 86_400.0
OUTAGES = (0.0, 0.0, 30.0, 300.0, 900.0)  # seconds for which the chat may be away
LATEST = 60.0  # seconds after its return
STEP = 1.0  # seconds of simulated time between two looks
PATIENCE = 300.0  # seconds of simulated time until a post counts as lost
RECIPIENTS = ("U0MEI", "U0TOM", "U0LIN", "admins")
DRAWN = jobs.c.kind == "draw"


@dataclass
class Tally:
    """What came of it."""

    posts: int = 0
    cut: int = 0
    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    latest: float = 0.0


class Handful:
    """A few posts of one process of the bot, into a chat whose clock is `ahead` of its own by so many seconds."""

    def __init__(self, hand: Hand, ahead: float, dice: random.Random, tally: Tally) -> None:
        self._hand, self._db, self._ahead, self._dice, self._tally = hand, hand.bot.app.db, ahead, dice, tally
        slack = hand.bot.slack
        self._chat, self._faults = slack.workspace, slack.world.faults["slack"]
        self._admins = slack.ready()["slack"]["channels"]["admins"]

    async def run(self, count: int) -> None:
        """So many posts, each looked at in the end."""
        outage = self._dice.choice(OUTAGES)
        if is_away := bool(outage) and self._dice.random() < 0.5:
            self._faults.set("server_error")
        else:
            self._cuts_begin()
        ids = [await self._wants(self._tally.posts + number) for number in range(count)]
        self._tally.posts += count
        await self._hand.step(STEP)
        if outage and not is_away:
            self._cuts_end()
            self._faults.set("server_error")
        await self._hand.passes(outage, 30 * STEP)
        self._cuts_end()
        back = self._hand.clock.now().timestamp()
        if self._dice.random() < 0.5:
            self._cuts_begin()
        await self._settles()
        await self._look(ids, back)

    def _cuts_begin(self) -> None:
        """The answers to the next posts are lost."""
        cuts = self._dice.randint(0, 2)
        self._tally.cut += cuts
        if cuts:
            self._faults.set("cut", times=cuts, method="chat.postMessage")

    def _cuts_end(self) -> None:
        self._tally.cut -= sum(each["times"] for each in self._faults.active if each["kind"] == "cut")
        self._faults.clear()

    async def _wants(self, number: int) -> int:
        recipient, kind = self._dice.choice(RECIPIENTS), f"n{number}"
        recipient = self._admins if recipient == "admins" else recipient
        async with self._db.write() as tx:
            await message.show(tx, TEAM, message.hello("drill"), recipient, kind, self._hand.clock.now())
        async with self._db.read() as conn:
            wanted = select(table.c.id).filter_by(recipient=recipient, kind=kind)
            return int((await conn.execute(wanted)).scalar_one())

    async def _settles(self) -> None:
        given_up = self._hand.clock.now() + timedelta(seconds=PATIENCE)
        while await self._hand.open(DRAWN) and self._hand.clock.now() < given_up:
            await self._hand.step(STEP)
        self._cuts_end()

    async def _look(self, ids: list[int], back: float) -> None:
        """Each stands there once, in time, where its row says."""
        posted: dict[object, list[float]] = {}
        for channel in self._chat.messages.values():
            for each in channel:
                number = ((each.metadata or {}).get("event_payload") or {}).get("message_id")
                posted.setdefault(number, []).append(float(each.ts))
        async with self._db.read() as conn:
            known = dict((await conn.execute(select(table.c.id, table.c.ts).where(table.c.id.in_(ids)))).all())
        for number in ids:
            name, found = f"post {number}, the chat {self._ahead:+.0f} s ahead", posted.get(number, [])
            if len(found) > 1:
                self._tally.doubled.append(f"{name}: {len(found)} times")
            if not found or float(known[number] or 0) not in found:
                self._tally.lost.append(f"{name}: {found}, its row says {known[number]}")
                continue
            late = min(found) - self._ahead - back
            self._tally.latest = max(self._tally.latest, late)
            if late > LATEST:
                self._tally.late.append(f"{name}: {late:.0f} s")


async def drill(url: str, count: int, seed: int) -> Tally:
    """So many posts on the database at `url`."""
    dice, tally = random.Random(f"{seed}"), Tally()  # noqa: S311 (a drill)
    with unpaced():
        async with chat() as slack:
            while tally.posts < count:
                ahead = dice.uniform(-DAY, DAY)
                slack.workspace.run_ahead(timedelta(seconds=ahead))
                async with awake_in(slack, url) as bot, at_work(bot) as hand:
                    await Handful(hand, ahead, dice, tally).run(min(HANDFUL, count - tally.posts))
    return tally


def by_hand(kind: str, count: int, seed: int) -> bool:
    """Run and print; whether each post arrived once and in time."""
    with tempfile.TemporaryDirectory(prefix="sharge-drill-") as folder, fresh(kind, Path(folder)) as url:
        tally = asyncio.run(drill(url, count, seed))
    wrong = tally.doubled + tally.lost + tally.late
    print(
        f"skew: {kind}, N {tally.posts}, seed {seed}: {tally.cut} answers cut, doubled {len(tally.doubled)}, "
        f"lost {len(tally.lost)}, late {len(tally.late)}, the latest {tally.latest:.0f} s after Slack's return"
    )
    for line in wrong[:10]:
        print(f"  {line}")
    return not wrong


def main() -> int:
    """0 when nothing was doubled, lost or late."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.skew", description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=KINDS, default=KINDS[0], help="PostgreSQL needs TEST_DATABASE_URL")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    return 0 if by_hand(given.database, given.count, given.seed) else 1


if __name__ == "__main__":
    sys.exit(main())
