"""The README tells what is true: commands, settings, scopes and the command line."""

import re
from pathlib import Path

from bot.__main__ import COMMANDS
from bot.playground.world.chat import Json
from bot.slack import manifest
from bot.texts.commands import commands
from bot.texts.locale import Locale
from tests.settings_table import table

OPERATOR = Locale("en", "UTC")
ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
LONGEST = 2000  # words


def part(name: str) -> str:
    """What stands between a pair of marks."""
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", README, re.DOTALL)
    assert found, name
    return found[1]


def first_column(name: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)` \|", part(name), re.MULTILINE)


def test_the_commands_are_those_that_exist() -> None:
    rows = [
        f"| `/sharge {text.verb}` | {', '.join(text.words)} | {text.summary(OPERATOR)}{' (admins)' * text.admin} |"
        for text in commands()
    ]
    assert part("commands").splitlines()[2:] == rows


def test_the_usage_hint_names_every_command_of_members() -> None:
    hint = manifest.read()["features"]["slash_commands"][0]["usage_hint"]
    assert sorted(hint.split(" | ")) == sorted(text.verb for text in commands() if not text.admin)


def test_the_settings_are_those_that_exist() -> None:
    assert part("settings") == table()


def test_every_scope_is_explained() -> None:
    scopes: Json = manifest.read()["oauth_config"]["scopes"]
    assert first_column("scopes") == [*scopes["bot"], *scopes["bot_optional"]]


def test_only_commands_that_exist_are_shown() -> None:
    shown = set(re.findall(r"python3 -m bot ([\w-]+)", README))
    assert shown <= set(COMMANDS)
    assert {"demo", "test", "run", "migrate"} <= shown


def test_the_command_line_is_that_which_exists() -> None:
    rows = ["| `python3 -m bot …` | does |", "|---|---|"]
    assert part("cli").splitlines() == [*rows, *(f"| `{name}` | {about} |" for name, about in COMMANDS.items())]


def test_it_is_read_in_one_sitting() -> None:
    """At most 2,000 words, besides the tables that are compared with the code, and code."""
    told = re.sub(r"<!-- (\w+) -->.*?<!-- /\1 -->|```.*?```", "", README, flags=re.DOTALL)
    assert len(told.split()) <= LONGEST


def test_links_lead_to_files() -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
