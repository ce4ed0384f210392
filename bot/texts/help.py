"""Error help: what happened, why probably, what to do now. The texts are in `help.toml`, all languages together."""

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .catalogue import catalogues
from .locale import Locale

SOURCE = Path(__file__).with_name("help.toml")
PLAIN = ("what", "button")
UNKNOWN = "E18"
"""The entry for an error that nobody has described yet."""


class BrokenHelp(ValueError):
    """`help.toml` lacks a text, or its languages disagree. Raised at load, naming every fault."""


@dataclass(frozen=True)
class Help:
    """One error's help in one language.

    `what` and `button` are plain. `why` and each step of `do` still hold `{placeholders}`, **bold** and `code`:
    views fill in `values`, which come from outside, as plain text.
    """

    key: str
    what: str
    why: str
    do: tuple[str, ...]
    button: str
    values: Mapping[str, str]

    @property
    def title(self) -> str:
        """What happened, as a header has it: without a full stop."""
        return self.what.rstrip(".。")

    def sentence(self, locale: Locale) -> str:
        """What happened and the first thing to do, as plain text for the line under a form's field."""
        plain = self.do[0].replace("**", "").replace("`", "")
        advice = plain.format(**self.values).rstrip(".。")
        return locale._("{what}. {advice}.", what=self.title, advice=advice)


def error_help(key: str, locale: Locale, /, **values: object) -> Help:
    """The help for `key` ("E1"…); an unknown key gets the help for unknown errors.

    What is not known (missing, None or empty in `values`) is worded as unknown instead of left open.
    """
    entries = load()
    key = key if key in entries else UNKNOWN
    entry = entries[key]
    text = entry[locale.language]
    known = {name: str(value) for name, value in values.items() if value not in (None, "")}
    filled = {name: known.get(name, words[locale.language]) for name, words in entry.get("unknown", {}).items()}
    return Help(key, text["what"], text["why"], tuple(text["do"]), text["button"], filled)


@cache
def load() -> Mapping[str, Any]:
    """All entries. Raises BrokenHelp naming every fault."""
    entries = tomllib.loads(SOURCE.read_text("utf-8"))
    faults = [fault for key, entry in entries.items() for fault in check(key, entry)]
    if faults:
        raise BrokenHelp("; ".join(faults))
    return entries


def check(key: str, entry: Mapping[str, Any]) -> list[str]:
    """What is wrong with an entry: a missing language or text, or placeholders that differ or have no default."""
    faults = []
    defaults = entry.get("unknown", {})
    for language in catalogues():
        text = entry.get(language, {})
        faults += [f"{key}.{language}: no {part}" for part in ("what", "why", "do", "button") if not text.get(part)]
        open_names = placeholders(text) - defaults.keys()
        faults += [f"{key}.{language}: {part} takes no values" for part in PLAIN if "{" in text.get(part, "")]
        faults += [f"{key}.{language}: {{{name}}} has no words for unknown" for name in sorted(open_names)]
        faults += [
            f"{key}.unknown.{name}: no {language}" for name, words in defaults.items() if language not in words
        ]
    if len({frozenset(placeholders(entry.get(language, {}))) for language in catalogues()}) > 1:
        faults.append(f"{key}: the languages have different placeholders")
    return faults


def placeholders(text: Mapping[str, Any]) -> set[str]:
    """The names in braces in one language's texts."""
    parts = [text.get("why", ""), *text.get("do", [])]
    return {name for part in parts for _, name, _, _ in string.Formatter().parse(part) if name}
