"""The command line: each command is a file, and its options are read before anything is done."""

import importlib
from pathlib import Path

import pytest

from bot.__main__ import COMMANDS, main
from bot.cli.call import call

HERE = Path(__file__).resolve().parents[2] / "bot" / "cli"
HELPERS = {"__init__", "bootstrap", "call", "operate", "serve", "until"}


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


def test_the_version_needs_no_set_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("sharge-concierge ")
