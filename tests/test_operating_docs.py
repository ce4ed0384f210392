"""What is written for operators is so: tables are compared with the code, what is quoted is what the bot says."""

import re
from pathlib import Path

from alembic.script import ScriptDirectory

from bot.__main__ import COMMANDS
from bot.settings import Settings, secret_files
from bot.store import schema
from tests.processes import ROOT
from tests.version_before import REVISION

FILE = ROOT / "docs" / "operating.md"
PAGE = FILE.read_text("utf-8")
SETTINGS = {name.upper() for name in secret_files.names(Settings.model_fields)}
OTHERS = {"DATABASE_PASSWORD", "PIP_INDEX_URL", "PIP_NO_INDEX", "PIP_FIND_LINKS"}  # of compose and of pip


def part(name: str) -> str:
    """What stands between two marks."""
    (found,) = re.findall(rf"<!-- {name} -->\n(.*?)\n?<!-- /{name} -->", PAGE, re.DOTALL)
    return str(found)


def secrets() -> str:
    """The settings that may stand in files, as the page lists them."""
    return ", ".join(f"`{name.upper()}`" for name in secret_files.secrets(Settings.model_fields))


def migrations() -> str:
    """Which code may run on which schema, by the number of that code's newest revision."""
    rows = ["| schema | oldest code beside it | |", "|---|---|---|"]
    for each in list(ScriptDirectory.from_config(schema.config()).walk_revisions())[::-1]:
        oldest = getattr(each.module, "oldest_code", each.revision)
        if each.revision > REVISION:
            stops = "a stop" if oldest == each.revision else "rolling"
            rows.append(f"| {each.revision} | {oldest} | {stops} |")
    return "\n".join(rows)


def test_tables_are_those_of_the_code() -> None:
    assert part("secrets") == secrets()
    assert part("migrations") == migrations()


def test_settings_and_commands_that_are_named_exist() -> None:
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`", PAGE))
    assert named - SETTINGS - OTHERS == set()
    assert set(re.findall(r"python3 -m bot (\w[\w-]*)", PAGE)) <= set(COMMANDS)
    ids = {name.upper() for name in Settings.model_fields if name.endswith(("_channel", "_group", "_users"))}
    table = PAGE.partition("## Where the IDs are")[2].partition("## Secrets")[0]
    assert {each for each in ids if f"`{each}`" not in table} == set()


def test_paths_are_those_that_are_served() -> None:
    served = set(re.findall(r'Route\("([^"]+)"', (ROOT / "bot" / "web" / "endpoints.py").read_text("utf-8")))
    assert set(re.findall(r"`(/[^`]*)`", part("paths"))) == served


def test_what_is_quoted_is_said() -> None:
    """By the bot, but for what Slack says."""
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py"))
    quoted = re.findall(r'^\| "([^"]+)"', part("trouble"), re.MULTILINE)
    assert len(quoted) >= 6
    assert [each for each in quoted if each not in code] == []


def test_files_and_places_that_are_linked_exist() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        path, _, place = target.partition("#")
        assert (FILE.parent / path).exists(), target
        if place:
            titles = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
            assert place in {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    for path in re.findall(r"`(deploy/[\w./-]+)`", PAGE):
        assert (ROOT / Path(path)).is_file(), path


def test_the_changelog_says_that_this_release_needs_a_stop() -> None:
    """As its schema lets no code of the release before go on beside it."""
    head = ScriptDirectory.from_config(schema.config()).get_revision(schema.HEAD)
    assert head is not None
    unreleased = (ROOT / "CHANGELOG.md").read_text("utf-8").split("\n## ")[1]
    assert ("**This release needs a stop.**" in unreleased) == (head.module.oldest_code > REVISION)
