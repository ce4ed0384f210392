"""What people type: the verb after `/sharge`, whatever its language, case and blanks, and what a sentence means."""

import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from bot.core.agent import find_page
from bot.coze.errors import Unknown, refusal
from bot.texts.commands import commands
from bot.texts.intents import AROUND, UNKNOWN, intents, quoted

NOTHING = "next step"
"""Stands for the bare command: a person's one next action. Two words, so that nobody can type it as a verb."""

PAGE = "agent's page"
"""Stands for an agent's address instead of a command, in the same way."""

SAID = "what was said"
"""Stands for a sentence instead of a command, in the same way."""

ADDRESS, ERROR = "address", "error"
VERBS = {"status": "status", "help": "help", "join": "join", "publish": "publish", "remind": "remind"} | {
    "language": "lang",
    "check": "check",
    "connect": "start",
    ADDRESS: PAGE,
}
"""The command that does what somebody means, by intent; other intents are answered with a card of their own."""

CLEARLY = 0.8  # of difflib's ratio, from which a word is a verb with a slip in it, whatever the sentence means
SLIP = 2  # parts, at most, of what is taken for a command with a slip

_MENTIONS = re.compile(r"^(?:\s*<@[A-Z0-9]+(?:\|[^>]*)?>[\s,:\uff0c\uff1a]*)+")
_SLASH = re.compile(r"/\s*sharge\b\s*", re.IGNORECASE)
_LINK = re.compile(r"<(https?://[^|>\s]+)(?:\|[^>]*)?>")


@dataclass(frozen=True)
class Meaning:
    """What somebody means: an intent of `intents.toml`, and what it is about: a help's key, a code, a language."""

    intent: str
    about: str = ""
    code: int | None = None


def split(text: str) -> tuple[str, str]:
    """The verb and the rest of what was typed after `/sharge`. Synonyms become the verb.

    Where there is none, but the address of an agent's page, that is the rest of PAGE; a sentence that is understood
    is the rest of SAID; an unknown word that is nearly a verb comes back as it was typed.
    """
    text = _unescaped(text)
    parts = text.split(maxsplit=1)  # full-width blanks too
    if not parts:
        return NOTHING, ""
    word, rest = parts[0], parts[1].strip() if len(parts) > 1 else ""
    if verb := _verbs().get(_plain(word)):
        return verb, rest
    is_short = len(text.split()) <= SLIP
    if is_short and guess(word, CLEARLY):
        return word, rest
    if find_page(text):
        return PAGE, text
    return (word, rest) if is_short and guess(word) and meaning(text).intent == UNKNOWN else (SAID, text)


def bare(text: str) -> str:
    """A message without who is mentioned at its beginning, and without what is typed around a command."""
    return _MENTIONS.sub("", _unescaped(text)).strip(AROUND)


def as_typed(text: str) -> str:
    """A message as it was typed, without Slack's own marks."""
    return _linked(_unescaped(text)).strip()


def heard(text: str) -> tuple[str, str]:
    """The verb and the rest of a message: a command, however it is quoted, or SAID and the whole of it.

    A sentence may begin with a verb and mean something else.
    """
    text, plain = as_typed(_MENTIONS.sub("", text)), bare(text)
    normal = unicodedata.normalize("NFKC", plain[:20]) + plain[20:]
    if slash := _SLASH.match(normal):
        return split(normal[slash.end() :])
    parts = plain.split(maxsplit=1)
    verb = _verbs().get(_plain(parts[0])) if parts else None
    if verb is None:
        is_slip = 0 < len(parts) <= SLIP and guess(parts[0], CLEARLY) and meaning(text).intent == UNKNOWN
        return (parts[0], " ".join(parts[1:])) if is_slip else (SAID, text)
    if len(parts) == 1:
        return verb, ""
    meant = meaning(text).intent
    return (verb, parts[1].strip()) if VERBS.get(meant, verb) == verb and meant not in _ASIDE else (SAID, text)


_ASIDE = frozenset({"expired", "stop", "delete", "screen", "admin", "error"})
"""What is meant in spite of a verb at the beginning."""


def meaning(text: str) -> Meaning:
    """What a sentence means."""
    if find_page(text):
        return Meaning(ADDRESS)
    rules = intents()
    code = rules.code_in(text, lambda number: not isinstance(refusal(number, text, ""), Unknown))
    if code is not None:
        return Meaning(ERROR, refusal(code, text, "").help, code)
    intent, _, about = rules.meaning(text).partition(" ")
    if intent == "language":
        return Meaning(intent, rules.tongue(text))
    if intent == "publish" and (named := quoted(text)):
        return Meaning(intent, named)
    return Meaning(intent, about)


def guess(word: str, cutoff: float = 0.6) -> str | None:
    """The verb that was probably meant, or None."""
    near = difflib.get_close_matches(_plain(word), _verbs(), n=1, cutoff=cutoff)
    return _verbs()[near[0]] if near else None


def is_add(rest: str) -> bool:
    """Whether what follows a verb asks to add something."""
    return any(rest.casefold() in text.add for text in commands())


def options_in(verb: str, rest: str) -> tuple[str, frozenset[str]]:
    """What follows a verb, without its options, and which of those were there."""
    words = [(word, _option(verb, word)) for word in rest.split()]
    return " ".join(word for word, option in words if not option), frozenset(option for _, option in words if option)


def part_in(verb: str, rest: str) -> tuple[str, str]:
    """Which part of what a verb opens the first word behind it names, "" for none, and what follows that."""
    word, _, more = rest.strip().partition(" ")
    part = _option(verb, f"--{word}") if word else ""
    return (part, more.strip()) if part else ("", rest)


def _option(verb: str, word: str) -> str:
    """Which option of the verb a word is, "" for none. Keyboards make one long dash of two."""
    bare = next((place for place, sign in enumerate(word) if unicodedata.category(sign) != "Pd"), len(word))
    said = unicodedata.normalize("NFKC", word[bare:]).casefold() if bare else ""
    options = next((text.options for text in commands() if text.verb == verb), {})
    return next((option for option, words in options.items() if said in words), "")


def _unescaped(text: str) -> str:
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):  # Slack escapes just these three
        text = text.replace(entity, sign)
    return text


def _linked(text: str) -> str:
    """Links as they were typed, not as Slack writes them."""
    return _LINK.sub(lambda found: found[1], text)


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()  # full-width letters too


@cache
def _verbs() -> dict[str, str]:
    return {_plain(word): text.verb for text in commands() for word in (text.verb, *text.words)}
