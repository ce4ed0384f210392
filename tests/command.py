"""The command line as an operator uses it: a process of its own, in a folder where no `.env` lies about."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120.0  # seconds


def command(
    folder: Path, *arguments: str, env: Mapping[str, str] | None = None, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """`python -m bot` with these arguments, `typed` on its input; fails where it shows a trace."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "BOT_NO_BOOTSTRAP": "1", **(env or {})},
        input=typed,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done
