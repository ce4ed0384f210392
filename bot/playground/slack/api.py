"""The Web API at the wire: tokens, scopes, limits and failures around the methods, and the response URLs.

Conventions as on https://docs.slack.dev/apis/web-api: failures are HTTP 200 with an error code.
"""

import asyncio
import json
from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from ..world.chat import Call, Json, Message, SlackApp
from ..world.faults import Faults, SlackFault
from ..world.tickets import ResponseUrl
from ..world.workspace import Workspace
from .asking import Ask, Refused, missing_scope, refused_for
from .delivery import Courier
from .encoding import dump, load
from .rates import Rates
from .socket import Sockets
from .table import METHODS
from .validate import MESSAGE_TEXT, Problem

BODY_BYTES = 1_000_000
OPEN = "apps.connections.open"
TOKENLESS = frozenset({"blocks.validate"})
ANSWERS = (
    (SlackFault.SERVER_ERROR, 500, "internal_error"),
    (SlackFault.INTERNAL_ERROR, 200, "internal_error"),
    (SlackFault.TOKEN_REVOKED, 200, "token_revoked"),
    (SlackFault.ACCOUNT_INACTIVE, 200, "account_inactive"),
    (SlackFault.EDIT_WINDOW_CLOSED, 200, "edit_window_closed"),
    (SlackFault.PLAN_UPGRADE, 200, "plan_upgrade_required"),
    (SlackFault.USER_NOT_FOUND, 200, "user_not_found"),
    (SlackFault.MESSAGES_OFF, 200, "messages_tab_disabled"),
    (SlackFault.BLOCK_MISMATCH, 200, "block_mismatch"),
)
"""Faults that are answered alike: HTTP status and error code."""


class BadBody(ValueError):
    """A body that isn't what its content type says."""


def parse(body: bytes, content_type: str) -> Json:
    """The arguments in a body: JSON, else a form. Raises BadBody."""
    try:
        if not content_type.startswith("application/json"):
            return dict(parse_qsl(body.decode(), keep_blank_values=True))
        parsed = load(body) if body else {}
    except ValueError:
        raise BadBody from None
    if not isinstance(parsed, dict):
        raise BadBody
    return parsed


