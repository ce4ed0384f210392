"""What the page needs of the playground around it."""

from collections.abc import Awaitable, Mapping
from typing import Any, Literal, Protocol

from ..clock import StoryClock
from ..coze.state import State as CozeState
from ..slack.model import Workspace

Answer = Mapping[str, Any]  # `ok`, and `error` in words or `errors` by field when something was refused


class HumanLike(Protocol):
    """What people do in the chat. `who` is a handle or an id; channels go by name or id."""

    def command(self, who: str, text: str, channel: str | None = None) -> Awaitable[Answer]: ...

    def say(
        self, who: str, text: str, channel: str | None = None, thread_ts: str | None = None
    ) -> Awaitable[Answer]: ...

    def click(
        self,
        who: str,
        label: str | None = None,
        action_id: str | None = None,
        ts: str | None = None,
        channel: str | None = None,
        confirm: bool = False,
        value: Any = None,
    ) -> Awaitable[Answer]: ...

    def suggest(
        self, who: str, action_id: str, value: str = "", block_id: str | None = None
    ) -> Awaitable[Answer]: ...

    def submit(self, who: str, fields: dict[str, Any] | None = None) -> Awaitable[Answer]: ...

    def close(self, who: str) -> Awaitable[Answer]: ...

    def home(self, who: str, tab: Literal["home", "messages"] = "home") -> Awaitable[Answer]: ...

    def shortcut(self, who: str, callback_id: str) -> Awaitable[Answer]: ...


class FaultsLike(Protocol):
    """Failures that can be armed on the Coze side."""

    @property
    def active(self) -> Any: ...

    def set(self, kind: str, *args: Any, **kwargs: Any) -> Any: ...

    def clear(self) -> Any: ...


class CozeCallLike(Protocol):
    """One call that Coze received. `t` is story time, epoch seconds; `status` is HTTP's, or what happened instead."""

    @property
    def t(self) -> float: ...

    @property
    def method(self) -> str: ...

    @property
    def path(self) -> str: ...

    @property
    def body(self) -> Any: ...

    @property
    def status(self) -> int | str: ...

    @property
    def answer(self) -> Any: ...


class CozeLike(Protocol):
    """Coze's own website: what it shows, and what its people do there."""

    @property
    def state(self) -> CozeState: ...

    @property
    def faults(self) -> FaultsLike: ...

    async def act(self, path: str, body: dict[str, Any]) -> Any: ...


class PlaygroundLike(Protocol):
    """The playground as its page sees it."""

    @property
    def workspace(self) -> Workspace: ...

    @property
    def human(self) -> HumanLike: ...

    @property
    def clock(self) -> StoryClock: ...

    @property
    def coze(self) -> CozeLike: ...

    @property
    def slack_faults(self) -> FaultsLike: ...

    @property
    def seed(self) -> str: ...

    async def disconnect(self, times: int, delay: float | None) -> Any: ...

    async def reset(self, seed: str) -> Any: ...
