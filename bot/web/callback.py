"""Coze's callback: what it tells the owner of the channel, signed, and answered in time.

Facts: https://www.coze.cn/open/docs/developer_guides/receive_handle_callbacks. A publication fails on Coze where no
answer comes within ten seconds; what is not kept is never called *reviewing*, and a publication that was answered as
not kept is not kept later, so that nothing waits for nobody.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import SecretStr
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from bot.core.review import Audit, BadEvent, Event, EventKind, read_event
from bot.logs import Outages
from bot.metrics import DELIVERIES, Kind, Outcome
from bot.web.endpoints import whole

LARGEST = 64 * 1024  # bytes of one event
WINDOW = 300.0  # seconds of real time; Coze documents none
PATIENCE = 1.8  # seconds of real time until it is said that nothing can be kept
COMMITTING = 7.0  # and as many more where it is just being committed: Coze itself waits ten
CHALLENGE = 1000  # characters that are sent back
MILLISECONDS = 10**11  # what is less is taken for seconds

OUTCOMES = {200: Outcome.DONE, 401: Outcome.UNSIGNED, 403: Outcome.FOREIGN, 503: Outcome.FAILED}

_STAMP = re.compile(rb"[0-9]{1,14}\Z")
_SIGNATURE = re.compile(rb"[0-9a-f]{40}\Z")

IsAwaited = Callable[[], bool]
"""Whether the answer is still waited for. Asked right before the commit: from then on the answer waits for it."""

Hear = Callable[[Event, IsAwaited], Awaitable[tuple[Audit, str]]]
"""Keeps an event; what Coze is answered, and why."""

log = logging.getLogger(__name__)


class ChannelSignature:
    """Checks with the channel's callback token: hex SHA-1 of timestamp, nonce, token and the raw body."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token.get_secret_value().encode()

    def may_hold(self, stamp: bytes, signature: bytes) -> bool:
        """Whether it is worth reading what is said to be signed: both have their shape, and it was just now."""
        if not _STAMP.match(stamp) or not _SIGNATURE.match(signature):
            return False
        at = int(stamp) / (1000 if int(stamp) >= MILLISECONDS else 1)
        return abs(time.time() - at) <= WINDOW

    def holds(self, stamp: bytes, nonce: bytes, signature: bytes, body: bytes) -> bool:
        """Whether Coze signed this body. Both were looked at by `may_hold`."""
        signed = hashlib.sha1(stamp + nonce + self._token + body, usedforsecurity=False)
        return hmac.compare_digest(signed.hexdigest().encode(), signature)


class _Awaited:
    """Whether an answer is waited for: what is kept and what is answered agree on it, once."""

    def __init__(self) -> None:
        self._is_over = self._is_committed = False

    def __call__(self) -> bool:
        """Asked by who keeps the event, right before the commit."""
        self._is_committed = not self._is_over
        return self._is_committed

    def ends(self) -> bool:
        """Wait no longer. False where it is being committed already."""
        self._is_over = not self._is_committed
        return self._is_over


class CallbackEndpoint:
    """An ASGI endpoint for /coze/callback. `connector_id` is our channel; `hear` gets `patience` seconds."""

    def __init__(
        self, signature: ChannelSignature, connector_id: str, hear: Hear, patience: float = PATIENCE
    ) -> None:
        self._signature, self._connector, self._hear, self._patience = signature, connector_id, hear, patience
        self._outages = Outages()
        self._under_way: set[asyncio.Task[tuple[Audit, str]]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one event."""
        answer = await self._answer(scope, receive)
        DELIVERIES.labels(Kind.CALLBACK, OUTCOMES.get(answer.status_code, Outcome.MALFORMED)).inc()
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        headers = dict(scope["headers"])
        named = (b"x-coze-timestamp", b"x-coze-nonce", b"x-coze-signature")
        stamp, nonce, signature = (headers.get(name, b"") for name in named)
        is_signed = bool(stamp or signature)
        if is_signed and not self._signature.may_hold(stamp, signature):
            return self._refused(401, "not signed by Coze, or not now: look at COZE_CALLBACK_TOKEN and the clock")
        body = await whole(scope, receive, LARGEST)
        if body is None:
            return self._refused(413, "too large")
        if is_signed and not self._signature.holds(stamp, nonce, signature, body):
            return self._refused(401, "not signed with COZE_CALLBACK_TOKEN")
        found = _parsed(body)
        if found is None:
            return self._refused(400 if is_signed else 401, "not understood")
        if (challenge := _challenge(found)) is not None:  # whether it is signed Coze does not say; it changes nothing
            return JSONResponse({"challenge": challenge})
        if not is_signed:
            return self._refused(401, "not signed")
        return await self._heard(found)

    async def _heard(self, body: dict[str, Any]) -> Response:
        try:
            event = read_event(body)
        except BadEvent as bad:
            return self._refused(400, f"not understood: {bad}")
        if event is None:
            return JSONResponse({})
        if event.connector_id != self._connector:
            return self._refused(403, "about another channel: look at COZE_CONNECTOR_ID")
        awaited = _Awaited()
        task = asyncio.ensure_future(self._hear(event, awaited))
        self._under_way.add(task)
        task.add_done_callback(self._done)
        await asyncio.wait({task}, timeout=self._patience)
        if not task.done() and not awaited.ends():
            await asyncio.wait({task}, timeout=COMMITTING)
        if not task.done() or task.exception():
            return PlainTextResponse("not kept", 503, {"Retry-After": "5"})
        audit, reason = task.result()
        if event.kind is not EventKind.PUBLISHED:
            return JSONResponse({})
        return JSONResponse({"audit": {"audit_status": int(audit), "reason": reason}})

    def _done(self, task: "asyncio.Task[tuple[Audit, str]]") -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._outages.tell(log, type(error), "an event of Coze's was not kept: %s", type(error).__name__)

    def _refused(self, status: int, why: str) -> Response:
        self._outages.tell(log, why, "a callback of the channel was refused: %s", why)
        return PlainTextResponse(why.partition(":")[0], status)


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _challenge(body: dict[str, Any]) -> str | None:
    """What Coze wants to see again of an address that is being set; None for anything else."""
    header, event = body.get("header"), body.get("event")
    if not isinstance(header, dict) or header.get("event_type") != "url_verification" or not isinstance(event, dict):
        return None
    challenge = event.get("challenge")
    return challenge if isinstance(challenge, str) and len(challenge) <= CHALLENGE else None
