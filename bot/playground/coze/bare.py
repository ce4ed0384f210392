"""The OAuth endpoints at the wire: JSON in, bare JSON out, without a token and without an envelope."""

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..world.coze import Json
from ..world.faults import CozeFault
from .api import Site
from .errors import OAuthError, invalid_request

Handler = Callable[[Site, Request, Json], Json]


def bare(site: Site, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that answers what `handler` makes of a request and its body, or the OAuthError that it raises."""

    async def endpoint(request: Request) -> Response:
        log_id = {"X-Tt-Logid": site.log_id()}
        try:
            _strike(site, f"{request.method} {request.url.path}")
            return JSONResponse(handler(site, request, await _read(request)), 200, log_id)
        except OAuthError as error:
            return JSONResponse(error.content, error.status, log_id)

    return endpoint


def switched(handler: Handler) -> Handler:
    """Of signing in nobody knows the status of a refusal: the handler's own, or 200 where that is switched on."""

    def answer(site: Site, request: Request, body: Json) -> Json:
        try:
            return handler(site, request, body)
        except OAuthError as error:
            error.status = 200 if site.sign_in_status == 200 else error.status
            raise

    return answer


def text(body: Json, name: str) -> str:
    """A parameter that has to be there. Raises invalid_request."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise invalid_request(name)
    return value


def _strike(site: Site, call: str) -> None:
    if site.faults.take(CozeFault.RATE_LIMITED, call):
        raise OAuthError(429, "internal_error", "too many requests")
    if site.faults.take(CozeFault.SERVER_ERROR, call):
        raise OAuthError(500, "internal_error", "Service internal error.")


async def _read(request: Request) -> Json:
    try:
        body = json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise invalid_request("body")
    return body
