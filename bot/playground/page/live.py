"""Live updates: one line over server-sent events whenever something that the page shows may be different."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from sse_starlette import EventSourceResponse
from starlette.types import Receive, Scope, Send

from ..world import World
from .tail import Tail

_GATHER = 0.03  # seconds; what changes so soon after an update goes into the next one
_TICK = 1.0  # seconds; how often the clock's minute and what is due next are looked at


class Stream(EventSourceResponse):
    """Server-sent events that end quietly when the server cuts them off at its own end: an open page is no fault."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the browser leaves or the server stops."""
        try:
            await super().__call__(scope, receive, send)
        except asyncio.CancelledError:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def changes(world: World, tail: Tail) -> AsyncIterator[dict[str, Any]]:
    """A `changed` event at once, then after each change of the world, of the clock's minute
    or of what the bot has to do next."""
    with world.signal.watch() as woken, tail.listening():
        shown = await _moment(world)
        yield {"event": "changed", "data": str(world.signal.revision)}
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TICK):
                    await woken.wait()
            woken.clear()
            now = await _moment(world)
            if now != shown:
                shown = now
                yield {"event": "changed", "data": str(world.signal.revision)}
                await asyncio.sleep(_GATHER)


async def _moment(world: World) -> tuple[Any, ...]:
    clock = world.clock
    now, due = clock.now(), await clock.due()
    return (
        world.signal.revision,
        clock.offset,
        now.replace(second=0, microsecond=0),
        due if due and due > now else None,
    )
