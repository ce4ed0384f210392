"""Socket Mode: apps connect by WebSocket, get envelopes and acknowledge them.

Frames as on https://docs.slack.dev/apis/events-api/using-socket-mode. Pings are answered by the WebSocket protocol
itself. Each envelope goes to one connection of the app, chosen at random.
"""

import asyncio
import contextlib
import random
import secrets
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from ..world.chat import Json, SlackApp
from ..world.faults import Faults, SlackFault
from ..world.workspace import Workspace
from .encoding import dump, load

CONNECTIONS = 10  # so many one app may have
TICKET_SECONDS = 60.0
REASONS = ("warning", "refresh_requested", "link_disabled")
HOST = "playground"


class NoConnection(Exception):
    """The app isn't connected, or its connection ended before it acknowledged."""


@dataclass(eq=False)
class Connection:
    """One open WebSocket of an app with the envelopes that it has not acknowledged yet."""

    socket: WebSocket
    pending: dict[str, asyncio.Future[Any]] = field(default_factory=dict)

    async def ask(self, envelope: Json, seconds: float) -> Any:
        """Send an envelope and wait for the payload of its ack. Raises TimeoutError, NoConnection."""
        name = str(uuid.uuid4())
        future = self.pending[name] = asyncio.get_running_loop().create_future()
        try:
            await self.send({"envelope_id": name, **envelope})
            async with asyncio.timeout(seconds):  # not wait_for, which in Python 3.11 may swallow a cancellation
                return await future
        finally:
            self.pending.pop(name, None)

    async def send(self, frame: Json) -> None:
        """Send a frame. Raises NoConnection when the other side is gone."""
        try:
            await self.socket.send_text(dump(frame).decode())
        except (RuntimeError, WebSocketDisconnect):
            raise NoConnection from None

    async def notice(self, reason: str) -> None:
        """Tell the app to connect anew."""
        await self.send({"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}})

    async def disconnect(self, reason: str) -> None:
        """Tell the app to connect anew, and end this connection."""
        await self.notice(reason)
        if self.socket.application_state is WebSocketState.CONNECTED:
            await self.socket.close()

    def acknowledged(self, text: str) -> None:
        """An ack arrived; anything that is none is passed over."""
        try:
            frame = load(text)
            future = self.pending.get(str(frame["envelope_id"]))
        except (ValueError, TypeError, KeyError):
            return
        if future is not None and not future.done():
            future.set_result(frame.get("payload"))

    def ended(self) -> None:
        """Nothing will be acknowledged any more."""
        for future in self.pending.values():
            if not future.done():
                future.set_exception(NoConnection())


class Sockets:
    """All connections of all apps."""

    def __init__(self, workspace: Workspace, faults: Faults) -> None:
        self._workspace, self._faults = workspace, faults
        self._tickets: dict[str, tuple[str, float]] = {}
        self._connections: dict[str, list[Connection]] = {}

    def count(self, app: SlackApp) -> int:
        """How many connections an app has."""
        return len(self._connections.get(app.id, []))

    def url(self, app: SlackApp, base: str) -> str:
        """An address for one new connection, valid for a minute. `base` is the playground's http address."""
        now = time.monotonic()
        self._tickets = {key: known for key, known in self._tickets.items() if known[1] > now}
        ticket = secrets.token_urlsafe(18)
        self._tickets[ticket] = (app.id, now + TICKET_SECONDS)
        return f"ws{base.removeprefix('http')}link/?ticket={ticket}&app_id={app.id}"

    async def send(self, app: SlackApp, envelope: Json, seconds: float) -> Any:
        """Bring an envelope to the app; the payload of its ack. Raises TimeoutError, NoConnection."""
        connections = self._connections.get(app.id)
        if not connections:
            raise NoConnection
        return await random.choice(connections).ask(envelope, seconds)  # noqa: S311 - spreads load

    async def disconnect(self, app: SlackApp, reason: str = "refresh_requested") -> int:
        """End all connections of an app as Slack does now and then; how many there were.

        A "warning" ends nothing yet: the old connections still carry envelopes while the app opens new ones.
        """
        mine = self._connections.get(app.id, [])
        connections = list(mine)
        if reason != "warning":
            mine.clear()  # nothing more goes to what is about to be closed
        for connection in connections:
            with contextlib.suppress(NoConnection):
                await (connection.notice(reason) if reason == "warning" else connection.disconnect(reason))
        return len(connections)

    async def serve(self, socket: WebSocket) -> None:
        """One connection, from its ticket to its end."""
        app_id, until = self._tickets.pop(socket.query_params.get("ticket", ""), ("", 0.0))
        if app_id not in self._workspace.apps or until < time.monotonic():
            await socket.close(code=4401)
            return
        await socket.accept()
        connection = Connection(socket)
        mine = self._connections.setdefault(app_id, [])
        if len(mine) >= CONNECTIONS:
            await connection.disconnect("too_many_websockets")
            return
        mine.append(connection)
        self._workspace.changed()
        try:
            await self._talk(connection, app_id, len(mine))
        except (NoConnection, WebSocketDisconnect):
            pass
        finally:
            if connection in mine:
                mine.remove(connection)
            connection.ended()
            self._workspace.changed()

    async def _talk(self, connection: Connection, app_id: str, count: int) -> None:
        debug = {"host": HOST, "build_number": 1, "approximate_connection_time": 18060}
        await connection.send(
            {"type": "hello", "num_connections": count, "debug_info": debug, "connection_info": {"app_id": app_id}}
        )
        if fault := self._faults.take(SlackFault.DISCONNECT, "apps.connections.open"):
            await asyncio.sleep(fault.delay)
            await connection.disconnect("refresh_requested")
            return
        while True:
            connection.acknowledged(await connection.socket.receive_text())
