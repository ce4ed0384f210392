"""A story that was lived in the playground, as the source of a story test of this project."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.journal import Sight, Step
from bot.playground.setup import EMPTY, Lived
from bot.playground.world.chat import Json

WIDTH = 118
FIRST: dict[str, tuple[str, ...]] = {
    "types": ("text",),
    "says": ("text",),
    "presses": ("label",),
    "on_coze": ("act",),
    "goes_wrong": ("target", "kind"),
}
"""What stands without its name."""
CALLS = {"types": "command", "says": "say", "presses": "click", "sends": "submit"}
SECRET = re.compile(r"\b(?:pat|sat|czs|czu)_\w{16,}|\beyJ[\w-]+\.[\w-]+\.[\w-]*|-----BEGIN.*", re.S)


def as_test(lived: Lived) -> str:
    """A test in the style of the project's own stories."""
    return _Export(lived.coze).source(lived)


class _Export:
    """Writes deeds and readings; `coze` holds what every playground has under the same names."""

    def __init__(self, coze: Json) -> None:
        self._coze = coze

    def source(self, lived: Lived) -> str:
        """The whole file."""
        name = lived.scenario
        lines = [] if name == EMPTY.name else [_call("tries", ['"reset"', f"seed={_text(name)}"])]
        for step in lived.steps:
            lines.append(self._deed(step))
            lines += [self._reading(sight) for sight in dict.fromkeys(step.seen)]
        body = "\n".join(lines) or '    assert await story.screen("mei")'
        return (
            '"""A story that was lived in the playground."""\n\n'
            "from tests.stories.story import Story\n\n\n"
            "async def test_story(story: Story) -> None:\n"
            f'    """{_people(lived)}."""\n'
            f"{body}\n"
        )

    def _deed(self, step: Step) -> str:
        who = [_text(step.who)] if step.who else []
        arguments = dict(step.arguments)
        first = [self._value(arguments.pop(name)) for name in FIRST.get(step.verb, ()) if name in arguments]
        if step.verb in ("home", "close", "shortcut") or not step.taken:
            call = CALLS.get(step.verb, step.verb)
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
        for part in ("pats", "users"):
            for name, value in self._coze[part].items():
                yield value, f'story.coze["{part}"]["{name}"]'
        yield self._coze["owner_token"], 'story.coze["owner_token"]'


def _people(lived: Lived) -> str:
    names = list(dict.fromkeys(step.who for step in lived.steps if step.who))
    return f"What {', '.join(names)} did" if names else "Nothing was done"


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
