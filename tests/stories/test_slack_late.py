"""Slack makes a post after the bot has stopped waiting for the answer: it stands once, or not at all where its matter
is over by then. A card that it redraws so late says what is true in the end."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.slack.draw import SETTLES
from bot.store import message
from bot.store.database import Database
from bot.store.tables import audit, job
from bot.store.tables import message as table
from tests.databases import fresh
from tests.drills.kill import TRANSPORTS, chat
from tests.processes import Bot, free_port
from tests.stories.story import Story, told

PATIENCE, HELD = 3.0, 8.0  # seconds: what the bot waits for an answer here, and how long Slack takes
AGAIN = 10  # seconds of simulated time after which the bot looks for its post
TEAM = "T0PLAYGROUND"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot waits less long than Slack takes."""
    monkeypatch.setattr("bot.slack.connection.TIMEOUT", PATIENCE)


async def holds(story: Story) -> None:
    """Slack has got what it does late, all of it."""

    async def is_held() -> bool:
        return not any(each["kind"] == "slow" for each in await story.still_fails("slack"))

    await story.waits(is_held, "Slack holds what it does late")


async def looks(story: Story, count: int) -> None:
    """The bot gives up waiting, and looks for its posts where nothing has arrived yet."""
    await holds(story)
    await asyncio.sleep(PATIENCE + 0.5)
    await story.passes(advance=AGAIN)

    async def looked() -> bool:
        return len(await story.calls("conversations.history")) >= count

    await story.waits(looked, "the bot has looked for its posts")


async def redraws(story: Story) -> None:
    """Something changes that the card shows."""
    db = Database(story.database)
    async with db.write() as tx:
        await message.redraw(tx, TEAM, "join:1", await story.now())
    await db.close()


async def test_a_post_that_is_made_late_is_not_repeated(database: str) -> None:
    """That nothing was found too early counts for nothing, also where the card is drawn again meanwhile."""
    async with told(database) as story:
        await story.goes_wrong("slack", "slow", method="chat.postMessage", times=2, delay=HELD)
        await story.asks_to_join("mei")
        await looks(story, 2)
        await redraws(story)
        await asyncio.sleep(HELD)
        await story.reads("lin", "等待审批", channel="admins")
        await story.reads("mei", "等管理员审批")
        await story.passes(advance=SETTLES.total_seconds())
        await story.settles()
        assert len(await story.texts("lin", "admins")) == len(await story.texts("mei")) == 1
        await story.presses_soon("lin", "批准", channel="admins")
        await story.reads("lin", "等对方", channel="admins")
        assert len(await story.texts("lin", "admins")) == 1


async def test_a_post_that_never_arrives_is_made_again(story: Story) -> None:
    """Within a minute or so of the first try."""
    await story.goes_wrong("slack", "slow", method="chat.postMessage", times=2, delay=3600)
    await story.asks_to_join("mei")
    await looks(story, 2)
    assert await story.texts("mei") == []
    await story.passes(advance=SETTLES.total_seconds())
    await story.reads("lin", "等待审批", channel="admins")
    await story.reads("mei", "等管理员审批")


async def begins(story: Story, held: float) -> None:
    """Bo begins with a guide while Slack holds the greeting, whose row is gone by then."""
    await story.goes_wrong("slack", "slow", method="chat.postMessage", times=1, delay=held)
    assert (await story.tries("user", who="bo", new=True))["ok"]
    await holds(story)
    await asyncio.sleep(PATIENCE + 0.5)
    await story.types("bo", "/sharge start")
    await story.presses_soon("bo", "先试试")
    await story.reads("bo", "第 1 步")


async def test_a_late_post_whose_matter_is_over_is_deleted(database: str) -> None:
    """The greeting, where the guide has begun before it came; also where Slack asks to wait before the deletion."""
    async with told(database) as story:
        await story.goes_wrong("slack", "rate_limited", method="chat.delete", times=1, delay=1)
        await begins(story, HELD)
        await story.reads("bo", "你好，我是闪极接入助手")
        await story.passes(advance=SETTLES.total_seconds())

        async def gone() -> bool:
            await story.passes(advance=AGAIN)
            return len(await story.texts("bo")) == 1

        await story.waits(gone, "the greeting goes", "bo")
        await story.reads("bo", "第 1 步")