class Api:
    """Answers /api/<method> and /response/<team>/<secret>."""

    def __init__(
        self,
        workspace: Workspace,
        courier: Courier,
        sockets: Sockets,
        faults: Faults,
        rates: Rates | None,
    ) -> None:
        self._workspace, self._courier, self._sockets = workspace, courier, sockets
        self._faults, self._rates = faults, rates
        self.on_call: Callable[[Call], None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request, with the failures that are switched on."""
        method = scope["path"].removeprefix("/api/") if scope["path"].startswith("/api/") else "response_url"
        request = Request(scope, receive)
        body = await request.body()
        if slow := self._faults.take(SlackFault.SLOW, method):
            await asyncio.sleep(slow.delay)
        cut = self._faults.take(SlackFault.CUT, method)
        failure = self._failure(method, request)
        if failure is not None:
            response = failure
        elif len(body) > BODY_BYTES:
            response = Response(b'{"ok":false,"error":"request_too_large"}', 413, media_type="application/json")
        elif method == "response_url":
            response = self._respond(scope["path"].rsplit("/", 1)[-1], body)
        else:
            response = self._answer(method, request, body)
        if cut:
            await scope["playground.drop"]()
        else:
            await response(scope, receive, send)

    def _failure(self, method: str, request: Request) -> Response | None:
        """The answer of a fault that is switched on."""
        if limited := self._faults.take(SlackFault.RATE_LIMITED, method):
            return self._limited(method, str(limited.retry_after), self._caller(request))
        if self._faults.take(SlackFault.ODDLY_LIMITED, method):
            return self._limited(method, "soon", self._caller(request))
        for kind, status, error in ANSWERS:
            if self._faults.take(kind, method):
                answer = {"ok": False, "error": error}
                self._record(self._caller(request), method, {}, answer)
                return Response(dump(answer), status, media_type="application/json")
        if self._faults.take(SlackFault.INVALID_BLOCKS, method):
            is_view = method.startswith("views.")
            problems = [Problem("/view/blocks/0/type" if is_view else "/blocks/0/type", "unsupported type")]
            answer = refused_for("invalid_arguments" if is_view else "invalid_blocks", problems).answer
            self._record(self._caller(request), method, {}, answer)
            status = 400 if method == "response_url" else 200
            return Response(dump(answer), status, media_type="application/json")
        return None

    def _caller(self, request: Request) -> str:
        """Whose call it is, by name, as far as that can be told from the header."""
        token = request.headers.get("authorization", "").partition(" ")[2].strip()
        owners = (app.name for app in self._workspace.apps.values() if token in (app.bot_token, app.app_token))
        return next(owners, "?")

    def _limited(self, method: str, wait: str, app: str) -> Response:
        answer = {"ok": False, "error": "ratelimited"}
        self._record(app, method, {}, answer)
        return Response(dump(answer), 429, {"Retry-After": wait}, "application/json")

    def _answer(self, method: str, request: Request, body: bytes) -> Response:
        """Find the app, look at its limits, run the method, record the call."""
        app: SlackApp | None = None
        args: Json = {}
        try:
            args = {**request.query_params, **self._args(request, body)}
            app = self._app(method, request.headers.get("authorization", ""), str(args.pop("token", "")))
            if self._rates and (seconds := self._rates.wait(app.id, method, args.get("channel"))):
                return self._limited(method, str(seconds), app.name)
            answer = {"ok": True, **self._run(method, app, args)}
        except Refused as refused:
            answer = refused.answer
        answer_bytes = dump(answer)
        # What is recorded must not change when a message or view does.
        self._record(app.name if app else "?", method, args, answer, answer_bytes)
        headers = {"X-OAuth-Scopes": ",".join(sorted(app.scopes))} if app else None
        return Response(answer_bytes, 200, headers, "application/json; charset=utf-8")

    def _args(self, request: Request, body: bytes) -> Json:
        content_type = request.headers.get("content-type", "")
        try:
            return parse(body, content_type)
        except BadBody:
            raise Refused("invalid_json" if "json" in content_type else "invalid_form_data") from None

    def _app(self, method: str, authorization: str, token: str) -> SlackApp:
        scheme, _, value = authorization.partition(" ")
        value = value.strip() if scheme.lower() == "bearer" else token
        if not value and method in TOKENLESS and self._workspace.apps:
            return self._workspace.main_app
        if not value:
            raise Refused("not_authed")
        for app in self._workspace.apps.values():
            if value in (app.bot_token, app.app_token):
                if (value == app.app_token) != (method == OPEN):
                    raise Refused("not_allowed_token_type")
                return app
        raise Refused("invalid_auth")

    def _run(self, method: str, app: SlackApp, args: Json) -> Json:
        if method == OPEN:
            if app.transport != "socket":
                raise Refused("forbidden_team")
            return {"url": self._sockets.url(app, self._workspace.base_url)}
        known = METHODS.get(method)
        if known is None:
            raise Refused("unknown_method", req_method=method)
        if known.scopes and not app.scopes.intersection(known.scopes):
            raise missing_scope(app, known.scopes[0])
        return known.run(Ask(self._workspace, app, method, args, self._courier))

    def _record(self, app: str, method: str, body: Json, response: Json, raw: bytes | None = None) -> None:
        call = Call(self._workspace.now(), app, method, body, json.loads(raw) if raw else response)
        self._workspace.remember(call)
        if self.on_call is not None:
            self.on_call(call)

    # Response URLs

    def _respond(self, secret: str, body: bytes) -> Response:
        """A post to a response URL: a new message, or the one with the button replaced or taken away."""
        url = self._workspace.response_urls.use(secret)
        if url is None or url.app_id not in self._workspace.apps:
            self._record("?", "response_url", {}, {"ok": False, "error": "used_url"})
            return PlainTextResponse("used_url", 404)
        app = self._workspace.apps[url.app_id]
        args: Json = {}
        try:
            args = parse(body, "application/json")
            self._apply(app, url, Ask(self._workspace, app, "response_url", args, self._courier))
        except BadBody:
            answer: Json = {"ok": False, "error": "invalid_payload"}
        except Refused as refused:
            answer = refused.answer
        else:
            answer = {"ok": True}
        self._record(app.name, "response_url", args, answer)
        return Response(dump(answer), 200 if answer["ok"] else 400, media_type="application/json")

    def _apply(self, app: SlackApp, url: ResponseUrl, ask: Ask) -> None:
        source = self._workspace.message(url.channel, url.ts) if url.ts else None
        if ask.flag("delete_original"):
            if source is None:
                raise Refused("message_not_found")
            self._workspace.remove(source)
        elif ask.flag("replace_original"):
            if source is None:
                raise Refused("message_not_found")
            blocks = ask.blocks()
            source.text, source.blocks = _text(ask, blocks), blocks or []
            source.edited = source.only_for is None
            self._workspace.edited(source)
        else:
            answer_in(self._workspace, app, url.channel, url.user, ask)


def _text(ask: Ask, blocks: list[Json] | None) -> str:
    text = str(ask.args.get("text") or "")
    if not text and not blocks:
        raise Refused("no_text")
    if len(text) > MESSAGE_TEXT:
        raise Refused("msg_too_long")
    return text


def answer_in(workspace: Workspace, app: SlackApp, channel: str, user: str, ask: Ask) -> Message:
    """Post what a command's ack or a response URL says: for the person alone, or for all in the channel."""
    blocks = ask.blocks()
    return workspace.post(
        Message(
            workspace.new_ts(),
            channel,
            app.bot_user,
            _text(ask, blocks),
            app_id=app.id,
            blocks=blocks or [],
            thread_ts=str(ask.args["thread_ts"]) if ask.args.get("thread_ts") else None,
            only_for=None if ask.args.get("response_type") == "in_channel" else user,
        )
    )
