"""One call of the Open API from header to envelope: token, permission, handler, answer."""

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .. import multipart
from ..multipart import Part
from ..world.coze import Bot, Json, Token, Workspace
from ..world.coze_state import CozeState, digest
from ..world.faults import CozeFault, Faults
from . import errors
from .errors import ApiError

MAX_BODY = 15 * 1024 * 1024
UNHEARD_OF = 4999  # a code that no list of Coze's has
StatusMode = Literal["mapped", "always200"]


@dataclass
class Site:
    """What all endpoints need. `status_mode`: whether errors also show in the HTTP status, which Coze doesn't say.

    `sign_in_status`: 200 where errors of signing in shall not show there, else 400; `sign_in_interval`: whole seconds
    that a device has to wait between two questions. `free_calls`: how many calls an account of the free edition has;
    those after them are refused with `used_up_code`, which Coze documents as little as what it counts.

    `callback_names`: "old" for the fields of bot.published as older code has them; `callback_tries`: how often an
    event is brought whose answer is late or no good; `verification_signed`: whether the first question to an address
    is; `audit_seconds`: real seconds that a channel has for its audit; `late_verdict`: "refused" where one about what
    is not in review is an error; `review_listed`: whether versions are listed while they are reviewed.
    """

    state: CozeState
    faults: Faults
    status_mode: StatusMode = "mapped"
    invalid_token_code: int = 4100  # or 700012006
    sign_in_status: int = 400
    sign_in_interval: int = 5
    free_calls: int = 500
    used_up_code: int = 4028
    callback_names: Literal["new", "old"] = "new"
    callback_tries: int = 1
    verification_signed: bool = True
    audit_seconds: float = 10.0
    late_verdict: Literal["taken", "refused"] = "taken"
    review_listed: bool = False
    edit_delay: float = 0.0  # real seconds until a change of an OAuth app is felt; Coze takes up to five
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something that a caller doesn't wait for."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def edit(self, change: Callable[[], None]) -> None:
        """Change an OAuth app, felt after `edit_delay`."""
        if not self.edit_delay:
            change()
            return

        async def later() -> None:
            await asyncio.sleep(self.edit_delay)
            change()
            self.state.changed()

        self.spawn(later())

    def log_id(self) -> str:
        """34 characters: the time, then 20 hex digits."""
        return self.state.clock.now().strftime("%Y%m%d%H%M%S") + secrets.token_hex(10).upper()


@dataclass(frozen=True)
class Call:
    """One authenticated call."""

    site: Site
    operation: "Operation"
    token: Token
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Json
    parts: tuple[Part, ...] = ()  # of a multipart form

    @property
    def state(self) -> CozeState:
        """The platform's memory."""
        return self.site.state

    def struck(self, kind: CozeFault) -> bool:
        """Whether a fault of this kind strikes here."""
        return self.site.faults.take(kind, f"{self.operation.method} {self.operation.path}") is not None

    def text(self, name: str, *, longest: int | None = None, default: str | None = None) -> str:
        """A string of the body; null counts as missing. Raises 4000 when it is missing, no string or too long."""
        value = self.body.get(name)
        value = default if value is None else value
        if not isinstance(value, str) or (value == "" and default is None):
            raise errors.bad_parameter(name)
        if longest is not None and len(value) > longest:
            raise errors.bad_parameter(name, f"is longer than {longest} characters")
        return value

    def texts(self, name: str, *, most: int) -> list[str]:
        """A list of strings of the body, at least one, at most `most`. Raises 4000."""
        values = self.body.get(name)
        if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
            raise errors.bad_parameter(name)
        if len(values) > most:
            raise errors.bad_parameter(name, f"has more than {most} items")
        return values

    def number(self, name: str, default: int, *, most: int) -> int:
        """A whole number of the query from 1 to `most`. Raises 4000."""
        value = self.query.get(name, str(default))
        if not (value.isascii() and value.isdigit() and len(value) < 10 and 1 <= int(value) <= most):
            raise errors.bad_parameter(name)
        return int(value)

    def page(self, items: list[Any], *, size: int, most: int) -> list[Any]:
        """The items of the page that the query asks for."""
        number, size = self.number("page_num", 1, most=10**6), self.number("page_size", size, most=most)
        return items[(number - 1) * size : number * size]

    def workspace(self, workspace_id: str) -> Workspace:
        """A workspace in the token's reach. Raises 4101 otherwise, whether it exists or not."""
        space = self.state.workspaces.get(workspace_id)
        if space is None or not self.state.reaches(self.token, space):
            raise errors.missing_permission(self.operation.permission or "", f"space_id={workspace_id}")
        return space

    def bot(self, bot_id: str, code: int = 4200) -> Bot:
        """An agent that the token may touch.

        Raises ApiError: `code` for one that the account can't see, 4101 for one in a space that the token lacks.
        """
        token, state, permission = self.token, self.state, self.operation.permission or ""
        bot = state.bots.get(bot_id)
        if bot is not None and token.connector_id is not None:
            allowed = bot.online(token.connector_id) and (token.bots is None or bot.id in token.bots)
            bot = bot if allowed else None
        elif bot is not None and token.user_id not in state.workspaces[bot.workspace_id].members:
            bot = None
        if bot is None:
            raise ApiError(code, errors.not_found(f"bot_id={bot_id}").message)
        if token.connector_id is None and not state.reaches(token, state.workspaces[bot.workspace_id]):
            raise errors.missing_permission(permission, f"bot_id={bot_id}")
        return bot


