"""The Coze platform in a box: HTTP endpoints and the website's acts around the state."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from ..world import World
from ..world.coze import Json
from ..world.coze_state import CozeState
from . import agents, channels, chat, consent, copies, files, human, oauth, people, sign_in
from .api import Site, StatusMode, unknown_path
from .keys import Keyring
from .received import Received
from .wire import Wire

OPERATIONS = [
    *people.OPERATIONS,
    *agents.OPERATIONS,
    *copies.OPERATIONS,
    *channels.OPERATIONS,
    *chat.OPERATIONS,
    *files.OPERATIONS,
]


@dataclass(frozen=True)
class CozeCast:
    """Whom and what Coze knows from the start. `plant` fills an empty state; `facts` are the ids and secrets that a
    client needs, for the ready file.
    """

    plant: Callable[[CozeState, Keyring], None] = lambda _state, _keys: None
    facts: Callable[[Keyring], Json] = lambda _: {}


class CozePlatform:
    """An emulated coze.cn. Serve `app`, set `base_url` to where it can be reached, `close()` at the end.

    `on_act` hears of each thing that somebody does on the website before it is done.
    """

    def __init__(self, world: World, cast: CozeCast) -> None:
        self.base_url = ""
        self.on_act: Callable[[str, Json], None] = lambda _path, _body: None
        self.state, self.faults = world.coze, world.faults["coze"]
        self._cast, self._keys = cast, Keyring()
        self._site = Site(self.state, self.faults)
        self.app: ASGIApp = Received(Wire(self._starlette(), self.faults), self.state)
        self._plant()

    @property
    def status_mode(self) -> StatusMode:
        """Whether errors show in the HTTP status ("mapped") or in the body alone ("always200")."""
        return self._site.status_mode

    @status_mode.setter
    def status_mode(self, mode: StatusMode) -> None:
        self._site.status_mode = mode

    def ready(self) -> Json:
        """The `coze` part of the ready file: addresses, ids and secrets a client needs."""
        return {"base_url": self.base_url, "callback_url": self.state.callback_url, **self._cast.facts(self._keys)}

    @property
    def actions(self) -> list[Json]:
        """What people can do on Coze's website now."""
        return human.actions(self._site)

    async def act(self, path: str, body: Json) -> Json:
        """Play a person on Coze's website."""
        self.on_act(path, body)
        return await human.act(self._site, path, body)

    def reset(self) -> None:
        """Back to the start; tokens, ids and keys of the cast stay."""
        self._cancel()
        self.state.clear()
        self._plant()
        self.faults.clear()

    def close(self) -> None:
        """Stop what runs in the background, let go of answers held back and remove the key files."""
        self._cancel()
        self.faults.clear()
        self._keys.close()

    def _plant(self) -> None:
        self._cast.plant(self.state, self._keys)

    def _cancel(self) -> None:
        for task in list(self._site.tasks):
            task.cancel()

    def _starlette(self) -> Starlette:
        async def missing(_: Request, __: Exception) -> Response:
            return unknown_path(self._site)

        handlers: dict[Any, Any] = {404: missing, 405: missing}
        site = self._site
        routes = [*oauth.routes(site), *sign_in.routes(site), *consent.routes(site)]
        routes += [operation.route(site) for operation in OPERATIONS]
        return Starlette(routes=routes, exception_handlers=handlers)
