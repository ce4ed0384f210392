"""The command line: each command is a file, and its options are read before anything is done."""

import importlib
import json
from pathlib import Path
from platform import python_version

import pytest

from bot import __version__
from bot.__main__ import COMMANDS, main
from bot.cli.call import call
from bot.store.schema import HEAD
from tests.command import command

HERE = Path(__file__).resolve().parents[2] / "bot" / "cli"
HELPERS = {"__init__", "bootstrap", "call", "new_file", "operate", "serve", "until"}


def test_each_command_is_a_file() -> None:
    files = {path.stem for path in HERE.glob("*.py")} - HELPERS
    assert files == {command.replace("-", "_") for command in COMMANDS}
    for name in files:
        assert importlib.import_module(f"bot.cli.{name}").main.__doc__, name


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"test"}))
def test_each_command_has_a_help(command: str, flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(command, [flag]) == 0
    assert f"Usage: python3 -m bot {command} [OPTIONS]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "arguments", "words"),
    [
        ("run", ["now"], "unexpected extra argument"),
        ("labels", [], "Missing argument 'FOLDER'"),
        ("migrate", ["--back"], "No such option '--back'"),
        ("demo", ["--port", "any"], "--port"),
        ("demo", ["--seed", "chaos"], "newcomer"),
        ("playground", ["--rates", "fast"], "--rates"),
        ("manifest", ["--json", "--link"], "don't go together"),
    ],
)
def test_what_is_not_understood_is_named(
    command: str, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By exit code 2, before anything is done."""
    assert call(command, arguments) == 2
    assert words in capsys.readouterr().err


SILENT = {"run", "web", "worker", "test", "demo", "playground"}
"""What goes on until it is told to end, and says what it does in a log; or prints for pytest."""


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - SILENT))
def test_whatever_prints_does_so_for_machines_too(name: str) -> None:
    options = importlib.import_module(f"bot.cli.{name.replace('-', '_')}").OPTIONS
    assert "--json" in {each for option in options for each in option.opts}


def test_the_versions_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("version", []) == 0
    assert capsys.readouterr().out == f"sharge-concierge {__version__}, schema {HEAD}, Python {python_version()}\n"
    assert call("version", ["--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {"version": __version__, "schema": HEAD, "python": python_version()}


def test_a_migration_is_told_to_machines(tmp_path: Path) -> None:
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}"}
    done = json.loads(command(tmp_path, "migrate", "--json", env=env).stdout)
    assert (done["before"], done["after"], done["mended"]) == ("", HEAD, 0)
    again = json.loads(command(tmp_path, "migrate", "--json", env=env).stdout)
    assert again == {"before": HEAD, "after": HEAD, "steps": 0, "mended": 0}


def test_the_exit_codes_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "0 done, 1 failed or something is wrong, 2 not understood" in capsys.readouterr().out


def test_the_version_needs_no_set_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("sharge-concierge ")
