"""What people type after `/sharge`: the verb, whatever its language, case and blanks."""

import difflib
import unicodedata
from functools import cache

from bot.core.agent import find_page
from bot.texts.commands import commands

NOTHING = "status"
"""The bare command shows a person's one next action."""

PAGE = "agent's page"
"""Stands for an agent's address instead of a command; two words, so that nobody can type it as a verb."""


def split(text: str) -> tuple[str, str]:
    """The verb and the rest. Synonyms become the verb; an unknown word comes back as it was typed.

    Where there is none, but the address of an agent's page, that is the rest of PAGE.
    """
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):  # Slack escapes just these three
        text = text.replace(entity, sign)
    parts = text.split(maxsplit=1)  # full-width blanks too
    if not parts:
        return NOTHING, ""
    word, rest = parts[0], parts[1].strip() if len(parts) > 1 else ""
    if _plain(word) not in _verbs() and find_page(text) and guess(word) is None:
        return PAGE, text
    return _verbs().get(_plain(word), word), rest


def guess(word: str) -> str | None:
    """The verb that was probably meant, or None."""
    near = difflib.get_close_matches(_plain(word), _verbs(), n=1, cutoff=0.6)
    return _verbs()[near[0]] if near else None


def is_add(rest: str) -> bool:
    """Whether what follows a verb asks to add something."""
    return any(rest.casefold() in text.add for text in commands())


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()  # full-width letters too


@cache
def _verbs() -> dict[str, str]:
    return {_plain(word): text.verb for text in commands() for word in (text.verb, *text.words)}
