"""The floor of a start: a process that imports the libraries of the bot, says so, and waits for its end.

`python -m tests.benchmarks.bare_imports NAMES DONE`: NAMES holds the modules as JSON, DONE is created when all are
there.
"""

import importlib
import json
import signal
import sys


def main(names: str, done: str) -> None:
    """Import and wait for SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with open(names, encoding="utf-8") as file:
        wanted = json.load(file)
    for name in wanted:
        importlib.import_module(name)
    open(done, "w", encoding="utf-8").close()
    while True:
        signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
