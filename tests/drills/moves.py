"""The bot is killed between the new post of a card that moves, its row and the deletion of the old post: one card.

`python -m tests.drills.moves --kills N --seed S` runs it by hand. Before each kill the card is called to the end of
the talk; Slack is slow, drops the answer of a post or a deletion after the deed, or refuses to delete for a moment.
"""

import asyncio
import random
import sys
from pathlib import Path

from sqlalchemy import func, select

from bot.clock import utc_now
from bot.store.database import Database
from bot.store.tables import job, message
from tests.databases import fresh
from tests.drills.kill import PATIENCE, TRANSPORTS, Tally, chat, leases_end
from tests.drills.killing import by_hand
from tests.processes import Bot, Json, free_port
from tests.stories.story import Story
from tests.stories.test_guide_help import begins

WINDOW = 1.2  # seconds after the press in which the bot dies
TROUBLES: tuple[Json, ...] = (
    {"kind": "cut", "method": "chat.postMessage", "times": 1},
    {"kind": "cut", "method": "chat.delete", "times": 1},
    {"kind": "server_error", "method": "chat.delete", "times": 1},
    {"kind": "slow", "method": "chat.postMessage", "times": 2, "delay": 0.4},
    {"kind": "slow", "method": "chat.delete", "times": 2, "delay": 0.4},
)
OF_CARDS = ("draw", "unpost")
CARD = "第 1 步，共 5 步 · 先试试"


async def drill(kind: str, folder: Path, kills: int, seed: int) -> Tally:
    """So many kills, all of one card."""
    tally, port, dice = Tally(), free_port(), random.Random(seed)  # noqa: S311 (a drill)
    async with chat(folder, TRANSPORTS[kind], port) as story:
        with fresh(kind, folder) as url:
            bot, db = Bot(folder, {**story.ready["env"], "DATABASE_URL": url}, port), Database(url)
            try:
                async with bot.running():
                    await begins(story)
                    await story.types("mei", "/sharge")
                    await story.reads("mei", "下一步", "接着做")
                    while tally.kills < kills:
                        await killed(story, bot, db, dice)
                        tally.kills += 1
                        await settled(story, db, tally)
                        await look(story, db, tally)
            finally:
                await db.close()
    return tally


async def killed(story: Story, bot: Bot, db: Database, dice: random.Random) -> None:
    """The card is called, and the bot dies about it."""
    await story.goes_wrong("slack", **dice.choice(TROUBLES))
    pressing = asyncio.create_task(story.tries("click", who="mei", label="接着做"))
    await asyncio.sleep(dice.uniform(0, WINDOW))
    await bot.kill()
    await pressing
    await leases_end(db)
    await bot.start()


async def settled(story: Story, db: Database, tally: Tally) -> None:
    """Everything works again, and nothing of the cards is left to do."""
    await story.works_again()
    wanted = select(func.count()).where(job.c.kind.in_(OF_CARDS), job.c.state.in_(["due", "leased"]))
    deadline = utc_now().timestamp() + PATIENCE
    while True:
        async with db.read() as conn:
            if not await conn.scalar(wanted):
                return
        if utc_now().timestamp() > deadline:
            tally.lost.append(f"kill {tally.kills}: still to do")
            return
        await story.passes(advance=2)
        await asyncio.sleep(0.1)


async def look(story: Story, db: Database, tally: Tally) -> None:
    """One card, and it is the one that the row knows."""
    async with db.read() as conn:
        known = await conn.scalar(select(message.c.ts).where(message.c.subject.like("guide:%")))
    dm = (await story.screen("mei"))["dm"]
    cards = [each["ts"] for each in dm if CARD in each["plain"] and not each["ephemeral"]]
    tally.count(f"kill {tally.kills}: cards", len(cards), 1)
    tally.count(f"kill {tally.kills}: cards that the row knows", cards.count(str(known)), 1)


if __name__ == "__main__":
    sys.exit(by_hand("moves", __doc__, drill))
