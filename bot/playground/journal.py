"""What people did since the scenario began, and what became visible after each deed.

A look costs what has changed since the last one, not what has ever been said.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import ceil

from .slack.reading import Reading
from .world import World
from .world.chat import Channel, Json, Message, Person

MOST_STEPS = 500
PASSING = re.compile(
    r"\d\d?:\d\d|\d+月\d+日|\d{4}-\d\d|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d"
)
"""Times of day and dates: true for this story alone."""


@dataclass(frozen=True)
class Sight:
    """Something that became visible: words in a channel, or in a form. `post` is the message, by channel and ts."""

    who: str
    words: str
    channel: str | None = None
    form: bool = False
    post: tuple[str, str] | None = field(default=None, compare=False)


@dataclass
class Step:
    """One deed: what was done by whom with which arguments, and what could be seen before the next one."""

    verb: str
    who: str
    arguments: Json = field(default_factory=dict)
    taken: bool = True  # False for what was refused
    seen: list[Sight] = field(default_factory=list)


class Journal:
    """Written by everything that people do. `pause` and `restart` frame what nobody has done by hand."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._steps: list[Step] = []
        self._known: dict[tuple[str, str], str] = {}  # (a message's ts or a view's id, handle) → words
        self._touched: dict[tuple[str, str], Message] = {}  # said or changed since the last look, by channel and ts
        self._writing = True
        world.chat.on_message = self._touch

    def pause(self) -> None:
        """Write nothing from now on."""
        self._writing = False

    def restart(self) -> None:
        """Begin anew with what can be seen now."""
        self._steps.clear()
        self._touched.clear()
        told = (message for said in self._world.chat.messages.values() for message in said)
        self._known = {key: words for message in told for key, _, words in self._read(message)}
        self._known |= {key: words for key, _, words in self._forms()}
        self._writing = True

    def steps(self) -> list[Step]:
        """Everything that was written, with what can be seen by now. A message that was deleted since is left out:
        who lives it again may never see it.
        """
        self._look()
        return [replace(step, seen=[sight for sight in step.seen if self._is_there(sight)]) for step in self._steps]

    def _is_there(self, sight: Sight) -> bool:
        return sight.post is None or self._world.chat.message(*sight.post) is not None

    def note(self, verb: str, who: str, arguments: Json) -> None:
        """Write a deed down just before it is done."""
        if not self._writing:
            return
        self._look()
        if not (self._steps and verb == "works_again" == self._steps[-1].verb):
            self._steps.append(
                Step(verb, who, {name: value for name, value in arguments.items() if value is not None})
            )
        del self._steps[:-MOST_STEPS]

    def refused(self, who: str) -> None:
        """The last deed of this person was not taken."""
        for step in reversed(self._steps):
            if step.who == who:
                step.taken = False
                return

    def passed(self, by: timedelta) -> None:
        """Simulated time was moved on."""
        if by > timedelta(0):
            self.note("passes", "", {"advance": ceil(by.total_seconds())})

    def on_coze(self, act: str, body: Json) -> None:
        """Somebody does something on Coze's own site; agents go by name, as ids and codes are new each time."""
        named = {name: value for name, value in body.items() if name not in ("bot_id", "user_code", "authorize_key")}
        if bot := self._world.coze.bots.get(str(body.get("bot_id"))):
            named["bot_id"] = bot.name
        self.note("on_coze", "", {"act": act.strip("/"), **named})

    def fault(self, target: str, about: Json | None) -> None:
        """A fault was switched on, or with None all of them off."""
        if about is None:
            self.note("works_again", "", {})
        else:
            self.note("goes_wrong", "", {"target": target, **about})

    # What became visible

    def _touch(self, message: Message) -> None:
        self._touched[message.channel, message.ts] = message

    def _look(self) -> None:
        """What is new or different since the last look belongs to the last step."""
        touched, self._touched = self._touched, {}
        there = (m for (channel, ts), m in touched.items() if self._world.chat.message(channel, ts) is m)
        read = [each for message in there for each in self._read(message)]
        for key, sight, words in [*read, *self._forms()]:
            if self._steps and self._known.get(key) != words and sight is not None:
                self._steps[-1].seen.append(sight)
            self._known[key] = words

    def _read(self, message: Message) -> Iterator[tuple[tuple[str, str], Sight | None, str]]:
        """A message as the first who can read it does: its key, who reads it where, and the words."""
        channel = self._world.chat.channels.get(message.channel)
        if channel is None:
            return
        for person in self._readers(channel, message)[:1]:
            words = Reading(self._world.chat, person).message(message)
            yield (message.ts, person.handle), self._sight(person, channel, message, words), words

    def _forms(self) -> Iterator[tuple[tuple[str, str], Sight, str]]:
        """The forms that are open."""
        chat = self._world.chat
        for person in chat.people.values():
            for view in chat.modals.get(person.id, [])[-1:]:
                words = Reading(chat, person).view(view.payload)
                title = words.partition("\n")[0]
                yield (view.id, person.handle), Sight(person.handle, title, form=True), words

    def _readers(self, channel: Channel, message: Message) -> list[Person]:
        """Who can read a message, whoever acted last before the others."""
        last = self._steps[-1].who if self._steps else ""
        inside = [person for person in self._world.chat.people.values() if person.id in channel.members]
        able = [person for person in inside if message.only_for in (None, person.id)]
        return sorted(able, key=lambda person: person.handle != last)

    def _sight(self, person: Person, channel: Channel, message: Message, words: str) -> Sight | None:
        own = channel.kind == "im" and channel.app_id != self._world.chat.main_app.id
        lines = [line for line in words.split("\n") if line.strip() and not PASSING.search(line)]
        if message.app_id is None or own or not lines:
            return None
        place = None if channel.kind == "im" else channel.name
        return Sight(person.handle, lines[0], place, post=(channel.id, message.ts))
