"""Finding the element that a browser pressed: the answer is taken from the app's own blocks, not from the browser."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..slack.validate import interactive
from ..world.chat import Person
from ..world.workspace import Workspace

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Press:
    """What the browser says was pressed: a message's ts, "home" or a view's id, and the element there."""

    at: str
    channel: str
    block: int
    action_id: str
    values: tuple[str, ...]
    confirm: bool = False

    def as_form(self) -> dict[str, str]:
        """The same, to be sent again by a confirm dialog."""
        form = {"at": self.at, "channel": self.channel, "block": str(self.block), "action_id": self.action_id}
        return form if not self.values else {**form, "value": self.values[-1]}


def read_press(form: Mapping[str, Sequence[str]]) -> Press:
    """The press in a submitted form."""

    def last(name: str) -> str:
        return (form.get(name) or [""])[-1]

    block = last("block")
    return Press(
        last("at"),
        last("channel"),
        int(block) if block.isdigit() else 0,
        last("action_id"),
        tuple(form.get("value", ())),
        "confirm" in form,
    )


def find_element(workspace: Workspace, person: Person, press: Press) -> Json | None:
    """The element as the app sent it, or None if it is gone."""
    blocks = _blocks(workspace, person, press)
    if press.block >= len(blocks):
        return None
    candidates = [
        one for one in interactive(dict(blocks[press.block])) if one.get("action_id", "") == press.action_id
    ]
    exact = [one for one in candidates if str(one.get("value", "")) == (press.values[-1] if press.values else "")]
    return next(iter(exact or candidates), None)


def _blocks(workspace: Workspace, person: Person, press: Press) -> Sequence[Json]:
    if press.channel:
        message = workspace.message(press.channel, press.at)
        return message.blocks if message and message.only_for in (None, person.id) else []
    if press.at == "home":
        return next((v.payload.get("blocks", []) for (_, who), v in workspace.homes.items() if who == person.id), [])
    return next((v.payload.get("blocks", []) for v in workspace.modals.get(person.id, []) if v.id == press.at), [])
