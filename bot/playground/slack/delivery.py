"""Brings commands, interactions and events to apps, over signed HTTP or Socket Mode, and records what came back.

Signing: docs.slack.dev/authentication/verifying-requests-from-slack. Repeats: docs.slack.dev/apis/events-api.
"""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from ..world.chat import Delivery, Json, SlackApp
from ..world.workspace import Workspace
from . import payloads
from .encoding import dump, load
from .socket import NoConnection, Sockets

ACK_SECONDS = 3.0
MOST_ANSWER = 1 << 20  # bytes that are read of an answer; Slack takes far fewer
EVENT_WAITS = (0.0, 60.0, 300.0)  # real time before the first, second and third repeat of an event
ENVELOPES = {"slash_commands": "slash_commands", "event_callback": "events_api"}
REASONS = {"timeout": "http_timeout", "no_app": "connection_failed"}


@dataclass(frozen=True)
class Outcome:
    """What an app returned. `status`: an HTTP status, "timeout" or "no_app"; a Socket Mode ack counts as 200."""

    status: int | str
    ack_ms: float | None = None
    body: Any = None
    repeat: bool = True  # the app did not ask to be left in peace

    @property
    def ok(self) -> bool:
        return self.status == 200


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 signature of a request."""
    mac = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return f"v0={mac.hexdigest()}"


def encode(kind: str, payload: Json) -> tuple[bytes, str]:
    """Body and content type: commands are forms, interactions a form with one JSON field, events JSON."""
    if kind == "slash_commands":
        return urlencode(payload).encode(), "application/x-www-form-urlencoded"
    if kind == "ssl_check":
        return urlencode({"ssl_check": "1", "token": payload["token"]}).encode(), "application/x-www-form-urlencoded"
    text = dump(payload)
    if kind in ("event_callback", "url_verification"):
        return text, "application/json"
    return urlencode({"payload": text}).encode(), "application/x-www-form-urlencoded"


class Courier:
    """Delivers to all apps of a workspace. `event_waits`: seconds of real time before each repeat of an event."""

    def __init__(self, workspace: Workspace, sockets: Sockets, event_waits: tuple[float, ...] = EVENT_WAITS) -> None:
        self._workspace, self._sockets, self._waits = workspace, sockets, event_waits
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def deliver(
        self, app: SlackApp, payload: Json, label: str, who: str, attempt: int = 0, reason: str = ""
    ) -> Outcome:
        """Bring one payload and wait for its ack, three seconds of real time at most."""
        kind = "slash_commands" if "command" in payload else str(payload["type"])
        delivery = self._workspace.bring(
            Delivery(
                next(self._workspace.numbers),
                self._workspace.now(),
                app.id,
                kind,
                label,
                who,
                payload,
                app.transport,
                attempt=attempt,
            )
        )
        started = time.perf_counter()
        send = self._by_http if app.transport == "http" else self._by_socket
        outcome = await send(app, kind, payload, attempt, reason)
        if isinstance(outcome.status, int):
            outcome = Outcome(
                outcome.status, round((time.perf_counter() - started) * 1000, 2), outcome.body, outcome.repeat
            )
        delivery.status, delivery.ack_ms, delivery.ack = outcome.status, outcome.ack_ms, outcome.body
        self._workspace.changed()
        return outcome

    async def event(self, app: SlackApp, event: Json, who: str) -> Outcome | None:
        """Bring an event if the app has subscribed to it, else None. A failed one is repeated in the background."""
        name = event_name(event)
        if name not in app.events:
            return None
        payload = payloads.envelope(self._workspace, app, event)
        outcome = await self.deliver(app, payload, name, who)
        if not outcome.ok and outcome.repeat:
            self.later(self._repeat(app, payload, name, who, outcome))
        return outcome

    def announce(self, app: SlackApp, event: Json) -> None:
        """Bring an event in the background."""
        if event_name(event) in app.events:
            self.later(self.event(app, event, str(event.get("user") or app.bot_user)))

    async def verify(self, app: SlackApp) -> Outcome:
        """Slack's check of a new events address: the app has to answer with the challenge."""
        challenge = hashlib.sha256(str(time.time_ns()).encode()).hexdigest()
        payload = {"token": payloads.VERIFICATION_TOKEN, "challenge": challenge, "type": "url_verification"}
        outcome = await self.deliver(app, payload, "url_verification", "")
        answer = outcome.body.get("challenge") if isinstance(outcome.body, dict) else outcome.body
        if outcome.ok and answer != challenge:
            return Outcome("wrong_challenge", outcome.ack_ms, outcome.body)
        return outcome

    async def ssl_check(self, app: SlackApp) -> Outcome:
        """Slack's unsigned look whether an address for commands is there; apps answer 200 and do nothing."""
        payload = {"type": "ssl_check", "ssl_check": "1", "token": payloads.VERIFICATION_TOKEN}
        return await self.deliver(app, payload, "ssl_check", "")

    async def close(self) -> None:
        """Stop all repeats and end all connections."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def forget(self) -> None:
        """Stop all repeats: a scenario starts anew."""
        for task in self._tasks:
            task.cancel()

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something in the background; it ends when the scenario does."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _repeat(self, app: SlackApp, payload: Json, name: str, who: str, last: Outcome) -> None:
        for attempt, wait in enumerate(self._waits, 1):
            await asyncio.sleep(wait)
            reason = REASONS.get(str(last.status), "http_error")
            last = await self.deliver(app, payload, name, who, attempt, reason)
            if last.ok or not last.repeat:
                return

    async def _by_socket(self, app: SlackApp, kind: str, payload: Json, attempt: int, reason: str) -> Outcome:
        envelope: Json = {"type": ENVELOPES.get(kind, "interactive"), "payload": payload}
        envelope["accepts_response_payload"] = kind != "event_callback"
        if kind == "event_callback":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        try:
            return Outcome(200, body=await self._sockets.send(app, envelope, ACK_SECONDS))
        except TimeoutError:
            return Outcome("timeout")
        except NoConnection:
            return Outcome("no_app")

    async def _by_http(self, app: SlackApp, kind: str, payload: Json, attempt: int, reason: str) -> Outcome:
        if app.events_url is None:
            return Outcome("no_app")
        body, content_type = encode(kind, payload)
        timestamp = str(int(time.time()))
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        if kind != "ssl_check":
            headers["X-Slack-Request-Timestamp"] = timestamp
            headers["X-Slack-Signature"] = signature(app.signing_secret, timestamp, body)
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        try:
            async with self._http().post(app.events_url, data=body, headers=headers) as response:
                quiet = response.headers.get("X-Slack-No-Retry") == "1"
                return Outcome(response.status, body=_answer(await _text(response)), repeat=not quiet)
        except TimeoutError:
            return Outcome("timeout")
        except aiohttp.ClientError:
            return Outcome("no_app")

    def _http(self) -> aiohttp.ClientSession:
        """Made at first use, as it belongs to the running loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=ACK_SECONDS), connector=aiohttp.TCPConnector(limit=0)
            )
        return self._session


async def _text(response: aiohttp.ClientResponse) -> str:
    """The body of an answer as text, whatever its bytes are; of one without end the beginning."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MOST_ANSWER:
            break
    return body.decode(errors="replace")


def event_name(event: Json) -> str:
    """How a manifest names an event: message events go by the kind of channel."""
    if event["type"] != "message":
        return str(event["type"])
    return {"im": "message.im", "channel": "message.channels", "group": "message.groups"}[event["channel_type"]]


def _answer(text: str) -> Any:
    """The body of an ack: JSON if it is JSON, else text, None if empty."""
    if not text:
        return None
    try:
        return load(text) if text[0] in "{[" else text
    except ValueError:
        return text
