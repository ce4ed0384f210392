"""`python3 -m bot test --quick`: what it runs, and what it leaves out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import test

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {"core", "texts", "store", "services", "slack"}


def ran(*arguments: str) -> str:
    """What `python3 -m bot test` says with these arguments, where a PostgreSQL is named that is not there."""
    env = {**os.environ, "BOT_NO_BOOTSTRAP": "1", "TEST_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    env.pop("CI", None)
    command = [sys.executable, "-m", "bot", "test", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_it_takes_all_files_of_the_rooms_but_the_one_that_runs_stories() -> None:
    listed = {line.split(":")[0] for line in ran("--quick", "--collect-only", "-qq").splitlines() if ".py" in line}
    files = {path for room in ROOMS for path in (ROOT / "tests" / room).rglob("test_*.py")}
    assert listed == {path.relative_to(ROOT).as_posix() for path in files} - {test.ALL_AGAIN}
    assert (ROOT / test.ALL_AGAIN).exists()


def test_it_leaves_postgresql_out_and_passes_the_rest_on() -> None:
    said = ran("--quick", "-n", "0", "-rs", "-k", "test_a_delivery_counts_once")  # collected once, not by three
    assert "1 passed, 1 skipped" in said
    assert "Left out: the checks on PostgreSQL" in said


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_the_help_names_it_before_those_of_pytest(flag: str) -> None:
    said = ran(flag)
    assert said.index("--quick ") < said.index("--collect-only")
