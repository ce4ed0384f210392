"""The markdown block, light: headings, lists, quotes, code, emphasis and links. Anything else stays text."""

import re
from collections.abc import Callable, Sequence

import htpy
from htpy import Node

from .mrkdwn import link

_INLINE = re.compile(
    r"`(?P<code>[^`]+)`|\[(?P<label>[^\]]+)\]\((?P<url>[^)\s]+)\)"
    r"|\*\*(?P<bold>.+?)\*\*|~~(?P<strike>.+?)~~|(?<![\w*])[*_](?P<italic>[^*_\s][^*_]*)[*_](?!\w)"
)
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("heading", re.compile(r"#{1,6}\s+(.*)")),
    ("bullet", re.compile(r"\s*[-*+]\s+(.*)")),
    ("number", re.compile(r"\s*\d+[.)]\s+(.*)")),
    ("quote", re.compile(r">\s?(.*)")),
    ("rule", re.compile(r"(?:-{3,}|\*{3,})\s*$()")),
    ("blank", re.compile(r"\s*$()")),
)
_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```[ \t]*$", re.S | re.M)


def markdown(text: str) -> Node:
    """The text's blocks, in order."""
    out: list[Node] = []
    for i, part in enumerate(_FENCE.split(text)):
        out.append(htpy.pre[part.rstrip("\n")] if i % 2 else _blocks(part.split("\n")))
    return out


def _blocks(lines: Sequence[str]) -> Node:
    out: list[Node] = []
    kind, held = "blank", list[str]()
    for line in [*lines, ""]:
        now, content = _kind(line)
        if (now != kind or now in ("heading", "rule")) and held:
            out.append(_DRAW[kind](held))
            held = []
        kind = now
        if now != "blank":
            held.append(content)
    return out


def _kind(line: str) -> tuple[str, str]:
    for name, pattern in _KINDS:
        match = pattern.match(line)
        if match:
            return name, match[1]
    return "text", line


def inline(text: str) -> Node:
    """Emphasis, code and links inside one line."""
    out: list[Node] = []
    end = 0
    for match in _INLINE.finditer(text):
        out.append(text[end : match.start()])
        out.append(_span(match))
        end = match.end()
    out.append(text[end:])
    return out


def _span(match: re.Match[str]) -> Node:
    if match["code"]:
        return htpy.code[match["code"]]
    if match["url"]:
        return link(match["url"], match["label"])
    if match["bold"]:
        return htpy.b[inline(match["bold"])]
    return htpy.s[inline(match["strike"])] if match["strike"] else htpy.i[inline(match["italic"] or "")]


_DRAW: dict[str, Callable[[list[str]], Node]] = {
    "heading": lambda held: [htpy.h4[inline(line)] for line in held],
    "bullet": lambda held: htpy.ul(".rich")[[htpy.li[inline(line)] for line in held]],
    "number": lambda held: htpy.ol(".rich")[[htpy.li[inline(line)] for line in held]],
    "quote": lambda held: htpy.blockquote[inline("\n".join(held))],
    "rule": lambda held: [htpy.hr for _ in held],
    "text": lambda held: htpy.p[inline("\n".join(held))],
}
