"""The forecast and what then really goes out: the same messages, to the same people, at the same moments."""

import asyncio
import json
import os
import random
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.clock import Clock
from bot.configured import in_force
from bot.core.backup import HELP, BackupState
from bot.core.credential import Record
from bot.core.expiring import midnight
from bot.core.forecast import Upcoming
from bot.core.orphan import KIND
from bot.core.remind import SNOOZED, USUAL, Rung, Timetable
from bot.core.ringing import PUT_OFF, owner_of
from bot.services.forecast import READ, Forecasts
from bot.services.remind import Reminders
from bot.settings import Settings
from bot.store import audit, backup, credential, people
from bot.store.database import Database
from bot.store.message import CARD
from bot.store.tables import message
from tests.stories.story import Story, told
from tests.stories.test_orphan import records

TEAM, SHANGHAI = "T0PLAYGROUND", "Asia/Shanghai"
DAYS = 14
SLACK = timedelta(minutes=2)  # between the moment of a reminder and its post, on a busy machine
LATE = timedelta(days=2)  # a digest, which a jump to the next reminder may pass


class Still(Clock):
    """A clock that stands where the story is."""

    def __init__(self, time: datetime) -> None:
        self._time = time

    def now(self) -> datetime:
        """Simulated time."""
        return self._time


@dataclass(frozen=True)
class Post:
    """A message: when, to whom, and what it tells, by token and kind."""

    at: datetime
    recipient: str
    told: frozenset[tuple[int, str]]


@asynccontextmanager
async def opened(story: Story) -> AsyncIterator[Database]:
    """The story's database."""
    db = Database(story.database)
    yield db
    await db.close()


def timetable() -> Timetable:
    """When the story's bot reminds."""
    return in_force(Settings(), {}).timetable


async def plans(story: Story, dice: random.Random, users: Sequence[str], standby: str = "") -> None:
    """Tokens that end in three weeks, some of one moment, and a few that were put off; somebody stands in for the
    owners of about half of them."""
    now = await story.now()
    reminders = Reminders(Still(now), timetable)
    ends = [now + timedelta(days=dice.randrange(1, 22), hours=dice.randrange(24)) for _ in range(4)]
    async with opened(story) as db, db.write() as tx:
        for number in range(12):
            user, end = dice.choice(users), dice.choice(ends)
            made = end - timedelta(days=dice.choice((30, 30, 30, 60)))
            row_id = await credential.add(tx, TEAM, user, Record(f"t{number}", made, end, None), min(made, now))
            token = await credential.load(tx.conn, TEAM, row_id)
            owner = owner_of(await people.load(tx.conn, TEAM, user))
            await reminders.plan(tx, token, owner.tz, owner.quiet)
            later = now + timedelta(days=1, hours=dice.randrange(48))
            if dice.random() < 0.3 and later < end:
                await reminders.ring_at(tx, token, Rung(f"{SNOOZED}{later:%y%m%d}", later))
                await audit.note(tx, TEAM, now, user, PUT_OFF, credential.subject(row_id))
            if standby and user != standby and dice.random() < 0.5:
                row_id = await backup.add(tx, TEAM, row_id, user, standby, now) or 0
                await backup.move(tx, await backup.load(tx.conn, TEAM, row_id), BackupState.ACCEPTED, now)


async def forecast(story: Story, end: datetime) -> list[Upcoming]:
    """All that is planned until then."""
    async with opened(story) as db:
        found = Forecasts(db, Still(await story.now()), timetable, SHANGHAI)
        return [each async for each in found.until(TEAM, end)]


async def posted(story: Story, after: int) -> tuple[int, list[Post]]:
    """What has been posted since the row with that id, as of now, and the id of the newest row."""
    now, posts = await story.now(), dict[int, Post]()
    async with opened(story) as db, db.read() as conn:
        rows = (await conn.execute(select(message).where(message.c.id > after).order_by(message.c.id))).all()
    for row in rows:
        is_digest, is_reminder = row.subject.startswith("digest:"), row.subject.startswith("credential:")
        if is_digest or (is_reminder and row.kind != CARD):
            named = frozenset() if is_digest else frozenset({(credential.id_in(row.subject), row.kind)})
            first = row.thread or row.id
            before = posts[first].told if first in posts else frozenset()
            posts[first] = Post(now, row.recipient, before | named)
        if row.subject.startswith("backup:") and row.kind[:1] == HELP:
            posts[row.id] = Post(now, row.recipient, frozenset({(int(row.kind[1:]), KIND)}))
    return max([after, *(row.id for row in rows)]), list(posts.values())