@dataclass(frozen=True)
class Operation:
    """One endpoint. `permission`: the key that the token needs, None where any valid token does."""

    method: str
    path: str
    permission: str | None
    handler: Callable[[Call], Any]
    form: bool = False  # the body is a multipart form, not JSON

    def route(self, site: Site) -> Route:
        """As Starlette wants it."""

        async def endpoint(request: Request) -> Response:
            return await answer(site, self, request)

        return Route(self.path, endpoint, methods=[self.method])


async def answer(site: Site, operation: Operation, request: Request) -> Response:
    """Handle one call and wrap what comes back."""
    try:
        strike(site, operation, request.url.path)
        token = authenticate(site, request.headers.get("authorization"))
        check_quota(site, token)
        body = {} if operation.form else await read_object(request)
        parts = tuple(await read_form(request)) if operation.form else ()
        check_permission(operation, token)
        call = Call(site, operation, token, request.path_params, request.query_params, body, parts)
        data = operation.handler(call)
    except ApiError as error:
        return envelope(site, error.code, error.message, None, error.http_status)
    if isinstance(data, Response):
        data.headers["X-Tt-Logid"] = site.log_id()
        return data
    return envelope(site, 0, "", data, 200)


def strike(site: Site, operation: Operation, path: str) -> None:
    """Raise what the faults that concern every endpoint want to be answered."""
    faults, call = site.faults, f"{operation.method} {path}"
    if faults.take(CozeFault.RATE_LIMITED, call):
        raise ApiError(4013, "request frequency or concurrency exceeded, please try again later")
    if faults.take(CozeFault.SERVER_ERROR, call):
        raise ApiError(5000, "Service internal error.")
    if faults.take(CozeFault.OUT_OF_QUOTA, call):
        raise used_up(site)
    if faults.take(CozeFault.UNKNOWN_CODE, call):
        raise ApiError(UNHEARD_OF, "Something that no documentation describes.")
    if faults.take(CozeFault.WRONG_HOST, call):
        raise errors.incorrect_token()
    if operation.permission and faults.take(CozeFault.MISSING_PERMISSION, call):
        raise errors.missing_permission(operation.permission)


def authenticate(site: Site, header: str | None) -> Token:
    """The token of an `Authorization: Bearer x` header, written exactly so. Raises 4100."""
    scheme, _, value = (header or "").partition(" ")
    token = site.state.tokens.get(digest(value)) if scheme == "Bearer" and value else None
    if token is None or token.revoked or expired(site.state, token) or site.state.suspended(token):
        raise refused_token(site)
    return token


def check_quota(site: Site, token: Token) -> None:
    """Raise where the account is of the free edition and has no call left. This one is counted already."""
    account = site.state.users[token.user_id]
    if account.user_level == "free" and account.calls > site.free_calls:
        raise used_up(site)


def used_up(site: Site) -> ApiError:
    """The answer to an account that has no call left; the sentence is the one that Coze's chat SDK shows."""
    return ApiError(site.used_up_code, "资源点余额不足，请等待额度刷新或升级到专业版")


def refused_token(site: Site) -> ApiError:
    """The answer to a token that is none (any more)."""
    if site.invalid_token_code == 4100:
        return errors.invalid_token()
    return ApiError(site.invalid_token_code, "access token invalid")


def expired(state: CozeState, token: Token) -> bool:
    """Tokens of people live in simulated time, those for an assertion in real time, like the assertion."""
    return (
        token.expires_at is not None and (time.time() if token.kind == "oauth" else state.now()) >= token.expires_at
    )


def check_permission(operation: Operation, token: Token) -> None:
    """Raise 4101 when the token lacks the endpoint's key."""
    if operation.permission is not None and operation.permission not in token.permissions:
        raise errors.missing_permission(operation.permission)


async def read_object(request: Request) -> Json:
    """The body as a JSON object; none counts as empty. Raises 4000."""
    raw = await request.body()
    if not raw:
        return {}
    if len(raw) > MAX_BODY:
        raise errors.bad_parameter("body", "is larger than 15 MB")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise errors.bad_parameter("body", "is not valid JSON") from None
    if not isinstance(body, dict):
        raise errors.bad_parameter("body", "is not an object")
    return body


async def read_form(request: Request) -> list[Part]:
    """The parts of a multipart body. Raises 4000."""
    try:
        return multipart.parts(await request.body(), request.headers.get("content-type", ""))
    except ValueError as problem:
        raise errors.bad_parameter("body", str(problem)) from None


def envelope(site: Site, code: int, message: str, data: Any, status: int) -> Response:
    """Coze's usual answer, with its log id in body and header."""
    log_id = site.log_id()
    content: Json = {"code": code, "msg": message, "detail": {"logid": log_id}}
    if data is not None:
        content["data"] = data
    status = 200 if site.status_mode == "always200" else status
    return JSONResponse(content, status, {"X-Tt-Logid": log_id})


def unknown_path(site: Site) -> Response:
    """No such endpoint: 404 in both modes."""
    log_id = site.log_id()
    content = {"code": 4200, "msg": "The requested API does not exist.", "detail": {"logid": log_id}}
    return JSONResponse(content, 404, {"X-Tt-Logid": log_id})
