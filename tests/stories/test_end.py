"""A story ends while the page still asks: nothing is left open of the bot's database."""

import asyncio
import contextlib
import gc
from pathlib import Path

import httpx

from tests.databases import fresh
from tests.stories.story import told


async def test_whoever_asks_for_the_time_as_the_bot_ends_leaves_nothing_open(tmp_path: Path) -> None:
    """Each look is a connection; one that was cut off or came too late would be told as an error here."""
    for _ in range(8):
        with fresh("sqlite", tmp_path) as url:
            async with contextlib.AsyncExitStack() as stack:
                story = await stack.enter_async_context(told(url))

                async def asks(human: str) -> None:
                    async with httpx.AsyncClient(base_url=human, trust_env=False) as http:
                        while True:
                            await http.get("clock")

                asking = [asyncio.create_task(asks(story.ready["human"])) for _ in range(12)]
                await asyncio.sleep(0.2)
            await asyncio.gather(*asking, return_exceptions=True)
        gc.collect()
