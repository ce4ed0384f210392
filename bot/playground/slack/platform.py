"""The chat side as one thing: the state, the wire around it and the people in it."""

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from ..world import World
from .api import Api
from .apps import Apps
from .delivery import EVENT_WAITS, Courier
from .files import PATH as FILES
from .files import Files
from .human import Human
from .rates import Rates
from .socket import Sockets

PATHS = ("/api/", "/response/", "/link", FILES)


class SlackPlatform:
    """An emulated Slack. It is an ASGI app for the paths in PATHS; set the workspace's `base_url` (with a slash at
    the end) to where it can be reached. `real_rates`: answer 429 at Slack's limits. `event_waits`: see `Courier`.
    """

    def __init__(
        self, world: World, *, real_rates: bool = False, event_waits: tuple[float, ...] = EVENT_WAITS
    ) -> None:
        workspace, faults = world.chat, world.faults["slack"]
        sockets = Sockets(workspace, faults)
        self.courier = Courier(workspace, sockets, event_waits)
        self.human = Human(workspace, self.courier)
        self.apps = Apps(workspace, self.courier, sockets, faults)
        self.api = Api(workspace, self.courier, sockets, faults, Rates() if real_rates else None)
        self.sockets, self._files = sockets, Files(workspace, faults)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an app: a Web API call, a post to a response URL, a file, or a Socket Mode connection."""
        if scope["type"] == "websocket":
            await self.sockets.serve(WebSocket(scope, receive, send))
        elif scope["path"].startswith(FILES):
            await self._files(scope, receive, send)
        else:
            await self.api(scope, receive, send)
