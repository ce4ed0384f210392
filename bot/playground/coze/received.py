"""What the Open API was asked, and with whose credential, so that a client's calls can be counted."""

import re

import jwt
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..world.coze import ReceivedCall, User
from ..world.coze_state import CozeState, digest


class Received:
    """The outermost layer: writes each request down when it comes, and its status when it is answered."""

    def __init__(self, app: ASGIApp, state: CozeState) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"}
        call = self._state.receive(scope["method"], scope["path"])
        self._name(call, headers.get(b"authorization", "").partition(" ")[2])

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                call.status = message["status"]
            await send(message)

        await self._app(scope, receive, noted)

    def _name(self, call: ReceivedCall, value: str) -> None:
        """Whose credential it is. One that nobody knows stays nameless, and none is ever kept."""
        state, token = self._state, self._state.tokens.get(digest(value))
        account: User | None = None
        if token is not None:
            call.credential, call.kind = token.name or f"…{token.last4}", token.kind
            account = state.users[token.user_id]
        elif value.count(".") == 2:
            app = next((app for app in state.apps.values() if _kid(value) in app.keys), None)
            if app is not None:
                call.credential, call.kind = app.name, "assertion"
                account = state.users.get(_account_id(call.path) or app.owner_id)
        if account is not None:
            call.account, account.calls = account.handle, account.calls + 1


def _account_id(path: str) -> str:
    """Whose resources a token is asked for: an exchange is a call of that account."""
    found = re.fullmatch(r".*/oauth2/account/([0-9]+)/token", path)
    return found[1] if found else ""


def _kid(assertion: str) -> str:
    try:
        return str(jwt.get_unverified_header(assertion).get("kid"))
    except jwt.PyJWTError:
        return ""
