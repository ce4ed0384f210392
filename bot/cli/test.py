"""`test`: whatever follows it goes to pytest."""

import os
import shutil
import sys
from collections.abc import Sequence

import pytest

HELP = """Usage: python3 -m bot test [--quick] [options of pytest]

  --quick  core, texts, store, services and Slack by themselves, on SQLite, half a minute on two cores:
           no stories, no playground, no browser, no PostgreSQL

Everything else goes to pytest, whose help follows.
"""
QUICK = tuple(f"tests/{room}" for room in ("core", "texts", "store", "services", "slack"))
ALL_AGAIN = "tests/texts/test_third_language.py"  # runs other tests, stories among them, in a copy of the bot
TWO_CORES = ("-n", "2", "--dist", "worksteal")


def main(arguments: Sequence[str] = ()) -> int:
    """Run the checks; what is left out on this machine is named first."""
    if {"-h", "--help"} & set(arguments):
        print(HELP, flush=True)
        return int(pytest.main(["--help"]))
    if "--quick" in arguments:
        arguments = _quick([each for each in arguments if each != "--quick"])
    if not os.environ.get("TEST_DATABASE_URL"):
        _say("Left out: the checks on PostgreSQL. Name a server in TEST_DATABASE_URL to run them.")
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        _say("Left out: the checks in a browser. Install Chromium (Debian: apt install chromium) to run them.")
    if not shutil.which("promtool"):
        _say("Left out: what Prometheus reads. Install it (Debian: apt install prometheus) to run that.")
    return int(pytest.main(list(arguments)))


def _quick(more: Sequence[str]) -> list[str]:
    """pytest's arguments, before `more` of them. PostgreSQL is forgotten in this process."""
    os.environ.pop("TEST_DATABASE_URL", None)
    return [*QUICK, "--ignore", ALL_AGAIN, *TWO_CORES, *more]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
