"""Slack, Coze or the database is away for an hour: few lines in the log, no traceback, nothing lost or doubled.

`python -m tests.drills.outage --what slack|coze|database --database sqlite|postgresql --seed S` runs it by hand.

Bot and playground are processes of their own. Open when it begins: a request to join, a token's reminder that falls
due within the hour, a guide's step and a publication that wait for Coze's review. Meanwhile people go on typing and
pressing, Coze reviews, somebody new comes to Slack. Slack and Coze fail at the wire, in ways drawn from the seed; for
the last third of the hour Slack's connections are ended too. A PostgreSQL ends all connections and takes no new one;
under an SQLite the disk is full.

Simulated is time: the hour passes in steps of a minute, between which the bot has `LOOK` seconds of real time. What
the bot does by simulated time (jobs, their tries) happens as often as in an hour. The log's own limit to repeated
lines hears the same clock. What goes by real time happens less often, as the tries of Socket Mode to connect; each
kind of line about it comes at most nine times an hour.
"""

import argparse
import asyncio
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, select, text

from bot.logs import Outages
from bot.playground.world.chat import Transport
from bot.store.database import Database, normal
from bot.store.tables import audit, job, message
from tests.databases import KINDS, fresh
from tests.drills.kill import QUIET, TRANSPORTS, chat
from tests.full_disk import SmallDisk, small_disk
from tests.processes import Bot, free_port
from tests.stories.story import START, Story

WHATS = ("slack", "coze", "database")
HOUR, MINUTE = 60, 60.0  # minutes, seconds of simulated time
LOOK = 1.0  # seconds of real time that the bot has for each step
MOST = 200  # lines
BEGINS = "2040-04-03T09:10+08:00"  # twenty minutes before the reminder of a token recorded at START
PATIENCE = 120.0  # seconds of real time until all that was wanted must be done
WAYS = {
    "slack": ("server_error", "internal_error", "cut", "rate_limited"),
    "coze": ("html_502", "server_error", "cut", "rate_limited"),
}
AHEAD = "ahead"  # the file that tells the bot's log how many seconds simulated time is ahead
BY_BOT = ("-m", "tests.drills.outage", "bot")
UNSAVED = ("我的数据库", "my database")


@dataclass
class Tally:
    """What came of it. `loud` are lines with a traceback, `told` answers that nothing was saved."""

    lines: Counter[str] = field(default_factory=Counter)
    loud: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    acts: Counter[str] = field(default_factory=Counter)
    told: int = 0

    @property
    def is_fine(self) -> bool:
        """Whether it was calm, and each matter came to its end once."""
        return self.lines.total() <= MOST and not self.loud + self.lost + self.doubled

    def count(self, what: str, found: int, wanted: int = 1) -> None:
        """Too few is lost, too many is doubled."""
        if found != wanted:
            (self.lost if found < wanted else self.doubled).append(f"{what}: {found} instead of {wanted}")


class Outside(Protocol):
    """What can be away."""

    async def fails(self, minute: int) -> None:
        """It is away, and may be so in another way each minute."""

    async def works(self) -> None:
        """It is back."""


class Service:
    """Slack or Coze, at the wire."""

    def __init__(self, story: Story, what: str, dice: random.Random, transport: Transport) -> None:
        self._story, self._what, self._dice, self._transport = story, what, dice, transport

    async def fails(self, minute: int) -> None:
        """In one of its ways, another one every ten minutes."""
        if minute % 10 == 0:
            await self._story.works_again()
            await self._story.goes_wrong(self._what, self._dice.choice(WAYS[self._what]), delay=1)
        if self._what == "slack" and minute == HOUR * 2 // 3:
            await self._story.works_again()
            await self._story.goes_wrong("slack", "server_error")
            if self._transport == "socket":
                await self._story.goes_wrong("slack", "disconnect")

    async def works(self) -> None:
        """As before."""
        await self._story.works_again()


