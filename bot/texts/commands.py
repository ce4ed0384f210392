"""The commands in words: what else people may type for them, and what help says."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from .catalogue import Language, catalogues
from .locale import Locale

SOURCE = Path(__file__).with_name("commands.toml")


class BrokenCommands(ValueError):
    """`commands.toml` lacks a language somewhere. Raised at load, naming every command."""


@dataclass(frozen=True)
class CommandWords:
    """One command in one language: what it does in a few words, and its words there, the one to show first."""

    summary: str
    words: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class CommandText:
    """One command. `words` are accepted besides the verb, whatever the language; `add` are the words that may
    follow to add something at once, `options` what may follow after two dashes, each with all its words; `admin` is
    for what only admins can do."""

    verb: str
    words: tuple[str, ...]
    languages: Mapping[Language, CommandWords]
    add: tuple[str, ...] = ()
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    admin: bool = False

    def summary(self, locale: Locale) -> str:
        """What it does, in a few words."""
        text = self.languages[locale.language].summary
        return text.replace("{languages}", locale.listed(catalogues()))

    def typed(self, language: Language) -> str:
        """The word that people of this language type."""
        return next(iter(self.languages[language].words), self.verb)


@cache
def commands() -> tuple[CommandText, ...]:
    """All commands, in the order of help. Raises BrokenCommands."""
    data = tomllib.loads(SOURCE.read_text("utf-8"))
    if faults := [
        f"{verb}: no {language}.summary"
        for verb, row in data.items()
        for language in catalogues()
        if not row.get(language, {}).get("summary")
    ]:
        raise BrokenCommands("; ".join(faults))
    return tuple(_command(verb, row) for verb, row in data.items())


def _command(verb: str, row: dict[str, Any]) -> CommandText:
    languages = {language: _words(row[language]) for language in catalogues()}
    return CommandText(
        verb,
        (*(word for each in languages.values() for word in each.words), *row.get("words", ())),
        languages,
        (*(word for each in languages.values() for word in each.add), *row.get("add", ())),
        {
            option: (*words, *(word for each in languages.values() for word in each.options.get(option, ())))
            for option, words in row.get("options", {}).items()
        },
        row.get("admin", False),
    )


def _words(row: dict[str, Any]) -> CommandWords:
    words, add = (tuple(row.get(kind, ())) for kind in ("words", "add"))
    return CommandWords(row["summary"], words, add, row.get("options", {}))
