"""CONTRIBUTING tells what is true: the picture of the rooms, the files that it names, its commands and links."""

import re
from pathlib import Path

from bot.__main__ import COMMANDS
from tests.test_house import ARROWS

ROOT = Path(__file__).resolve().parent.parent
PATH = ROOT / ".github" / "CONTRIBUTING.md"
TEXT = PATH.read_text("utf-8")

TRIED = {"services/guide/checks/pairing.py", "slack/views/guide/steps/pairing.py"}
"""Files of a recipe that were taken back."""

APART = {"__init__", "__main__", "cli/bootstrap", "cli/version"}
"""What the picture leaves out: it runs before anything is installed, or knows the version alone."""


def drawn() -> dict[str, set[str]]:
    """room → rooms that an arrow leads to."""
    (picture,) = re.findall(r"```mermaid\n(.*?)```", TEXT, re.DOTALL)
    found: dict[str, set[str]] = {}
    for here, there in re.findall(r'^  (\w+)(?:\[".*?"\])? --> (\w+)', picture, re.MULTILINE):
        found.setdefault(here, set()).add(there)
        found.setdefault(there, set())
    return found


def reached(arrows: dict[str, set[str]], room: str) -> set[str]:
    """The rooms that arrows lead to, one after another."""
    return arrows[room].union(*(reached(arrows, there) for there in arrows[room]))


def test_the_picture_is_that_of_the_house() -> None:
    arrows = drawn()
    assert {room: reached(arrows, room) for room in arrows} == {
        room: may for room, may in ARROWS.items() if room not in APART
    }


def test_the_files_that_it_names_are_there() -> None:
    """Below bot/, or from the top."""
    named = set(re.findall(r"`((?:[\w.]+/)+[\w.]+\.(?:py|toml|md|yml))`", TEXT)) - TRIED
    assert len(named) > 30
    assert {each for each in named if not any((top / each).exists() for top in (ROOT / "bot", ROOT))} == set()


def test_links_lead_to_files() -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)\)", TEXT):
        assert (PATH.parent / target).exists(), target


def test_links_lead_to_headings() -> None:
    headings = {each.casefold().replace(" ", "-") for each in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= headings


def test_only_commands_that_exist_are_shown() -> None:
    assert set(re.findall(r"python3 -m bot ([\w-]+)", TEXT)) <= set(COMMANDS)
    modules = re.findall(r"-m (tests(?:\.\w+)+)", TEXT)
    assert modules
    assert all((ROOT / each.replace(".", "/")).with_suffix(".py").exists() for each in modules)
