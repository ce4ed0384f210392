"""The Coze platform in a box: state, HTTP endpoints, faults and the human side in one object."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from ..clock import StoryClock
from . import agents, channels, chat, files, human, oauth, people
from .api import Site, StatusMode, unknown_path
from .cast import CONNECTOR_ID, USERS, WORKSPACE_ID, Cast, SeededApp, plant, user_id
from .faults import Faults, Wire
from .model import Bot, Json
from .state import State

OPERATIONS = [*people.OPERATIONS, *agents.OPERATIONS, *channels.OPERATIONS, *chat.OPERATIONS, *files.OPERATIONS]


class CozePlatform:
    """An emulated coze.cn. Serve `app`, set `base_url` to where it can be reached, `close()` at the end.

    `changed` is called after each change, the page hangs its live updates on it; `on_act` before each thing that
    somebody does on the website.
    """

    def __init__(self, clock: StoryClock) -> None:
        self.base_url = ""
        self.changed: Callable[[], None] = lambda: None
        self.on_act: Callable[[str, Json], None] = lambda path, body: None
        self.faults = Faults(self._announce)
        self._clock = clock
        self._folder = tempfile.TemporaryDirectory(prefix="coze-")
        self._cast = Cast(Path(self._folder.name))
        self._site = Site(self._fresh(), self.faults)
        self.app: ASGIApp = Wire(self._starlette(), self.faults)

    @property
    def state(self) -> State:
        """Everything the platform knows; replaced by `reset`."""
        return self._site.state

    @property
    def status_mode(self) -> StatusMode:
        """Whether errors show in the HTTP status ("mapped") or in the body alone ("always200")."""
        return self._site.status_mode

    @status_mode.setter
    def status_mode(self, mode: StatusMode) -> None:
        self._site.status_mode = mode

    def refuse_tokens_with(self, code: int) -> None:
        """Whether a bad token is answered with 4100 or with 700012006; both have been seen."""
        self._site.invalid_token_code = code

    def ready(self) -> Json:
        """The `coze` part of the ready file: addresses, ids and secrets a client needs."""
        cast = self._cast
        return {
            "base_url": self.base_url,
            "workspace_id": WORKSPACE_ID,
            "connector_id": CONNECTOR_ID,
            "owner_token": cast.owner_token,
            "users": {handle: user_id(handle) for handle in USERS},
            "pats": dict(cast.pats),
            "jwt_app": {**_credentials(cast.jwt_app), "account_id": user_id("owner")},
            "channel": {**_credentials(cast.channel_app), "callback_token": cast.callback_token},
        }

    @property
    def actions(self) -> list[Json]:
        """What people can do on Coze's website now."""
        return human.actions(self._site)

    async def act(self, path: str, body: Json) -> Json:
        """Play a person on Coze's website."""
        self.on_act(path, body)
        return await human.act(self._site, path, body)

    def add_agent(self, who: str, title: str, workspace: str = "ShargeAI") -> Bot:
        """A draft agent of somebody (handle or id) in a workspace (id or name). Raises KeyError."""
        return self.state.add_bot(title, self.state.find_workspace(workspace), self.state.user(who).id)

    def reset(self) -> None:
        """Back to the start; tokens, ids and keys of the cast stay."""
        self._cancel()
        self._site.state = self._fresh()
        self.faults.clear()

    def close(self) -> None:
        """Stop what runs in the background, let go of answers held back and remove the key files."""
        self._cancel()
        self.faults.clear()
        self._folder.cleanup()

    def _fresh(self) -> State:
        state = State(self._clock, self._announce)
        plant(state, self._cast)
        return state

    def _cancel(self) -> None:
        for task in list(self._site.tasks):
            task.cancel()

    def _announce(self) -> None:
        self.changed()

    def _starlette(self) -> Starlette:
        async def missing(_: Request, __: Exception) -> Response:
            return unknown_path(self._site)

        handlers: dict[Any, Any] = {404: missing, 405: missing}
        routes = [*oauth.routes(self._site), *(operation.route(self._site) for operation in OPERATIONS)]
        return Starlette(routes=routes, exception_handlers=handlers)


def _credentials(app: SeededApp) -> Json:
    return {"client_id": app.client_id, "kid": app.key.kid, "private_key_file": str(app.private_key_file)}
