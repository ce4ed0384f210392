"""What people type after `/sharge`: the verb, whatever its language, case and blanks."""

import difflib
import unicodedata
from functools import cache

from bot.texts.commands import commands

NOTHING = "status"
"""The bare command shows a person's one next action."""


def split(text: str) -> tuple[str, str]:
    """The verb and the rest. Synonyms become the verb; an unknown word comes back as it was typed."""
    parts = unicodedata.normalize("NFKC", text).strip().split(maxsplit=1)  # full-width blanks and letters too
    if not parts:
        return NOTHING, ""
    word, rest = parts[0], parts[1].strip() if len(parts) > 1 else ""
    return _verbs().get(word.casefold(), word), rest


def guess(word: str) -> str | None:
    """The verb that was probably meant, or None."""
    near = difflib.get_close_matches(word.casefold(), _verbs(), n=1, cutoff=0.6)
    return _verbs()[near[0]] if near else None


def is_add(rest: str) -> bool:
    """Whether what follows a verb asks to add something."""
    return any(rest.casefold() in text.add for text in commands())


@cache
def _verbs() -> dict[str, str]:
    return {word.casefold(): text.verb for text in commands() for word in (text.verb, *text.words)}
