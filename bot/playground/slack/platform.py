"""The chat side as one thing: the state, the wire around it and the people in it."""

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from ..clock import StoryClock
from .api import Api
from .delivery import EVENT_WAITS, Courier
from .faults import Faults
from .files import PATH as FILES
from .files import Files
from .human import Human
from .model import Workspace
from .rates import Rates
from .socket import Sockets

PATHS = ("/api/", "/response/", "/link", FILES)


class SlackPlatform:
    """An emulated Slack. It is an ASGI app for the paths in PATHS; set `workspace.base_url` (with a slash at the end)
    to where it can be reached. `real_rates`: answer 429 at Slack's limits. `event_waits`: see `Courier`.
    """

    def __init__(
        self, clock: StoryClock, *, real_rates: bool = False, event_waits: tuple[float, ...] = EVENT_WAITS
    ) -> None:
        self.workspace = Workspace(clock)
        self.faults = Faults(self.workspace.changed)
        self.sockets = Sockets(self.workspace, self.faults)
        self.courier = Courier(self.workspace, self.sockets, event_waits)
        self.human = Human(self.workspace, self.courier)
        self.files = Files(self.workspace)
        rates = Rates() if real_rates else None
        self.api = Api(self.workspace, self.courier, self.sockets, self.faults, rates)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an app: a Web API call, a post to a response URL, a file, or a Socket Mode connection."""
        if scope["type"] == "websocket":
            await self.sockets.serve(WebSocket(scope, receive, send))
        elif scope["path"].startswith(FILES):
            await self.files(scope, receive, send)
        else:
            await self.api(scope, receive, send)
