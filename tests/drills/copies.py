"""The bot is killed while Coze copies an agent to ShargeAI: nothing is copied twice, and the person learns how it is.

`python -m tests.drills.copies --kills N --seed S` runs it by hand. Coze begins the copy and answers late, so the bot
dies before the call, between the deed and its answer, or while it follows the task.
"""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from bot.clock import utc_now
from bot.demo.setup import setup
from bot.playground.server import Options, serve
from bot.store.database import Database
from tests.databases import fresh
from tests.drills.kill import PATIENCE, TRANSPORTS, Tally, leases_end
from tests.drills.killing import by_hand
from tests.processes import Bot, free_port
from tests.stories.story import START, Story
from tests.stories.test_guide_copy import COPYING, asked, copies, in_one_enterprise, pastes

LATE = 0.5  # seconds until Coze's answer to the call that copies
WINDOW = 1.0  # seconds after the press in which the bot dies
BUTTON = "复制到 ShargeAI"
OFFERED, UNKNOWN, COPIED = "重新建一个", "还不知道复制成了没有", "在「ShargeAI」 · 已验证"


async def drill(kind: str, folder: Path, kills: int, seed: int) -> Tally:
    """So many kills, each in a world of its own."""
    tally, dice = Tally(), random.Random(seed)  # noqa: S311 (a drill)
    while tally.kills < kills:
        port = free_port()
        with fresh(kind, folder) as url:
            async with world(kind, port) as story:
                bot, db = Bot(folder, {**story.world.env(), "DATABASE_URL": url}, port), Database(url)
                try:
                    async with bot.running():
                        await one(story, bot, db, dice.uniform(0, WINDOW), tally)
                finally:
                    await db.close()
    return tally


@asynccontextmanager
async def world(kind: str, port: int) -> AsyncIterator[Story]:
    """A playground in this process, for a bot in another one."""
    options = Options(start=START, transport=TRANSPORTS[kind], events_url=f"http://127.0.0.1:{port}/slack/events")
    playground = await serve(options, setup())
    try:
        ready = playground.ready()
        async with httpx.AsyncClient(base_url=ready["human"], timeout=30, trust_env=False) as http:
            yield Story(http, ready, playground)
    finally:
        await playground.stop()


async def one(story: Story, bot: Bot, db: Database, moment: float, tally: Tally) -> None:
    """One press, one kill, what the person then reads, and what they do about it."""
    await pastes(story, await in_one_enterprise(story))
    await story.reads("mei", OFFERED)
    await story.goes_wrong("coze", "slow", method=COPYING, delay=LATE)
    pressing = asyncio.create_task(story.tries("click", who="mei", label=BUTTON, confirm=True))
    await asyncio.sleep(moment)
    await bot.kill()
    await pressing
    tally.kills += 1
    await leases_end(db)
    await bot.start()
    await story.works_again()
    name = f"kill {tally.kills} after {moment:.2f} s"
    end = await told(story)
    tally.count(f"{name}: ends told", len(end), 1)
    first = asked(story)
    tally.count(f"{name}: calls beyond the first", max(first - 1, 0), 0)
    tally.ends[end[0] if end else "none"] += 1
    if end != [COPIED]:
        await story.presses("mei", BUTTON)
        tally.count(f"{name}: ends of another press", len(await told(story)), 1)
        tally.count(f"{name}: calls after another press", asked(story) - first, 1)
    tally.count(f"{name}: copies the guide goes on with", len(copies(story)) > 0, 1)


async def told(story: Story) -> list[str]:
    """What stands on the person's card in the end, as time goes on; empty where nothing comes."""
    deadline = utc_now().timestamp() + PATIENCE
    while utc_now().timestamp() < deadline:
        await story.passes(advance=20)
        await asyncio.sleep(0.1)
        cards = [text for text in await story.texts("mei") if "扣子复制中" not in text]
        found = [end for end in (COPIED, UNKNOWN, OFFERED) if any(end in card for card in cards)]
        if found:
            return found
    return []


if __name__ == "__main__":
    sys.exit(by_hand("copies", __doc__, drill))
