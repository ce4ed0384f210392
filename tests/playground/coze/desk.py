"""A channel owner's server, as Coze's callbacks find it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.playground.coze.platform import CozePlatform
from tests.serving import serving


@dataclass
class Desk:
    """A channel owner's server: remembers what came, answers as told, and only once it is not held."""

    answer: Callable[[], Response]
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    hold: asyncio.Event | None = None

    async def __call__(self, request: Request) -> Response:
        raw = await request.body()
        self.came.append((dict(request.headers), raw))
        event = json.loads(raw)
        if event["header"]["event_type"] == "url_verification":
            return JSONResponse({"challenge": event["event"]["challenge"]})
        if self.hold:
            await self.hold.wait()
        return self.answer()

    def events(self, kind: str) -> list[dict[str, Any]]:
        """What came of one kind."""
        found = [json.loads(raw) for _, raw in self.came]
        return [event for event in found if event["header"]["event_type"] == kind]


@asynccontextmanager
async def desk_of(coze: CozePlatform) -> AsyncIterator[Desk]:
    """A desk that says "reviewing", set as the channel's callback."""
    desk = Desk(lambda: JSONResponse({"audit": {"audit_status": 1}}))

    async def endpoint(request: Request) -> Response:
        return await desk(request)

    async with serving(Starlette(routes=[Route("/callback", endpoint, methods=["POST"])])) as url:
        assert (await coze.act("channel", {"callback_url": f"{url}/callback"}))["ok"]
        yield desk
