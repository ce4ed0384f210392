"""`forecast`: what is asked for wrongly is said, and an empty database forecasts nothing; stories tell the rest."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.call import call
from tests.databases import fresh


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--days", "31"], "31 is not in the range 1<=x<=30"),
        (["--days", "0"], "0 is not in the range 1<=x<=30"),
        (["--days", "soon"], "'soon' is not a valid integer"),
        (["--day", "tuesday"], "tuesday is no date such as 2026-12-03."),
        (["--day", "2026-02-30"], "2026-02-30 is no date"),
        (["--tz", "Mars/Base"], "Mars/Base is no time zone such as Asia/Shanghai."),
        (["--days", "3", "--day", "2026-12-03"], "--days and --day don't go together."),
    ],
)
def test_what_is_not_understood_is_named(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By exit code 2, before anything is opened."""
    assert call("forecast", arguments) == 2
    assert words in capsys.readouterr().err


def ran(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, whose log is."""
    env = {**os.environ, "BOT_NO_BOOTSTRAP": "1", "DATABASE_URL": url}
    command = [sys.executable, "-m", "bot", "forecast", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.mark.parametrize("arguments", [[], ["--day", "2020-01-01"], ["--json"]])
def test_of_an_empty_database_there_is_nothing_to_tell(arguments: list[str], tmp_path: Path) -> None:
    with fresh("sqlite", tmp_path) as url:
        done = ran(url, *arguments)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said == [] if "--json" in arguments else said[-1] == "0 messages"
    assert "--json" in arguments or said[0].endswith("nothing has been sent.")


def test_without_a_database_it_says_so(tmp_path: Path) -> None:
    done = ran(f"sqlite:///{tmp_path}/none.db")
    assert (done.returncode, done.stdout) == (1, "")
    assert "bot migrate" in done.stderr or "database" in done.stderr
