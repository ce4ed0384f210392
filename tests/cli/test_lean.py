"""What a process loads: a worker no web server and no Bolt, only a migration Alembic."""

import subprocess
import sys

import pytest

NEEDLESS = ("slack_bolt", "starlette", "uvicorn", "alembic", "rich", "htpy")


@pytest.mark.parametrize("part", ["worker", "web"])
def test_what_is_not_needed_is_not_loaded(part: str) -> None:
    """As soon as the command's module is there; what it needs for its settings is read later."""
    code = f"import sys, bot.cli.{part}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()  # noqa: S603
    assert not set(NEEDLESS) & set(loaded)
