"""The commands in words: what else people may type for them, and what help says."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bot.texts.reader import Language


@dataclass(frozen=True)
class CommandText:
    """One command. `words` are accepted besides the verb; `example` is empty where the verb alone says it;
    `add` are the words that may follow to add something at once; `admin` is for what only admins can do."""

    verb: str
    words: tuple[str, ...]
    zh: str
    en: str
    example: str = ""
    add: tuple[str, ...] = ()
    admin: bool = False

    def summary(self, language: Language) -> str:
        """What it does, in a few words."""
        return self.zh if language == "zh" else self.en


@cache
def commands() -> tuple[CommandText, ...]:
    """All commands, in the order of help. Raises TypeError where a language is missing."""
    data = tomllib.loads(files("bot.texts").joinpath("commands.toml").read_text(encoding="utf-8"))
    return tuple(_command(verb, row) for verb, row in data.items())


def _command(verb: str, row: dict[str, Any]) -> CommandText:
    words, add = tuple(row.pop("words")), tuple(row.pop("add", ()))
    return CommandText(verb, words, add=add, **row)
