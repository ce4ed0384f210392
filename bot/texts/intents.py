"""Intents: what somebody means who writes a sentence and not a command. Rules and words are in `intents.toml`.

Typing errors are told by `difflib`: a few hundred words need no library, and nothing that is written leaves the bot.
"""

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("intents.toml")
UNKNOWN = "unknown"
MOST = 400  # characters that are looked at: who writes more tells a story, and says first what it is about
WORDS = 80
ALIKE = 0.83  # of difflib's ratio, from which a word is another one with a letter or two wrong
SHORTEST_ALIKE = 5  # letters of a word in which one may be wrong
SHORTEST_CHINESE = 4  # characters of a word in which one may be wrong

AROUND = "*_~`\"' \t\n\u3000>“”「」"
"""What stands around a command that somebody quotes."""

_QUOTED = re.compile('[「“"『]([^」”"』]{1,60})[」”"』]')
_CODE_BLOCK = re.compile(r"```.*?(?:```|$)", re.DOTALL)
_APOSTROPHES = str.maketrans("", "", "'\u2019\u2018`\u00b4")
_NOT = re.compile(r"\b(do|does|did|is|are|was|were|has|have|could|should|would|can|will) ?not\b")
_SHORT = {"can": "ca", "will": "wo"}
_WORD = re.compile(r"[a-z0-9+]+")
_WIDE = re.compile(r"[\u3400-\u9fff]")
_NUMBER = re.compile(r"(?<![0-9/])(?:[45][0-9]{2,3}|70[0-9]{7})(?![0-9/])")


class BrokenIntents(ValueError):
    """A rule of `intents.toml` names a concept that is not there. Raised at load."""


@dataclass(frozen=True)
class Said:
    """A sentence as the rules see it: its words, where words begin with which letter, all of it without blanks and
    punctuation, and which signs occur."""

    words: tuple[str, ...]
    joined: str
    places: Mapping[str, list[int]]
    signs: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "Said":
        """Full-width letters become plain ones, blocks of code are left out."""
        plain = unicodedata.normalize("NFKC", _CODE_BLOCK.sub(" ", text)[:MOST]).casefold().translate(_APOSTROPHES)
        plain = _NOT.sub(lambda found: _SHORT.get(found[1], found[1]) + "nt", plain)
        joined = "".join(sign for sign in plain if sign == "+" or unicodedata.category(sign)[0] in "LNS")
        words = tuple(_WORD.findall(plain)[:WORDS])
        places: dict[str, list[int]] = {}
        for number, word in enumerate(words):
            places.setdefault(word[0], []).append(number)
        return cls(words, joined, places, frozenset(joined))

    def has(self, entry: str) -> bool:
        """Whether the entry of a concept occurs."""
        if entry.startswith("="):
            return self.joined == entry[1:]
        if _WIDE.search(entry):
            return entry in self.joined or self._nearly(entry)
        parts = entry.split()
        starts = (n for n in self.places.get(entry[0], ()) if n + len(parts) <= len(self.words))
        return any(all(map(_is, parts, self.words[start:])) for start in starts)

    def _nearly(self, entry: str) -> bool:
        size = len(entry)
        if size < SHORTEST_CHINESE or sum(sign in self.signs for sign in entry) < size - 1:
            return False
        windows = (self.joined[start : start + size] for start in range(len(self.joined) - size + 1))
        return any(_wrong(entry, window) <= 1 for window in windows)


def _wrong(one: str, two: str) -> int:
    return sum(a != b for a, b in zip(one, two, strict=True))


def _is(entry: str, word: str) -> bool:
    """Whether it is this word, begins so (`expir*`), or is nearly it."""
    stem = entry.rstrip("*")
    if word == stem or (stem != entry and word.startswith(stem)):
        return True
    if len(stem) < SHORTEST_ALIKE or word[0] != stem[0]:
        return False
    shown = word[: len(stem) + 1] if stem != entry and len(word) > len(stem) + 2 else word
    if abs(len(shown) - len(stem)) > 2:
        return False
    return difflib.SequenceMatcher(None, stem, shown).ratio() >= ALIKE


@dataclass(frozen=True)
class Rule:
    """What it means when all concepts of one of `when` occur, and none of `unless`."""

    means: str
    when: tuple[tuple[str, ...], ...]
    unless: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Intents:
    """The rules, the words of each concept, Coze's sentences by the key of their help, and the words for each
    language by its code."""

    rules: tuple[Rule, ...]
    concepts: Mapping[str, tuple[str, ...]]
    errors: Mapping[str, tuple[str, ...]]
    code_words: tuple[str, ...]
    tongues: Mapping[str, tuple[str, ...]]
    not_understood: tuple[str, ...]

    def meaning(self, text: str) -> str:
        """What is meant: an intent, `error E2` for what Coze said, UNKNOWN."""
        if key := self._error(text):
            return f"error {key}"
        said, seen = Said.of(text), dict[str, bool]()

        def occurs(concept: str) -> bool:
            if concept not in seen:
                seen[concept] = any(map(said.has, self.concepts[concept]))
            return seen[concept]

        def any_of(rows: Iterable[tuple[str, ...]]) -> bool:
            return any(all(map(occurs, row)) for row in rows)

        return next((rule.means for rule in self.rules if any_of(rule.when) and not any_of(rule.unless)), UNKNOWN)

    def code_in(self, text: str, known: Callable[[int], bool]) -> int | None:
        """The number of Coze's error that somebody tells of, None where none is told.

        A number that is not `known` as one counts where the sentence calls it so.
        """
        plain = unicodedata.normalize("NFKC", text).casefold()
        found = _NUMBER.search(plain)
        if found is None:
            return None
        told = plain.strip(" .!?,") == found[0] or any(word in plain for word in self.code_words)
        return int(found[0]) if told or (len(found[0]) > 3 and known(int(found[0]))) else None

    def _error(self, text: str) -> str | None:
        plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
        found = (key for key, sentences in self.errors.items() if any(each in plain for each in sentences))
        return next(found, None)

    def tongue(self, text: str) -> str:
        """The one language that is wished for; "" where none is named, several are, or one isn't understood."""
        said = Said.of(text)
        if any(map(said.has, self.not_understood)):
            return ""
        found = [code for code, words in self.tongues.items() if any(map(said.has, words))]
        return found[0] if len(found) == 1 else ""


def quoted(text: str) -> str:
    """What somebody calls by its name, between quotation marks; "" where nothing is."""
    found = _QUOTED.search(text)
    return found[1].strip() if found else ""


@cache
def intents() -> Intents:
    """All rules. Raises BrokenIntents."""
    data = tomllib.loads(SOURCE.read_text("utf-8"))
    tongues = {code: tuple(words) for code, words in data["tongues"].items()}
    concepts = {name: _all(rows.values()) for name, rows in data["concepts"].items()}
    concepts["tongue"] = _all(tongues.values())
    rules = tuple(map(_rule, data["rules"]))
    used = {name for rule in rules for row in (*rule.when, *rule.unless) for name in row}
    if unknown := used - concepts.keys():
        raise BrokenIntents(f"no such concept: {', '.join(sorted(unknown))}")
    errors = {key: tuple(sentences) for key, sentences in data["errors"].items()}
    return Intents(rules, concepts, errors, tuple(data["codes"]["words"]), tongues, concepts["unreadable"])


def _all(rows: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(word for words in rows for word in words)


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(row["means"], _rows(row["when"]), _rows(row.get("unless", ())))


def _rows(rows: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row.split()) for row in rows)
