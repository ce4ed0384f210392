"""`test`: whatever follows it goes to pytest."""

import os
import shutil
import sys
from collections.abc import Sequence

import pytest


def main(arguments: Sequence[str] = ()) -> int:
    """Run the checks; what is left out on this machine is named first."""
    if not os.environ.get("TEST_DATABASE_URL"):
        _say("Left out: the checks on PostgreSQL. Name a server in TEST_DATABASE_URL to run them.")
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        _say("Left out: the checks in a browser. Install Chromium (Debian: apt install chromium) to run them.")
    return int(pytest.main(list(arguments)))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
