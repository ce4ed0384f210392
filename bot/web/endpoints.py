"""The front door: signed deliveries from Slack, and two questions about the bot's health."""

import hmac
import json
from collections.abc import Callable, Coroutine
from typing import Any, Protocol
from urllib.parse import parse_qsl

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.metrics import DELIVERIES, RENDERED_AS, Kind, Outcome, rendered
from bot.web.ready import ReadinessChecks, answer
from bot.web.signature import Signature

LARGEST = 1024 * 1024  # bytes of one delivery
FIELDS = 100
NOT_YET = PlainTextResponse("not yet", 503, {"Retry-After": "5"})
UNSIGNED = PlainTextResponse("not signed by Slack", 401, {"Connection": "close"})

After = Callable[[], Coroutine[Any, Any, None]]
Json = dict[str, Any]


class Ack(Protocol):
    """What dispatch answers."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> Json | str: ...
    @property
    def after(self) -> After | None: ...


class Dispatch(Protocol):
    """Where deliveries of both transports end."""

    async def __call__(self, body: Json, headers: dict[str, str] | None = None) -> Ack: ...
    def spawn(self, after: After | None) -> None: ...


class Door:
    """What a port serves, which is open before there is a bot: until then, that it lives, and what is missing."""

    def __init__(self, ready: ReadinessChecks | None = None) -> None:
        self.app: ASGIApp = Starlette(routes=[*_health(ready), Mount("/", NOT_YET)]) if ready else NOT_YET

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self.app(scope, receive, send)


def create_app(
    ready: ReadinessChecks,
    signature: Signature | None = None,
    dispatch: Dispatch | None = None,
    once: ASGIApp | None = None,
    callback: ASGIApp | None = None,
    token: SecretStr | None = None,
) -> Starlette:
    """The ASGI app. Without `dispatch` (Socket Mode, a worker) only the health questions are answered.

    `once` serves the one-time pages below /once/, `callback` takes what Coze tells the channel's owner. Who
    has `token` may read the metrics.
    """
    routes = _health(ready)
    if token:
        routes.append(Route("/metrics", _metrics(token)))
    if signature and dispatch:
        routes.append(Route("/slack/events", SlackEndpoint(signature, dispatch), methods=["POST"]))
    if once:
        routes.append(Route("/once/{part}", once, methods=["GET", "POST"]))
    if callback:
        routes.append(Route("/coze/callback", callback, methods=["POST"]))
    return Starlette(routes=routes)


def _health(ready: ReadinessChecks) -> list[BaseRoute]:
    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_request: Request) -> Response:
        status, found = answer(ready())
        return JSONResponse(found, status)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def _metrics(token: SecretStr) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    wanted = f"Bearer {token.get_secret_value()}".encode()

    async def metrics(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), wanted):
            return PlainTextResponse("who asks?", 401, {"WWW-Authenticate": "Bearer"})
        return Response(rendered(), media_type=RENDERED_AS)

    return metrics


class SlackEndpoint:
    """One ASGI endpoint: size, signature, shape; then dispatch. What is malformed is never a 500."""

    def __init__(self, signature: Signature, dispatch: Dispatch) -> None:
        self._signature, self._dispatch = signature, dispatch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one delivery; what follows the ack runs when the answer is on its way."""
        headers = dict(scope["headers"])
        stamp, signed = headers.get(b"x-slack-request-timestamp", b""), headers.get(b"x-slack-signature", b"")
        if not self._signature.may_hold(stamp, signed):
            return await _turned_away(Outcome.UNSIGNED, UNSIGNED)(scope, receive, send)
        body = await whole(scope, receive)
        if body is None:
            return await _turned_away(Outcome.MALFORMED, PlainTextResponse("too large", 413))(scope, receive, send)
        if not self._signature.holds(stamp, signed, body):
            return await _turned_away(Outcome.UNSIGNED, UNSIGNED)(scope, receive, send)
        payload = _parse(headers.get(b"content-type", b""), body)
        if payload is None:
            bad = PlainTextResponse("not understood", 400)
            return await _turned_away(Outcome.MALFORMED, bad)(scope, receive, send)
        if courtesy := _courtesy(payload):
            return await courtesy(scope, receive, send)
        ack = await self._dispatch(payload, _retries(headers))
        content = PlainTextResponse(ack.body, ack.status) if isinstance(ack.body, str) else None
        await (content or JSONResponse(ack.body, ack.status))(scope, receive, send)
        self._dispatch.spawn(ack.after)
        return None


def _turned_away(outcome: Outcome, answer: Response) -> Response:
    """Counted alone: a line for each would let anybody fill the log."""
    DELIVERIES.labels(Kind.OTHER, outcome).inc()
    return answer


async def whole(scope: Scope, receive: Receive, most: int = LARGEST) -> bytes | None:
    """The body of a request, None for one of more than `most` bytes; one that says so is not read at all."""
    promised = dict(scope["headers"]).get(b"content-length", b"")
    if promised.isdigit() and (len(promised) > 10 or int(promised) > most):
        return None
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)  # the client went away: the signature will tell
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


def _parse(content_type: bytes, body: bytes) -> Json | None:
    try:
        if content_type.startswith(b"application/x-www-form-urlencoded"):
            form = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS))
            payload = json.loads(form["payload"]) if "payload" in form else form
        else:
            payload = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None


def _courtesy(payload: Json) -> Response | None:
    """What Slack asks of the address itself, and not of the app."""
    if payload.get("type") == "url_verification":
        return JSONResponse({"challenge": str(payload.get("challenge", ""))})
    if payload.get("type") == "app_rate_limited" or payload.get("ssl_check"):
        return PlainTextResponse("")
    return None


def _retries(headers: dict[bytes, bytes]) -> dict[str, str]:
    names = (b"x-slack-retry-num", b"x-slack-retry-reason")
    return {name.decode(): headers[name].decode("latin-1") for name in names if name in headers}
