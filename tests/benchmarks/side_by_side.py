"""One process with the real bot and, beside it, what nobody could do without: the floors of `status_ack`.

Started by the benchmark with the settings of a bot in the environment, and FLOOR_PORT. The floors use the bot's own
engine and signature check, so that the three answers differ by what the bot does and by nothing else; but they listen
on a socket of their own making, so that a fault of the bot's own shows.
"""

import asyncio
import itertools
import os
import signal
import socket

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.app import DRAIN, App, build
from bot.settings import Settings, load
from bot.store.database import Database, Delivery
from bot.web.server import listen, server
from bot.web.signature import Signature

VERIFY, INSERT = "/floor/verify", "/floor/insert"


def floors(db: Database, signature: Signature) -> Starlette:
    """Two routes: one checks the signature, one also inserts one row."""
    numbers = itertools.count(1)

    async def signed(request: Request) -> bool:
        stamp = request.headers.get("x-slack-request-timestamp", "").encode()
        given = request.headers.get("x-slack-signature", "").encode()
        return signature.may_hold(stamp, given) and signature.holds(stamp, given, await request.body())

    async def verify(request: Request) -> Response:
        return PlainTextResponse("verified" if await signed(request) else "refused")

    async def insert(request: Request) -> Response:
        if not await signed(request):
            return PlainTextResponse("refused")
        await db.claim(Delivery("floor", str(next(numbers))))
        return PlainTextResponse("inserted")

    return Starlette(routes=[Route(VERIFY, verify, methods=["POST"]), Route(INSERT, insert, methods=["POST"])])


def beside(app: App, settings: Settings) -> ASGIApp:
    """The bot's own door, and the floors under /floor/."""
    secret = settings.slack_signing_secret
    assert secret is not None
    below = floors(app.db, Signature(secret.get_secret_value()))

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        await (below if scope["path"].startswith("/floor/") else app.door.asgi)(scope, receive, send)

    return both


async def serve() -> None:
    """Until SIGTERM."""
    settings = load()
    async with build(settings) as app, app.running():
        web = server(beside(app, settings), DRAIN)
        stop = asyncio.get_running_loop()
        stop.add_signal_handler(signal.SIGTERM, lambda: setattr(web, "should_exit", True))
        await web.serve(sockets=[listen("127.0.0.1", settings.port), floor(int(os.environ["FLOOR_PORT"]))])


def floor(port: int) -> socket.socket:
    """What a careful server would listen on; TCP is named, so that asyncio sets TCP_NODELAY."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    return listening


if __name__ == "__main__":
    asyncio.run(serve())