def foretold(each: Upcoming, channel: str) -> Post:
    """The post that is expected."""
    where = channel if each.is_for_admins else each.backup or each.user_id
    return Post(each.at, where, frozenset((token.id, KIND if each.reason else kind) for token, kind in each.told))


async def days_pass(story: Story, end: datetime) -> list[Post]:
    """From one thing that is due to the next."""
    async with opened(story) as db, db.read() as conn:
        newest = int(await conn.scalar(select(func.max(message.c.id))) or 0)
    found = list[Post]()
    while await story.now() < end and (await story.tries("clock", to="next"))["ok"]:
        await story.settles()
        newest, more = await posted(story, newest)
        found += more
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_is_forecast_is_what_goes_out(database: str, seed: int) -> None:
    """Over two weeks, several tokens of one moment, put-off ones, two zones, owners who have left, backup persons."""
    dice = random.Random(seed)  # noqa: S311  (it keeps no secret)
    async with told(database) as story:
        for who in ("mei", "tom", "wang", "lin"):
            await story.types(who, "/sharge status")
        await story.settles()
        await plans(story, dice, ["U0MEI", "U0TOM", "U0WANG"], "U0WANG" if seed == 3 else "")
        if seed > 1:
            await story.tries("user", who="tom", **dice.choice([{"deleted": True}, {"restricted": True}]))
            await story.settles()
        end = midnight((await story.now()).date() + timedelta(days=DAYS), SHANGHAI)
        expected = await forecast(story, end)
        await story.types("lin", f"/sharge forecast {DAYS}")
        await story.reads("lin", f"接下来 {DAYS} 天会发 {len(expected)} 条提醒")
        channel = story.ready["env"]["ADMIN_CHANNEL"]
        real = [each for each in await days_pass(story, end) if each.at < end]
        digests = [each.at for each in expected if each.is_digest]
        assert all(any(post.at - LATE < at <= post.at for at in digests) for post in real if not post.told)
        wanted = [foretold(each, channel) for each in expected if not each.is_digest]
        sent = [post for post in real if post.told]
        assert in_order(sent) == in_order(wanted)
        pairs = zip(sorted(sent, key=_name), sorted(wanted, key=_name), strict=True)
        assert all(other.at - SLACK < one.at < other.at + SLACK or _waits(one, other) for one, other in pairs)
        assert len(wanted) > 5


def in_order(posts: Sequence[Post]) -> list[tuple[str, list[tuple[int, str]]]]:
    """What was posted, whenever that was."""
    return sorted(_name(post) for post in posts)


def _waits(one: Post, other: Post) -> bool:
    """Whether a backup person is asked in their quiet hours: the row is there, and rings when those are over."""
    return one.recipient == "U0WANG" and {kind for _, kind in one.told} == {KIND} and one.at < other.at


def _name(post: Post) -> tuple[str, list[tuple[int, str]]]:
    return post.recipient, sorted(post.told)


async def test_admins_ask_for_more_and_less(story: Story) -> None:
    """A week where nothing is said, and nothing is sent for the answer."""
    await recorded_with_reminders(story)
    before = len(await story.calls("chat.postMessage"))
    await story.types("lin", "/sharge forecast")
    await story.reads("lin", "接下来 7 天没有要发的提醒。", "照现在的数据推算，没有发出任何消息")
    await story.presses("lin", "看 14 天")
    await story.reads("lin", "接下来 14 天会发 1 条提醒", "周一小结，有内容才发")
    await story.presses("lin", "看 30 天")
    seen = await story.reads("lin", "接下来 30 天会发", "@tom：「hall-2」还有 7 天到期")
    assert "「hall-2」，如果 @tom 到那时还没处理" in seen
    assert len(await story.calls("chat.postMessage")) == before


async def test_admins_go_on_to_it_from_what_expires(story: Story) -> None:
    """What ends soon, and what is said about it."""
    await story.types("lin", "/sharge expiring")
    await story.presses_soon("lin", "会发哪些提醒")
    await story.reads("lin", "接下来 7 天没有要发的提醒。")


async def recorded_with_reminders(story: Story) -> None:
    """A token of Tom's that lives for thirty days."""
    await records(story)
    await story.settles()


@pytest.mark.parametrize("typed", ["31", "0", "-1", "soon", "2040-03-07"])
async def test_what_is_no_number_of_days_is_answered_with_what_is(story: Story, typed: str) -> None:
    """And buttons that are."""
    await story.types("lin", f"/sharge 预告 {typed}")
    await story.reads("lin", "想看多少天？写 1 到 30 之间的数字")
    await story.presses("lin", "看 30 天")
    await story.reads("lin", "接下来 30 天会发 4 条提醒", "周一小结，有内容才发")


