"""What a person does with their guide counts where something else changes the guide at the same moment."""

import asyncio

from tests.stories.story import told

ROUNDS = 12


async def test_two_commands_at_once_are_both_taken(database: str) -> None:
    """On PostgreSQL one of them reads the guide before the other has written it."""
    async with told(database) as story:
        await story.types("mei", "/sharge start")
        await story.presses_soon("mei", "先试试")
        await story.reads("mei", "第 1 步，共 5 步")
        for _ in range(ROUNDS):
            await asyncio.gather(*(story.types("mei", "/sharge start") for _ in range(4)))
            screen = await story.screen("mei")
            assert "新进展" not in str(screen)
        await story.reads("mei", "第 1 步，共 5 步")