class Server:
    """A database of PostgreSQL: who is connected is thrown out, and nobody gets in."""

    def __init__(self, url: str) -> None:
        self._name = str(normal(url).database)
        self._engine = create_engine(normal(url).set(database="postgres"), isolation_level="AUTOCOMMIT")

    async def fails(self, minute: int) -> None:
        """At once."""
        if minute == 0:
            end = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
            with self._engine.connect() as conn:
                conn.execute(text(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS false'))
                conn.execute(end, {"name": self._name})

    async def works(self) -> None:
        """Whoever asks gets in."""
        with self._engine.connect() as conn:
            conn.execute(text(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS true'))
        self._engine.dispose()


class Disk:
    """What SQLite writes to: full."""

    def __init__(self, disk: SmallDisk, url: str) -> None:
        self._disk, self._file = disk, str(normal(url).database)

    async def fails(self, minute: int) -> None:
        """At once."""
        if minute == 0:
            await asyncio.to_thread(self._disk.fill, self._file)

    async def works(self) -> None:
        """There is room."""
        self._disk.free()


class Hour:
    """Before, meanwhile and after."""

    def __init__(self, story: Story, bot: Bot, db: Database, folder: Path, dice: random.Random) -> None:
        self._story, self._bot, self._db, self._folder, self._dice = story, bot, db, folder, dice
        self._ahead = 0
        self._bot_id = ""
        self.tally = Tally()

    async def before(self) -> None:
        """What is open when it begins."""
        story = self._story
        await story.types("mei", "/sharge remind add")
        await story.sees_form("mei", "登记到期日")
        await story.sends("mei", 名字="拍拍镜")
        await story.reads("mei", "拍拍镜", "已登记")
        await story.passes(to=BEGINS)
        await story.joins("mei")
        await story.proves("mei")
        await self._guide()
        await story.asks_to_join("tom")
        await story.reads("lin", "@tom", "等待审批", channel="admins")
        await story.types("lin", "/sharge queue")
        await story.reads("lin", "@tom")

    async def _guide(self) -> None:
        """Mei's agent is sent to the channel from the guide: both wait for the review."""
        story = self._story
        await story.types("mei", "/sharge start")
        await story.presses_soon("mei", "上闪极智能体")
        agent = await story.on_coze("agent", name="mei", title="夜航员", workspace="ShargeAI")
        self._bot_id = agent["bot_id"]
        await story.presses_soon("mei", "填智能体地址")
        await story.sees_form("mei", "智能体页面的地址")
        address = f"https://www.coze.cn/space/{agent['workspace_id']}/bot/{self._bot_id}"
        await story.sends("mei", 地址=address, 名字="夜航员")
        await story.presses_soon("mei", "帮我发布")
        await story.sees_form("mei", "确认发布", "夜航员")
        await story.sends("mei")
        await story.reads("mei", "第 5 步", "审核中")
        await story.reads("mei", "「夜航员」审核中")

    async def meanwhile(self, outside: Outside, stride: int) -> None:
        """An hour in which people go on, in steps of so many minutes."""
        said = len(self._bot.log)
        for minute in range(0, HOUR, stride):
            await outside.fails(minute)
            await self._somebody_acts(minute)
            await self._passes(stride * MINUTE)
            await asyncio.sleep(LOOK)
        await self._read_answers()
        await outside.works()
        await self._settles()
        self._read_log(self._bot.log[said:])

    async def _somebody_acts(self, minute: int) -> None:
        if minute in (0, 20, 40):
            await self._tries("click", who="lin", label="批准", channel="admins", confirm=True)
        if minute == 10:
            await self._tries("user", who="ann", new=True, name="Ann", locale="en-US", tz="America/New_York")
        if minute == 30:
            await self._story.on_coze("review", bot_id=self._bot_id, verdict="passed")
        who = self._dice.choice(("mei", "tom", "lin"))
        word = self._dice.choice(("/sharge", "/sharge status", "/sharge join", "/sharge remind", "/sharge help"))
        match self._dice.choice(("command", "say", "home")):
            case "command":
                await self._tries("command", who=who, text=word)
            case "say":
                await self._tries("say", who=who, text=word.removeprefix("/sharge") or "hello")
            case _:
                await self._tries("home", who=who)

    async def _tries(self, call: str, **body: object) -> None:
        answer = await self._story.tries(call, **body)
        self.tally.acts["taken" if answer["ok"] and answer.get("status", 200) == 200 else "not taken"] += 1

    async def _passes(self, seconds: float) -> None:
        """The log of the bot hears of it too."""
        await self._story.tries("clock", advance=seconds)  # what the bot can't do now is not waited for
        self._ahead += int(seconds)
        (self._folder / AHEAD).write_text(str(self._ahead))

    async def _read_answers(self) -> None:
        for who in ("mei", "tom", "lin"):
            texts = str(await self._story.screen(who))
            self.tally.told += sum(texts.count(each) for each in UNSAVED)

    async def _settles(self) -> None:
        """All that is due is done, and what depends on it."""
        deadline = time.monotonic() + PATIENCE
        while left := await self._left():
            if time.monotonic() > deadline:
                self.tally.lost.append(f"still to do: {left}")
                return
            await self._passes(MINUTE / 2)
            await asyncio.sleep(LOOK / 4)

    async def _left(self) -> list[str]:
        due = select(job.c.kind, job.c.subject, job.c.attempts, job.c.last_error)
        due = due.where(
            job.c.state.in_(["due", "leased"]),
            job.c.kind.not_in(QUIET),
            (job.c.attempts > 0) | (job.c.due_at <= await self._story.now()),
        )
        async with self._db.read() as conn:
            return [str(tuple(row)) for row in await conn.execute(due)]

    def _read_log(self, log: str) -> None:
        for line in log.splitlines():
            if '"event": "delivery"' in line:
                continue  # each has its line, whatever is away
            self.tally.lines[re.sub(r"\d+|\"timestamp\": \"[^\"]*\"", "", line)[:160]] += 1
            if "Traceback" in line:
                self.tally.loud.append(line[:2000])

    async def after(self) -> None:
        """Everybody goes on where they stood, and all has come to its end once."""
        story = self._story
        await story.tries("click", who="lin", label="批准", channel="admins", confirm=True)
        await story.reads_in_time("lin", "@tom", "等对方", channel="admins")
        offered = [await story.tries("coze/user", name="tom", accept_invitation=True) for _ in range(2)]
        self.tally.count("invitations on Coze", sum(answer["ok"] for answer in offered))
        await story.reads_in_time("lin", "@tom", "已加入", channel="admins")
        await story.reads_in_time("mei", "第 6 步", "已发布到")
        await self._settles()
        await self._look_at_rows()

    async def _look_at_rows(self) -> None:
        """Each deed stands once in the books, and each message once in the chat."""
        async with self._db.read() as conn:
            deeds = Counter(map(tuple, await conn.execute(select(audit.c.subject, audit.c.action))))
            posts = select(message.c.ts, message.c.kind).where(message.c.ts.is_not(None))
            rows = {str(row.ts): str(row.kind) for row in await conn.execute(posts)}
            dead = (await conn.execute(select(job.c.kind, job.c.last_error).filter_by(state="dead"))).all()
        for deed, count in deeds.items():
            if deed[1].startswith(("join.", "publish.")):
                self.tally.count(f"audit {deed}", count)
        self.tally.count(f"dead jobs {dead}", len(dead), 0)
        self.tally.count("reminders", list(rows.values()).count("t1"))
        posted = Counter(await self._posted())
        for ts in rows:
            self.tally.count(f"post of a row, {ts}", posted[ts])

    async def _posted(self) -> list[str]:
        """The ts of what stands in the chat; a post that carries a row's id twice counts as doubled."""
        carried: Counter[str] = Counter()
        for each in await self._story.calls("chat.postMessage"):
            payload = (each["body"].get("metadata") or {}).get("event_payload")
            if payload and each["response"].get("ok"):
                carried[str(sorted(payload.items()))] += 1
        for row, count in carried.items():
            self.tally.count(f"posts of {row}", count)
        found: list[str] = []
        for who in ("mei", "tom", "lin", "wang", "ann"):
            seen = await self._story.screen(who)
            rooms = [seen["dm"], seen["channels"]["admins"] if who == "lin" else []]
            found += [str(each["ts"]) for room in rooms for each in room]
        return found


@contextmanager
def away(what: str, kind: str, folder: Path) -> Iterator[tuple[str, Disk | Server | None]]:
    """The URL of a fresh database, and what takes it away where it is the database."""
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(folder)) if (what, kind) == ("database", "sqlite") else None
        url = stack.enter_context(fresh(kind, disk.folder if disk else folder))
        if what != "database":
            yield url, None
        else:
            yield url, Disk(disk, url) if disk else Server(url)


async def drill(what: str, kind: str, folder: Path, seed: int, stride: int = 1) -> Tally:
    """One hour on a fresh database of this kind, in steps of `stride` minutes: a divisor of ten."""
    port, dice = free_port(), random.Random(f"{seed} {what}")  # noqa: S311 (a drill)
    (folder / AHEAD).write_text("0")
    async with chat(folder, TRANSPORTS[kind], port) as story:
        await story.passes(to=START.isoformat())
        with away(what, kind, folder) as (url, outside):
            bot = Bot(folder, {**story.ready["env"], "DATABASE_URL": url}, port, BY_BOT)
            db = Database(url)
            try:
                async with bot.running():
                    hour = Hour(story, bot, db, folder, dice)
                    await hour.before()
                    await hour.meanwhile(outside or Service(story, what, dice, TRANSPORTS[kind]), stride)
                    await hour.after()
            finally:
                await db.close()
    return hour.tally


def by_hand(what: str, kind: str, seed: int) -> bool:
    """Run and print; whether all was well."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sharge-drill-") as folder:
        tally = asyncio.run(drill(what, kind, Path(folder), seed))
    print(
        f"outage: {what}, {kind}, seed {seed}: lines {tally.lines.total()} of {len(tally.lines)} kinds, tracebacks "
        f"{len(tally.loud)}, lost {len(tally.lost)}, doubled {len(tally.doubled)}; people's acts {dict(tally.acts)}, "
        f'told "not saved" {tally.told} ({time.monotonic() - began:.0f} s)'
    )
    for line in (*tally.lost, *tally.doubled, *tally.loud[:5]):
        print(f"  {line}")
    for each, count in tally.lines.most_common(30):
        print(f"  {count} x {each}")
    return tally.is_fine


def the_bot() -> int:
    """The bot, whose log hears simulated time as its limit to lines that are repeated."""

    def now() -> float:
        return time.monotonic() + float(Path(AHEAD).read_text() or 0)

    Outages.__init__.__defaults__ = (now,)
    from bot.cli.run import main

    return main()


def main() -> int:
    """0 when it was calm, and nothing was lost or doubled."""
    if sys.argv[1:] == [BY_BOT[-1]]:
        return the_bot()
    parser = argparse.ArgumentParser(prog="python -m tests.drills.outage", description=__doc__)
    parser.add_argument("--what", choices=WHATS, default=WHATS[0])
    parser.add_argument("--database", choices=KINDS, default=KINDS[0], help="PostgreSQL needs TEST_DATABASE_URL")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    return 0 if by_hand(given.what, given.database, given.seed) else 1


if __name__ == "__main__":
    sys.exit(main())
