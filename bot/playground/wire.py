"""The playground's HTTP servers: on 127.0.0.1 only, inside the running loop, and closed to other web sites."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate

import uvicorn
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
DRAIN_SECONDS = 1
LOOK = 0.005  # seconds between two looks
NAMED = (b"host", b"origin", b"sec-fetch-site")
SAFE = ("GET", "HEAD", "OPTIONS")


class Server(uvicorn.Server):
    """uvicorn without its signal handlers, which belong to whoever runs the loop; it ends as soon as it is told."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.told = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        """Answer until told to end."""
        await self.told.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more, and give what is under way its time."""
        state = self.server_state
        for server in self.servers:
            server.close()
        for taken in sockets or []:
            taken.close()
        for connection in list(state.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while state.connections or state.tasks:  # noqa: ASYNC110  (uvicorn gives no signal of their end)
                    await asyncio.sleep(LOOK)
        for connection in list(state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # whoever waits for words of the other side hears that it has gone
        for task in list(state.tasks):
            task.cancel()


class Guard:
    """Lets only this machine's own requests pass, dates the answers, and hands on a way to drop the connection.

    A foreign Host header is somebody's name that was made to point here (DNS rebinding); a foreign Origin on a
    request that changes something is another site's page.
    """

    def __init__(self, app: ASGIApp, now: Callable[[], float]) -> None:
        self._app, self._now = app, now
        self.server: Server | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"] if name in NAMED}
        host, origin = headers.get(b"host", ""), headers.get(b"origin", "")
        if origin == "null" and headers.get(b"sec-fetch-site") == "same-origin":
            origin = f"http://{host}"  # a page of here that keeps its address to itself (no-referrer)
        if host.rsplit(":", 1)[0] not in NAMES:
            return await self._refuse(scope, receive, send, "this address is for 127.0.0.1 and localhost only")
        if origin and origin != f"http://{host}" and scope.get("method") not in SAFE:
            return await self._refuse(scope, receive, send, "requests from other sites change nothing here")
        scope["playground.drop"] = lambda: self._drop(scope)
        try:
            await self._app(scope, receive, self._dated(send))
        except asyncio.CancelledError:
            if not self._is_over():  # else uvicorn would write down a mistake
                raise
        return None

    def _is_over(self) -> bool:
        return self.server is not None and self.server.told.is_set()

    def _dated(self, send: Send) -> Send:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = (b"date", formatdate(self._now(), usegmt=True).encode())
                message = {**message, "headers": [*message.get("headers", ()), date]}
            await send(message)

        return dated

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, why: str) -> None:
        await JSONResponse({"ok": False, "error": why}, 403)(scope, receive, send)

    async def _drop(self, scope: Scope) -> None:
        """Cut the TCP connection of a request without an answer."""
        for connection in list(self.server.server_state.connections) if self.server else []:
            if getattr(connection, "client", None) == scope["client"]:
                connection.transport.abort()
        await asyncio.sleep(0)  # the protocol hears of it before the application returns


class Served:
    """One app on one port; its answers are dated by `now`, epoch seconds. `protocol` is what uvicorn speaks there.

    Raises OSError when the port is taken.
    """

    def __init__(
        self,
        app: ASGIApp,
        port: int,
        now: Callable[[], float] = time.time,
        protocol: type[asyncio.Protocol] = H11Protocol,
    ) -> None:
        # Named TCP in so many words, else asyncio leaves Nagle's algorithm on and each answer waits 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((HOST, port))
        except OSError:
            self._socket.close()
            raise
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}/"
        guard = Guard(app, now)
        config = uvicorn.Config(
            guard,
            http=protocol,
            ws="websockets-sansio",
            ws_ping_interval=None,  # its pings are random bytes, Slack's are text, which slack_sdk decodes
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=False,
        )
        self._server = guard.server = Server(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to answer."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            if self._task.done():
                await self._task
            await asyncio.sleep(LOOK)

    async def stop(self) -> None:
        """Stop answering; what lasts longer than a second is cut off."""
        if self._task is None:
            self._socket.close()
            return
        self._server.told.set()
        await self._task