async def test_members_are_refused(story: Story) -> None:
    """It is about everybody's."""
    await story.types("tom", "/sharge forecast")
    await story.reads("tom", "Only admins")


async def test_nothing_may_be_left_for_today(story: Story) -> None:
    """It is ten in the morning of a Monday."""
    await story.types("lin", "/sharge forecast 1")
    await story.reads("lin", "今天没有要发的提醒了。", "没有发出任何消息")


async def test_of_thousands_the_first_are_listed(database: str) -> None:
    """And what one person is told at one moment is one of them, wherever it stands among the others."""
    async with told(database) as story:
        now = await story.now()
        made, end = now - timedelta(days=20), now + timedelta(days=10)
        reminders = Reminders(Still(now), timetable)
        async with opened(story) as db, db.write() as tx:
            for number in range(READ + 50):
                user = "U0MEI" if number in (0, READ + 49) else f"U9{number:04}"
                row_id = await credential.add(tx, TEAM, user, Record(f"n{number}", made, end, None), made)
                token = await credential.load(tx.conn, TEAM, row_id)
                await reminders.plan(tx, token, SHANGHAI, USUAL)
        await story.types("lin", "/sharge forecast 14")
        await story.reads("lin", "会发 1,250 条提醒", "@mei：2 个令牌合成一条", "这里是最早的 10 条")


async def listed(story: Story, *options: str) -> list[dict[str, Any]]:
    """What the command line says, which looks at the clock of the story."""
    settings = {name: story.ready["env"][name] for name in ("CLOCK_URL", "BOT_ENV")}
    env = {**os.environ, **settings, "DATABASE_URL": story.database, "BOT_NO_BOOTSTRAP": "1"}
    command = [sys.executable, "-m", "bot", "forecast", "--json", *options]
    ran = await asyncio.create_subprocess_exec(*command, env=env, stdout=PIPE, stderr=PIPE)
    out, err = await ran.communicate()
    assert ran.returncode == 0, err.decode()
    return [json.loads(line) for line in out.decode().splitlines()]


async def test_why_was_i_not_reminded_on_that_day(database: str) -> None:
    """A past day is replayed: what was sent and what was not, of tokens that were replaced since then too; a day to
    come says what is planned."""
    async with told(database) as story:
        await records(story)  # ends on 4 April in the evening, seen from New York on the 3rd
        await records(story, name="kitchen")
        future = await listed(story, "--day", "2040-03-27", "--tz", "America/New_York")
        [week] = [each for each in future if each["kind"] == "reminder"]
        assert {each["key"] for each in week["tokens"]} == {"t7"}
        assert len(week["tokens"]) == 2
        assert (week["user"], week["channel"], week["at"]) == ("U0TOM", "dm", "2040-03-27T13:30:00+00:00")
        await days_pass(story, datetime.fromisoformat("2040-03-27T13:30:00+00:00"))
        await story.presses("tom", "I replaced “kitchen”…")
        await story.sees_form("tom", "kitchen")
        await story.sends("tom", Name="kitchen-2")
        await story.settles()
        [past] = await listed(story, "--day", "2040-03-27", "--tz", "America/New_York")
        assert all(each["sent"] for each in past["tokens"])
        assert (past["at"], past["planned"]) == (week["at"], True)
        await days_pass(story, datetime.fromisoformat("2040-03-30T13:30:00+00:00"))
        after = await listed(story, "--day", "2040-03-30", "--tz", "America/New_York")
        assert [[each["name"] for each in one["tokens"]] for one in after] == [["hall-2"]]


async def test_a_past_reminder_that_slack_has_not_taken_was_not_sent(story: Story) -> None:
    """The replay says so for as long as that is true."""
    await records(story)
    day = "--day", "2040-03-27", "--tz", "America/New_York"
    await story.goes_wrong("slack", "server_error", method="chat.postMessage")
    await story.passes(to="2040-03-27T14:00:00+00:00")  # half an hour after it was due
    [past] = await listed(story, *day)
    assert ([each["sent"] for each in past["tokens"]], past["planned"]) == ([None], True)
    await story.works_again()
    await story.passes(advance=timedelta(hours=1).total_seconds())
    await story.reads("tom", "Replace", "hall-2")
    await story.settles()
    [past] = await listed(story, *day)
    assert all(each["sent"] for each in past["tokens"])