async def test_what_never_arrives_takes_nothing_with_it(database: str) -> None:
    """The row of the card that stands has the number of the one that is gone, on SQLite."""
    async with told(database) as story:
        await begins(story, 3600)
        await story.passes(advance=2 * SETTLES.total_seconds())
        await story.settles()
        assert len(await story.texts("bo")) == 1
        assert await story.calls("chat.delete") == []


async def test_a_card_that_is_redrawn_late_does_not_stay_old(database: str) -> None:
    """What Slack draws after the bot has given up stands over what is true by then, until the bot draws once more."""
    async with told(database) as story:
        await story.asks_and_waits()
        await story.goes_wrong("slack", "slow", method="chat.update", times=1, delay=HELD)
        await redraws(story)
        await holds(story)
        await story.presses("lin", "批准", channel="admins")
        await asyncio.sleep(HELD)
        await story.passes(advance=SETTLES.total_seconds())
        await story.reads("lin", "等对方", channel="admins")
        await story.settles()
        assert len(await story.texts("lin", "admins")) == 1


async def test_what_slack_has_answered_is_drawn_once(story: Story) -> None:
    """Nothing is drawn again to be sure where there is nothing to doubt."""
    await story.asks_and_waits()
    await story.presses_soon("lin", "批准", channel="admins")
    await story.reads("lin", "等对方", channel="admins")
    await story.settles()
    drawn = len(await story.calls("chat.update"))
    await story.passes(advance=2 * SETTLES.total_seconds())
    await story.settles()
    assert len(await story.calls("chat.update")) == drawn


async def test_a_line_of_history_whose_card_is_gone_leaves_no_failed_job(story: Story) -> None:
    """Its look-up finds no thread any more, nor is anything left to delete."""
    await story.asks_and_waits()
    await story.goes_wrong("slack", "slow", method="chat.postMessage", times=1, delay=HELD)
    db = Database(story.database)
    async with db.write() as tx:
        line = await tx.conn.scalar(select(audit.c.id).where(audit.c.subject == "join:1").limit(1))
        await message.reply_in_thread(tx, TEAM, "join:1", "C0ADMINS", f"a{line}", story.world.clock.now())
    await holds(story)
    async with db.write() as tx:
        await message.remove(tx, TEAM, "join:1", story.world.clock.now())
    await db.close()
    await story.passes(advance=2 * SETTLES.total_seconds())
    await story.settles()
    assert await story.texts("lin", "admins") == []
    db = Database(story.database)
    async with db.read() as conn:
        left = (await conn.execute(select(job).where(job.c.kind == "unpost", job.c.state != "done"))).all()
    await db.close()
    assert left == []


async def test_a_bot_that_stops_over_a_card_leaves_word_of_it(tmp_path: Path) -> None:
    """Stopped while Slack redraws: whoever draws the card next knows that the older words may still come."""
    port = free_port()
    async with chat(tmp_path, TRANSPORTS["sqlite"], port) as story:
        with fresh("sqlite", tmp_path) as url:
            story.database, bot = url, Bot(tmp_path, {**story.ready["env"], "DATABASE_URL": url}, port)
            async with bot.running():
                await story.asks_and_waits()
                await story.goes_wrong("slack", "slow", method="chat.update", times=1, delay=3600)
                await redraws(story)
                await story.passes(advance=AGAIN)
                await holds(story)
                await bot.stop()
            db = Database(url)
            async with db.read() as conn:
                copies = [await message.load(conn, each) for each in await conn.scalars(select(table.c.id))]
            await db.close()
            (card,) = [each for each in copies if each and each.recipient == "C0ADMINS" and each.kind == message.CARD]
            assert card.settles_at is not None
            assert card.settles_at > await story.now()
