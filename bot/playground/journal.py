"""What people did since the scenario began and what they read thereafter, and both as the source of a story test."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

from .slack.model import Channel, Json, Message, Person
from .slack.press import visible
from .slack.reading import Reading

if TYPE_CHECKING:
    from .server import Playground

MOST_STEPS = 500
WIDTH = 118
FIRST: dict[str, tuple[str, ...]] = {
    "types": ("text",),
    "says": ("text",),
    "presses": ("label",),
    "on_coze": ("act",),
    "goes_wrong": ("target", "kind"),
}
"""What stands without its name."""
PASSING = re.compile(
    r"\d\d?:\d\d|\d+月\d+日|\d{4}-\d\d|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d"
)
"""Times of day and dates: true for this story alone."""
SECRET = re.compile(r"\b(?:pat|sat|czs|czu)_\w{16,}|\beyJ[\w-]+\.[\w-]+\.[\w-]*|-----BEGIN.*", re.S)


@dataclass(frozen=True)
class Sight:
    """Something that became visible: words in a channel, or in a form."""

    who: str
    words: str
    channel: str | None = None
    form: bool = False


@dataclass
class Step:
    """One deed: a method of a story with its arguments, and what could be seen before the next one."""

    verb: str
    who: str
    arguments: Json = field(default_factory=dict)
    taken: bool = True  # False for what was refused
    seen: list[Sight] = field(default_factory=list)


class Journal:
    """Written by everything that people do. `pause` and `restart` frame what nobody has done by hand."""

    def __init__(self, playground: "Playground") -> None:
        self._playground = playground
        self._steps: list[Step] = []
        self._known: dict[tuple[str, str], str] = {}
        self._writing = True

    def pause(self) -> None:
        """Write nothing from now on."""
        self._writing = False

    def restart(self) -> None:
        """Begin anew with what can be seen now."""
        self._steps.clear()
        self._known = {key: words for key, _, words in self._sights()}
        self._writing = True

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
        """Story time was moved on."""
        if by > timedelta(0):
            self.note("passes", "", {"advance": ceil(by.total_seconds())})

    def on_coze(self, act: str, body: Json) -> None:
        """Somebody does something on Coze's own site; agents go by name, as their ids are new each time."""
        named = {name: value for name, value in body.items() if name != "bot_id"}
        if bot := self._playground.coze.state.bots.get(str(body.get("bot_id"))):
            named["bot_id"] = bot.name
        self.note("on_coze", "", {"act": act.strip("/"), **named})

    def fault(self, target: str, about: Json | None) -> None:
        """A fault was switched on, or with None all of them off."""
        if about is None:
            self.note("works_again", "", {})
        else:
            self.note("goes_wrong", "", {"target": target, **about})

    # What became visible

    def _look(self) -> None:
        """What is new or different since the last look belongs to the last step."""
        now: dict[tuple[str, str], str] = {}
        for key, sight, words in self._sights():
            now[key] = words
            if self._steps and self._known.get(key) != words and sight is not None:
                self._steps[-1].seen.append(sight)
        self._known = now

    def _sights(self) -> Iterator[tuple[tuple[str, str], Sight | None, str]]:
        """Everything there is to read: its key, who could read it where, and the words."""
        workspace = self._playground.workspace
        for channel in workspace.channels.values():
            readers = self._readers(channel)
            for person in readers:
                for message in visible(workspace, person, channel):
                    if person is readers[0] or message.only_for == person.id:
                        words = Reading(workspace, person).message(message)
                        yield (message.ts, person.handle), self._sight(person, channel, message, words), words
        for person in workspace.people.values():
            for view in workspace.modals.get(person.id, [])[-1:]:
                words = Reading(workspace, person).view(view.payload)
                title = words.partition("\n")[0]
                yield (view.id, person.handle), Sight(person.handle, title, form=True), words

    def _readers(self, channel: Channel) -> list[Person]:
        """Who is in a channel, whoever acted last before the others."""
        last = self._steps[-1].who if self._steps else ""
        inside = [person for person in self._playground.workspace.people.values() if person.id in channel.members]
        return sorted(inside, key=lambda person: person.handle != last)

    def _sight(self, person: Person, channel: Channel, message: Message, words: str) -> Sight | None:
        own = channel.kind == "im" and channel.app_id != self._playground.main_app.id
        lines = [line for line in words.split("\n") if line.strip() and not PASSING.search(line)]
        if message.app_id is None or own or not lines:
            return None
        return Sight(person.handle, lines[0], None if channel.kind == "im" else channel.name)

    # The source

    def source(self) -> str:
        """A test in the style of the project's own stories."""
        self._look()
        seed = self._playground.seed
        lines = [] if seed == "newcomer" else [_call("tries", ['"reset"', f"seed={_text(seed)}"])]
        for step in self._steps:
            lines.append(self._deed(step))
            lines += [self._reading(sight) for sight in dict.fromkeys(step.seen)]
        body = "\n".join(lines) or '    assert await story.screen("mei")'
        return (
            '"""A story that was lived in the playground."""\n\n'
            "from tests.stories.story import Story\n\n\n"
            "async def test_story(story: Story) -> None:\n"
            f'    """{self._people()}."""\n'
            f"{body}\n"
        )

    def _people(self) -> str:
        names = list(dict.fromkeys(step.who for step in self._steps if step.who))
        return f"What {', '.join(names)} did" if names else "Nothing was done"

    def _deed(self, step: Step) -> str:
        who = [_text(step.who)] if step.who else []
        arguments = dict(step.arguments)
        first = [self._value(arguments.pop(name)) for name in FIRST.get(step.verb, ()) if name in arguments]
        if step.verb in ("home", "close", "shortcut") or not step.taken:
            call = {"types": "command", "says": "say", "presses": "click", "sends": "submit"}.get(
                step.verb, step.verb
            )
            named = [f"{name}={self._value(value)}" for name, value in step.arguments.items()]
            return _call("tries", [_text(call), *([f"who={who[0]}"] if who else []), *named])
        if step.verb == "sends":
            fields = arguments.pop("fields")
            return _call("sends", [*who, *([f"**{self._value(fields)}"] if fields else [])])
        return _call(
            step.verb, [*who, *first, *(f"{name}={self._value(value)}" for name, value in arguments.items())]
        )

    def _reading(self, sight: Sight) -> str:
        if sight.form:
            return _call("sees_form", [_text(sight.who), self._value(sight.words)])
        place = [f"channel={_text(sight.channel)}"] if sight.channel else []
        return _call("reads", [_text(sight.who), self._value(sight.words), *place])

    def _value(self, value: Any) -> str:
        """A value as Python; what differs from playground to playground is looked up, secrets are not written."""
        if isinstance(value, Mapping):
            return "{" + ", ".join(f"{_text(str(key))}: {self._value(each)}" for key, each in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self._value, value)) + "]"
        if not isinstance(value, str):
            return repr(value)
        for known, place in self._places():
            if known in value:
                before, _, after = value.partition(known)
                parts = [self._value(before) if before else "", place, self._value(after) if after else ""]
                return " + ".join(part for part in parts if part)
        return _text(SECRET.sub("…", value))

    def _places(self) -> Iterator[tuple[str, str]]:
        """Values that another playground has too, and where a story finds them."""
        ready = self._playground.coze.ready()
        for part in ("pats", "users"):
            for name, value in ready[part].items():
                yield value, f'story.coze["{part}"]["{name}"]'
        yield ready["owner_token"], 'story.coze["owner_token"]'


def _text(value: str) -> str:
    """A string as the formatter writes it: with double quotes where it can be."""
    plain = repr(value)
    if plain.startswith("'") and '"' not in value:
        return f'"{plain[1:-1]}"'
    return plain


def _call(method: str, arguments: list[str]) -> str:
    line = f"    await story.{method}({', '.join(arguments)})"
    if len(line) <= WIDTH:
        return line
    inner = "".join(f"        {argument},\n" for argument in arguments)
    return f"    await story.{method}(\n{inner}    )"
