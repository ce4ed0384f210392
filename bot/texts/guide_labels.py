"""Coze's own labels in the guide's texts.

A label stays Chinese and bold in every language, so what is bold in all of them alike is one: no list is kept beside
the texts. `**API & SDK → 授权**` is two.
"""

import re
from collections.abc import Iterable

from .labels import Renamed

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_BETWEEN = re.compile(r"\s*[→›>]\s*")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[\u3400-\u9fffA-Za-z]")


def labels_in(columns: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """The labels that a step names, in the order of its first language; `columns` are its texts in each language."""
    first, *others = ([span for text in column for span in _BOLD.findall(text)] for column in columns)
    same = [span for span in first if _CHINESE.search(span) and all(span in other for other in others)]
    parts = (part.strip() for span in same for part in _BETWEEN.split(span))
    return tuple(dict.fromkeys(part for part in parts if _WORD.search(part) and "{" not in part))


def renamed(text: str, pairs: Renamed) -> str:
    """The text with these labels as Coze has them now."""
    if not pairs:
        return text
    today = dict(pairs)

    def span(match: re.Match[str]) -> str:
        parts = _BETWEEN.split(match[1])
        between = _BETWEEN.findall(match[1])
        named = [today.get(part, part) for part in parts]
        return "**" + "".join(map("".join, zip(named, [*between, ""], strict=True))) + "**"

    return _BOLD.sub(span, text)
