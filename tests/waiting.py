"""Waiting for what tells nobody that it has come: another program's state, or a timer's end."""

import asyncio
from collections.abc import Callable
from inspect import isawaitable
from typing import Any

LOOK = 0.01  # seconds between two looks
PATIENCE = 20.0  # seconds; far more than anything takes, on a busy machine too


async def eventually(look: Callable[[], Any]) -> Any:
    """What `look` answers, or what its answer brings when awaited, once that is truthy. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = look()
            found = await answer if isawaitable(answer) else answer
            if found:
                return found
            await asyncio.sleep(LOOK)
