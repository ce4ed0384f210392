"""The bot is killed with SIGKILL between approval and invitation, and restarted: nothing is lost, nothing doubled.

`python -m tests.drills.kill --rounds N --seed S` runs it by hand. Each round: a member asks to join, an admin
approves, Coze answers late, Slack is slow or drops connections after the deed, and the bot dies once to three times
at moments drawn from the seed. In the end the chat, Coze and the database have to tell one and the same story.
"""

import argparse
import asyncio
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import func, select, update

from bot.clock import utc_now
from bot.core.join import JoinState
from bot.playground.world.chat import Transport
from bot.store.database import Database
from bot.store.message import CARD
from bot.store.tables import audit, job, message, request
from tests.databases import KINDS, fresh
from tests.processes import Bot, Json, free_port, playground
from tests.stories.story import Story

WINDOW = 1.6  # seconds after the click in which the bot dies; all that follows takes about as long
COZE_DELAY = 0.6
TROUBLES: tuple[Json, ...] = (
    {"kind": "cut", "method": "chat.postMessage", "times": 1},
    {"kind": "cut", "method": "chat.update", "times": 1},
    {"kind": "slow", "method": "chat.postMessage", "times": 3, "delay": 0.3},
    {"kind": "slow", "method": "chat.update", "times": 3, "delay": 0.3},
)
DEEDS = ("join.ask", "join.approved", "join.invite")
QUIET = (
    "watch",
    "purge",
    "check",
    "preflight",
    "edition",
    "agents",
    "digest",
    "replan",
    "look",
    "restored",
    "settings",
)  # work that goes on when all is told
PATIENCE = 60.0
PRESSES = 5  # of somebody who is told that the app did not answer
TRANSPORTS: dict[str, Transport] = {"sqlite": "socket", "postgresql": "http"}


@dataclass
class Tally:
    """What the rounds have found. A line in `lost` or `doubled` says what and in which round."""

    kills: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)

    def count(self, what: str, found: int, wanted: int) -> None:
        """Compare; too few is lost, too many is doubled."""
        if found < wanted:
            self.lost.append(f"{what}: {found} instead of {wanted}")
        elif found > wanted:
            self.doubled.append(f"{what}: {found} instead of {wanted}")


@dataclass(frozen=True)
class Round:
    """One round's world."""

    story: Story
    bot: Bot
    db: Database
    dice: random.Random
    tally: Tally
    name: str

    async def run(self) -> None:
        """From the request to the last look."""
        await self._ask()
        await self._approve_and_die()
        await self._settle()
        await self._look()

    async def _ask(self) -> None:
        uid = self.story.coze["users"]["mei"]
        await self._open_form()
        await self.story.sends("mei", 用户=uid, 昵称="小梅", 想做什么="念天气")
        await self.story.reads("lin", uid, channel="admins")
        await self.story.reads("mei", "等管理员审批")

    async def _open_form(self) -> None:
        """As somebody would who is told that Slack waited in vain for the form, as it does on a busy machine."""
        for left in reversed(range(PRESSES)):
            try:
                await self.story.types("mei", "/sharge join")
                await self.story.sees_form("mei", "申请加入团队")
            except AssertionError:
                if not left:
                    raise
            else:
                return

    async def _approve_and_die(self) -> None:
        await self.story.goes_wrong("coze", "slow", delay=COZE_DELAY, method="members")
        for _ in range(self.dice.randint(1, 3)):
            await self.story.goes_wrong("slack", **self.dice.choice(TROUBLES))
            moment = self.dice.uniform(0, WINDOW)
            pressing = asyncio.create_task(self._press_if_undecided())
            await asyncio.sleep(moment)
            await self.bot.kill()
            self.tally.kills += 1
            await pressing
            await leases_end(self.db)
            await self.bot.start()
        for _ in range(PRESSES):
            if await self._is_decided():
                break
            await self._press_if_undecided()

    async def _press_if_undecided(self) -> Json | None:
        """As an admin would: press while the card still asks. Whoever is told that it failed presses again."""
        if await self._is_decided():
            return None
        return await self.story.tries("click", who="lin", label="批准", channel="admins", confirm=True)

    async def _is_decided(self) -> bool:
        async with self.db.read() as conn:
            state = await conn.scalar(select(request.c.state))
            waiting = select(func.count()).where(job.c.kind == "decide", job.c.state.in_(["due", "leased"]))
            return state is not JoinState.PENDING or bool(await conn.scalar(waiting))

    async def _settle(self) -> None:
        """Everything works again; time moves on past every back-off until all that was wanted is done."""
        await self.story.works_again()
        deadline = utc_now().timestamp() + PATIENCE
        while await self._wanted():
            if utc_now().timestamp() > deadline:
                self.tally.lost.append(f"{self.name}: still to do: {await self._wanted()}; {self.bot.log[-2000:]}")
                return
            await asyncio.sleep(0.2)
            await self.story.passes(advance=2)

    async def _wanted(self) -> list[tuple[str, str]]:
        open_rows = select(job.c.kind, job.c.subject).where(job.c.state.in_(["due", "leased"]))
        async with self.db.read() as conn:
            rows = await conn.execute(open_rows.where(job.c.kind.not_in(QUIET)))
            return [(row.kind, row.subject) for row in rows]

    async def _look(self) -> None:
        """Count everything that must be there once, and read whether it is true."""
        await self._look_at_database()
        await self._look_at_chat()
        offered = [await self.story.tries("coze/user", name="mei", accept_invitation=True) for _ in range(2)]
        self._count("open invitations on Coze", sum(answer["ok"] for answer in offered), 1)
        await self.story.presses("mei", "已接受")
        await self.story.reads_in_time("lin", "已加入", channel="admins")  # once a minute Coze is asked

    async def _look_at_database(self) -> None:
        async with self.db.read() as conn:
            actions = Counter((await conn.execute(select(audit.c.action))).scalars())
            states = Counter((await conn.execute(select(job.c.state))).scalars())
            state = await conn.scalar(select(request.c.state))
        for action in DEEDS:
            self._count(f"audit {action}", actions[action], 1)
        self._count(f"most of one deed {dict(actions)}", max(actions.values()), 1)
        self._count("dead work", states["dead"], 0)
        self._count(f"invited (it is {state})", int(state is JoinState.INVITED), 1)

    async def _look_at_chat(self) -> None:
        """The rows and the chat have to know the same messages, and each has to say what is true now."""
        async with self.db.read() as conn:
            rows = (await conn.execute(select(message.c.recipient, message.c.kind, message.c.ts))).all()
        people = self.story.ready["slack"]["users"]
        mine = sorted((row.kind, str(row.ts)) for row in rows if row.recipient == people["mei"])
        self._count("card of the member", len(mine), 1)
        self._count("card of the admins", sum(row.kind == CARD for row in rows) - 1, 1)
        admins = await self._posted("lin", "admins")
        own = await self._posted("mei", "dm")
        for where, posted, known in (
            ("admins", admins, {row.ts for row in rows if row.recipient != people["mei"]}),
            ("member", own, {ts for _, ts in mine}),
        ):
            self._count(f"messages to {where} that a row knows", len(known & posted.keys()), len(known))
            self._count(f"messages to {where}", len(posted), len(known))
        card = next((str(row.ts) for row in rows if row.recipient != people["mei"] and row.kind == CARD), "")
        true = ["等对方" in admins.get(card, ""), *(re.search("接受.*邀请", text) for text in own.values())]
        self._count(f"true cards: {admins.get(card)}, {list(own.values())}", sum(map(bool, true)), 2)

    async def _posted(self, who: str, channel: str) -> dict[str, str]:
        seen = await self.story.screen(who)
        messages = seen["dm"] if channel == "dm" else seen["channels"][channel]
        bot = self.story.ready["slack"]["bot_user"]
        return {each["ts"]: each["plain"] for each in messages if each["user"] == bot and not each["ephemeral"]}

    def _count(self, what: str, found: int, wanted: int) -> None:
        self.tally.count(f"{self.name}: {what}", found, wanted)


