"""Finds what a person means to press or pick, among all that the person sees."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ..world.chat import Channel, Json, Message, Person, View
from ..world.conversation import order
from ..world.workspace import Workspace
from .forms import VALUES, CannotEnter, Input, entry, find_option, options_of, read
from .validate import interactive

Source = Message | View


class Impossible(Exception):
    """Something that a person could not have done, in words."""


def room(workspace: Workspace, person: Person, name: str) -> Channel:
    """The channel with this name or id, if the person is in it. Raises Impossible."""
    for channel in workspace.rooms(person.id):
        if name.removeprefix("#") in (channel.id, channel.name):
            return channel
    raise Impossible(f"{person.handle} is in no channel {name!r}")


def blocks_of(source: Source) -> list[Json]:
    if isinstance(source, Message):
        return source.drawn
    blocks: list[Json] = source.payload["blocks"]
    return blocks


def sources(workspace: Workspace, person: Person, at: str | None, channel: str | None) -> Iterator[Source]:
    """Where to look, what lies in front first: the top modal, then messages from the newest, and Home.

    `at` is a message's ts, a view's id or "home"; `channel` is a channel's name or id, "modal" or "home".
    Home comes before the messages when it was opened last. Nobody looks further back than needed.
    """
    modals = workspace.modals.get(person.id, [])[-1:]
    homes = [view for (_, user), view in workspace.homes.items() if user == person.id]
    if at == "home" or channel == "home":
        return iter(homes)
    if channel == "modal":
        return iter(modals)
    rooms = [room(workspace, person, channel)] if channel else workspace.rooms(person.id)
    if at is not None:
        return _named(workspace, person, rooms, at, [*modals, *homes])
    newest = _newest(workspace, person, rooms)
    if channel:
        return newest
    in_front = workspace.looking.get(person.id) == "home"
    return chain(modals, homes, newest) if in_front else chain(modals, newest, homes)


def _named(
    workspace: Workspace, person: Person, rooms: list[Channel], name: str, views: list[View]
) -> Iterator[Source]:
    """The view of this id, or the messages of this ts."""
    yield from (view for view in views if view.id == name)
    for channel in rooms:
        message = workspace.message(channel.id, name)
        if message and message.only_for in (None, person.id):
            yield message


def _newest(workspace: Workspace, person: Person, rooms: list[Channel]) -> Iterator[Message]:
    """What this person sees in some channels, newest first."""
    seen = (reversed(workspace.conversation(channel.id).seen_by(person.id).all) for channel in rooms)
    return heapq.merge(*seen, key=lambda message: order(message.ts), reverse=True)


@dataclass(frozen=True)
class Target:
    """An element and where it stands; `value` is what is picked, for those that hold something."""

    source: Source
    block: Json
    element: Json
    value: Any = None

    @property
    def label(self) -> str:
        """What the person presses, in words."""
        if self.element["type"] == "button":
            return str(self.element["text"]["text"])
        if isinstance(self.value, dict) and "text" in self.value:
            return str(self.value["text"]["text"])
        return Input(self.block, self.element).label or str(self.element["action_id"])

    @property
    def dispatches(self) -> bool:
        """Whether the app hears of it at once; inputs wait for the submission unless they say otherwise."""
        return self.block["type"] != "input" or bool(self.block.get("dispatch_action"))

    @property
    def action(self) -> Json:
        """The entry of `actions` in the payload."""
        element = self.element
        action: Json = {"action_id": element["action_id"], "block_id": self.block["block_id"]}
        if element["type"] == "button":
            kept = ("type", "text", "value", "style")
            return action | {name: element[name] for name in kept if name in element}
        if element["type"] == "overflow":
            return action | {"type": "overflow", "selected_option": self.value}
        return action | entry(element, self.value)

    def keep(self) -> None:
        """Note what was picked in the state of the message or view."""
        if self.element["type"] not in VALUES:
            return
        ids = self.block["block_id"], self.element["action_id"]
        picked = entry(self.element, self.value)
        if isinstance(self.source, Message):
            self.source.state = with_value(self.source.state, ids, picked)
        else:
            values = with_value(self.source.payload["state"]["values"], ids, picked)
            self.source.payload = {**self.source.payload, "state": {"values": values}}


def with_value(values: Json, ids: tuple[str, str], picked: Json) -> Json:
    """The values of a state with one changed; the old ones may stand in payloads that were sent."""
    return {**values, ids[0]: {**values.get(ids[0], {}), ids[1]: picked}}


@dataclass(frozen=True)
class Wish:
    """What a person wants to press: by label, by action_id, or both.

    `value` picks from menus and pickers, and tells apart buttons that otherwise look the same.
    """

    workspace: Workspace
    person: Person
    label: str | None = None
    action_id: str | None = None
    value: Any = None
    suggested: tuple[Json, ...] = ()

    def find(self, among: Iterator[Source]) -> Target:
        """The first that fits. Raises Impossible when nothing does."""
        missed = []
        for source in among:
            missed.append(source)
            candidates = [(block, element) for block in blocks_of(source) for element in interactive(block)]
            for exact in (True, False):
                for block, element in candidates:
                    if self.action_id in (None, element["action_id"]) and self._fits(block, element, exact=exact):
                        return Target(source, block, element, self._value(element))
        wanted = " ".join(str(part) for part in (self.label, self.action_id) if part is not None)
        raise Impossible(f"{self.person.handle} sees nothing to press for {wanted!r}; there is: {self._all(missed)}")

    def _fits(self, block: Json, element: Json, *, exact: bool) -> bool:
        if self.value is not None and not self._holds(element):
            return False
        if self.label is None:
            return True
        texts = [o["text"]["text"] for o in options_of(element)]
        if element["type"] == "button":
            texts = [element["text"]["text"]]
        elif element["type"] in VALUES:
            texts.append(Input(block, element).label)
        return any(self.label == text if exact else self.label in text for text in texts)

    def _holds(self, element: Json) -> bool:
        """Whether the value that is meant can be this element's, as far as the element itself tells."""
        if element["type"] == "button":
            return bool(element.get("value", "") == str(self.value))
        if element["type"] == "overflow":
            return any(self.value in (o.get("value"), o["text"]["text"]) for o in options_of(element))
        return True

    def _value(self, element: Json) -> Any:
        if element["type"] == "button":
            return None
        wanted = self.label if self.value is None else self.value
        if element["type"] == "overflow":
            if wanted is None:
                raise Impossible("a menu needs a label or value to pick from it")
            return find_option(element, wanted)
        if "external_select" in element["type"]:
            element = {**element, "options": list(self.suggested)}
        try:
            return read(element, wanted, self.workspace, self.person)
        except CannotEnter as error:
            raise Impossible(str(error)) from None

    def _all(self, among: list[Source]) -> str:
        return ", ".join(dict.fromkeys(self._labels(among))) or "nothing"

    def _labels(self, among: list[Source]) -> Iterator[str]:
        for source in among:
            for element in interactive(blocks_of(source)):
                if element["type"] == "button":
                    yield element["text"]["text"]
                else:
                    yield from (option["text"]["text"] for option in options_of(element))
