"""Forged presses and forms of the guide: a polite answer, nobody's guide moves, nothing unexpected in the log."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

import bot.slack
from bot.slack.guide import FORMS, OPENS, PRESSES, SAYS
from tests.databases import fresh
from tests.stories.story import Story, told
from tests.stories.test_guide_help import begins
from tests.stories.test_join_forged import Forger

DESKS = "\n".join(path.read_text("utf-8") for path in Path(bot.slack.__file__).parent.glob("*.py"))
OURS = r"(?:guide|report|remind)\.\w+"
ACTIONS = sorted({*re.findall(rf'"({OURS})"', DESKS), *(f"guide.{verb}" for verb in PRESSES | OPENS | SAYS)})
SENT = sorted({*re.findall(rf'router\.form\("({OURS})"', DESKS), *(f"guide.{form}" for form in FORMS)})
GARBAGE = ["x", "9" * 30, "7:a1"]
MENU = ["back:1:zz", "differs:7:a1", "create:1:a1", "ask-no:1:a1", "1:a1:b", "fly:1:a1", ""]


async def test_nothing_that_is_forged_moves_a_guide(tmp_path: Path) -> None:
    """Every button and form of the guide with all garbage, by its owner and by somebody else."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, "http") as story, httpx.AsyncClient(trust_env=False) as http:
            await begins(story)
            await story.types("tom", "/sharge status")
            before = await card(story)
            assert {status async for status in everything(Forger(story, http))} == {200}
            await story.types("mei", "/sharge status")
            await story.reads("mei", "接着做引导", "第 1 步，共 5 步")
            assert await card(story) == before


async def card(story: Story) -> str:
    """Mei's guide as she sees it."""
    return await story.reads("mei", "· 先试试")


async def everything(forger: Forger) -> AsyncIterator[int]:
    """What is hers is pressed by tom, what is nobody's by both; her own resets are hers to press."""
    for value in GARBAGE:
        for name in ACTIONS:
            yield await forger.presses("U0TOM", name, value)
        for name in SENT:
            yield await forger.submits("U0TOM", name, value)
    for value in MENU:
        yield await forger.presses("U0TOM", "guide.more", value)
    for name in SENT:
        yield await forger.submits("U0MEI", name, "7:a1")