async def leases_end(db: Database) -> None:
    """What a minute of waiting would do: the dead process's leases are over."""
    async with db.write() as tx:
        await tx.conn.execute(update(job).where(job.c.state == "leased").values(lease_until=1.0))


@asynccontextmanager
async def chat(folder: Path, transport: Transport, port: int) -> AsyncIterator[Story]:
    """A playground in a process of its own, and its people."""
    options = ["--transport", transport]
    if transport == "http":
        options += ["--events-url", f"http://127.0.0.1:{port}/slack/events"]
    async with (
        playground(folder, *options) as ready,
        httpx.AsyncClient(base_url=ready["human"], timeout=30, trust_env=False) as http,
    ):
        yield Story(http, ready)


async def drill(kind: str, folder: Path, rounds: int, seed: int) -> Tally:
    """So many rounds on one kind of database, each with a fresh one."""
    tally, port = Tally(), free_port()
    async with chat(folder, TRANSPORTS[kind], port) as story:
        for number in range(rounds):
            await story.tries("reset")
            with fresh(kind, folder) as url:
                bot, db = Bot(folder, {**story.ready["env"], "DATABASE_URL": url}, port), Database(url)
                dice = random.Random(f"{seed} {number}")  # noqa: S311 (a drill)
                try:
                    async with bot.running():
                        await Round(story, bot, db, dice, tally, f"round {number}").run()
                finally:
                    await db.close()
    return tally


async def by_hand(kind: str, rounds: int, seed: int) -> bool:
    """Run and print; whether nothing was lost or doubled."""
    with tempfile.TemporaryDirectory(prefix="sharge-drill-") as folder:
        tally = await drill(kind, Path(folder), rounds, seed)
    print(
        f"kill: {kind}, N {rounds}, seed {seed}, kills {tally.kills}, "
        f"lost {len(tally.lost)}, doubled {len(tally.doubled)}"
    )
    for line in tally.lost + tally.doubled:
        print(f"  {line}")
    return not tally.lost and not tally.doubled


def main() -> int:
    """0 when nothing was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.kill", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=KINDS, default=KINDS[0], help="PostgreSQL needs TEST_DATABASE_URL")
    given = parser.parse_args()
    return 0 if asyncio.run(by_hand(given.database, given.rounds, given.seed)) else 1


if __name__ == "__main__":
    sys.exit(main())
