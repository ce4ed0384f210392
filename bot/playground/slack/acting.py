"""What everything that people do has in common: who does it, how it reaches an app, and what is answered."""

import functools
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, ParamSpec

from ..world.chat import Json, Person, SlackApp
from ..world.workspace import Workspace
from .delivery import Courier, Outcome
from .forms import CannotEnter
from .press import Impossible

P = ParamSpec("P")


def told(deed: Callable[P, Coroutine[Any, Any, Json]]) -> Callable[P, Coroutine[Any, Any, Json]]:
    """What can't be done becomes an answer in words."""

    @functools.wraps(deed)
    async def answer(*args: P.args, **kwargs: P.kwargs) -> Json:
        try:
            return await deed(*args, **kwargs)
        except (Impossible, CannotEnter) as error:
            return {"ok": False, "error": str(error)}

    return answer


class Acting:
    """The people of a workspace. `who` is a handle or an id. `on_deed` hears of each deed before it is done,
    `on_refused` when the last one of somebody was not taken.
    """

    def __init__(self, workspace: Workspace, courier: Courier) -> None:
        self._workspace, self._courier = workspace, courier
        self.on_deed: Callable[[str, str, Json], None] = lambda _verb, _who, _arguments: None
        self.on_refused: Callable[[str], None] = lambda _: None
        self._suggested: dict[tuple[str, str], tuple[Json, ...]] = {}  # (person, action_id) → options

    def _person(self, who: str) -> Person:
        try:
            person = self._workspace.person(who)
        except KeyError:
            known = ", ".join(self._workspace.people)
            raise Impossible(f"there is nobody called {who!r}; there are: {known}") from None
        if person.deleted:
            raise Impossible(f"{person.handle} is deactivated and can do nothing here")
        return person

    def _does(self, verb: str, person: Person, **arguments: Any) -> None:
        """Tell whoever keeps a journal what is about to be done; `verb` as in "mei types"."""
        self.on_deed(verb, person.handle, arguments)

    async def _bring(self, app: SlackApp, payload: Json, label: str, person: Person) -> Outcome:
        """Deliver, and show the person a failure as the client does."""
        outcome = await self._courier.deliver(app, payload, label, person.handle)
        if not outcome.ok:
            self.on_refused(person.handle)
            code = outcome.status if isinstance(outcome.status, str) else "dispatch_failed"
            self._workspace.toast(person.id, code, label, "" if code == outcome.status else str(outcome.status))
        return outcome

    def _invalid(self, person: Person, about: str, detail: str) -> Json:
        """The app's answer can't be shown."""
        self.on_refused(person.handle)
        self._workspace.toast(person.id, "invalid_response", about, detail)
        return {"ok": False, "error": f"the app's answer is not valid: {detail}"}


def told_of(outcome: Outcome) -> Json:
    """A delivery as an answer."""
    answer: Json = {"ok": outcome.ok, "status": outcome.status, "ack_ms": outcome.ack_ms}
    return answer if outcome.ok else answer | {"error": f"the app did not take it: {outcome.status}"}


def worst(outcomes: Sequence[Outcome | None]) -> Json:
    """Several deliveries as one answer: the first that failed, else the last; none at all is fine."""
    real = [outcome for outcome in outcomes if outcome is not None]
    failed = next((outcome for outcome in real if not outcome.ok), None)
    if failed or real:
        return told_of(failed or real[-1])
    return {"ok": True, "status": None, "ack_ms": None}
