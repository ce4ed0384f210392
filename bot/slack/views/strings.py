"""Strings of other people: cut to the room there is, free of signs that change what stands around them."""

import re
import unicodedata

HEADING = 45.0  # letters in a header; 20 Chinese characters take the same room
WIDE = HEADING / 20  # letters that take the room of a Chinese character
LABEL = 24.0  # letters on a button; 10 Chinese characters fit
LONGEST_NAME = 40  # characters of a name anywhere
NAME = 24  # characters of a name in headers and buttons

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_EDGE_SIGN = re.compile(r"(?<![^\W_])[*_~]|[*_~](?![^\W_])")


def clean(text: str) -> str:
    """The text without signs that change how their surroundings read: controls and changes of direction."""
    return "".join(
        sign for sign in text if sign not in _BIDI and (sign == "\n" or unicodedata.category(sign) != "Cc")
    )


def name(text: str) -> str:
    """Somebody's name for a thing, on one line, never empty and never endless."""
    return cut(" ".join(clean(text.replace("\n", " ")).split()), LONGEST_NAME) or "?"


def cut(text: str, longest: int) -> str:
    """At most `longest` characters, ending in … when something was left out."""
    if len(text) <= longest:
        return text
    kept = text[: longest - 1]
    while kept and (unicodedata.combining(kept[-1]) or kept[-1] in "\u200d\ufe0f"):
        kept = kept[:-1]
    return kept.rstrip() + "…"


def width(text: str) -> float:
    """The room a text takes, in letters."""
    return sum(WIDE if unicodedata.east_asian_width(sign) in "WF" else 1.0 for sign in text)


def fit(template: str, called: str, room: float) -> str:
    """The template with a name in it, the name cut so that all fits into the room of so many letters."""
    free = room - width(template.format(name=""))
    called = cut(name(called), NAME)
    length = len(called)
    while length > 1 and width(called) > free:
        length -= 1
        called = cut(name(called), length)
    return template.format(name=called)


def escape(text: str) -> str:
    """Other people's words for mrkdwn: nothing in them is parsed.

    A formatting sign works only beside a blank or punctuation, so an invisible word joiner on both sides disarms it;
    the code sign works everywhere and is replaced (docs.slack.dev/messaging/formatting-message-text).
    """
    text = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("`", "'")
    return _EDGE_SIGN.sub(lambda match: f"\u2060{match[0]}\u2060", text)


def with_name(template: str, called: str, **values: str) -> str:
    """A message's `text`, with somebody's name for a thing in it; `values` are our own words."""
    return template.format(name=escape(name(called)), **values)
