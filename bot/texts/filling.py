"""Fill a text's placeholders, with a blank between Chinese and the Latin letters or digits of what is filled in.

So a translation leaves no blank beside a name, which may be in either script.
"""

import re
from collections.abc import Mapping

PLACE = re.compile(r"\{(\w+)\}")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z0-9]")


def fill(template: str, values: Mapping[str, object]) -> str:
    """The template with its `{placeholders}` filled in, each once: braces inside a value mean nothing.

    Raises KeyError where a value is missing.
    """
    return PLACE.sub(lambda place: apart(str(values[place[1]]), place), template)


def apart(value: str, place: re.Match[str]) -> str:
    """A value with the blanks that it needs at the place where it is filled in."""
    before, after = place.string[: place.start()][-1:], place.string[place.end() :][:1]
    left = " " if _CHINESE.match(before) and _LATIN.match(value) else ""
    right = " " if _CHINESE.match(after) and _LATIN.match(value[-1:]) else ""
    return f"{left}{value}{right}"
