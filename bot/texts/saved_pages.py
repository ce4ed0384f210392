"""Whether Coze's labels still occur in what a maintainer has saved of its pages."""

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

HTML = frozenset({".html", ".htm"})
KINDS = HTML | {".txt", ".md"}
"""Endings of the files that are looked through."""


class NoPages(ValueError):
    """There is nothing to compare with; the text says why."""


_MARKUP = re.compile(r"[*_`\\]")  # of Markdown, which may stand within a label
_BLANKS = re.compile(r"[^\S\n]+")
_INLINE = frozenset({"a", "b", "strong", "i", "em", "span", "code", "mark", "u", "small", "font", "button", "label"})
_UNSEEN = re.compile(r"<!--.*?-->|<(script|style|template)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?(?P<name>[a-zA-Z][\w-]*|!doctype)[^<>]*>", re.IGNORECASE)
_SAID = re.compile(r"\b(title|placeholder|aria-label|alt|value)=([\"'])(.*?)\2")


def missing_labels(steps: Mapping[str, Sequence[str]], pages: Iterable[str]) -> list[tuple[str, list[str]]]:
    """The labels of `steps` that none of the `pages` (as `pages_in` gives them) holds, each with its steps."""
    all_pages = list(pages)
    users: dict[str, list[str]] = {}
    for step, labels in steps.items():
        for label in labels:
            users.setdefault(label, []).append(step)
    return [(label, ids) for label, ids in users.items() if not any(squeezed(label) in page for page in all_pages)]


def pages_in(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Each page's squeezed text by its path within the folder, and why others can't be read.

    Raises NoPages.
    """
    pages: dict[str, str] = {}
    unread: dict[str, str] = {}
    if not folder.is_dir():
        raise NoPages(f"{folder}: is no folder.")
    for path in sorted(each for each in folder.rglob("*") if each.suffix.lower() in KINDS):
        name = path.relative_to(folder).as_posix()
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            unread[name] = "is no text in UTF-8: save it in that encoding."
        except OSError as error:
            unread[name] = f"can't be read ({error.strerror})."
        else:
            pages[name] = squeezed(text_of(text) if path.suffix.lower() in HTML else text)
    if not pages and not unread:
        raise NoPages(f"{folder}: holds no page that ends {', '.join(sorted(KINDS))}.")
    return pages, unread


def squeezed(text: str) -> str:
    """A text as it is compared: without blanks, Markdown, the width and the case of letters, line by line."""
    return _BLANKS.sub("", _MARKUP.sub("", unicodedata.normalize("NFKC", html.unescape(text)))).casefold()


def text_of(page: str) -> str:
    """What is read on an HTML page: its text without tags, scripts and styles, and what fields and pictures say."""
    return _TAG.sub(_spoken, _UNSEEN.sub("\n", page))


def _spoken(tag: re.Match[str]) -> str:
    """What stands for a tag: the end of a line, unless it may stand within a word, and what it says of itself."""
    said = "".join(f"\n{value}\n" for _, _, value in _SAID.findall(tag[0]))
    return said or ("" if tag["name"].lower() in _INLINE else "\n")
