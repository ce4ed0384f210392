"""A bot as `bot run` (or another command) starts it. On SIGUSR1 it writes down what it has loaded and how long Slack
took to answer.

`python -m tests.benchmarks.observed_start FILE [COMMAND …]`, with the settings of a bot in the environment.
"""

import functools
import json
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import bot.__main__
from bot.slack import connection
from bot.slack.socket import Socket


class Stopwatch:
    """Adds up the seconds spent in what it wraps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def around(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """The same coroutine function, timed."""

        @functools.wraps(call)
        async def timed(*args: Any, **kwargs: Any) -> Any:
            started = time.perf_counter()
            try:
                return await call(*args, **kwargs)
            finally:
                self.seconds += time.perf_counter() - started

        return timed


def _file(module: ModuleType) -> str | None:
    return getattr(module, "__file__", None)


def main(report: Path, command: Sequence[str] = ("run",)) -> int:
    """Run it until SIGTERM."""
    slack = Stopwatch()
    connection.handshake = slack.around(connection.handshake)  # type: ignore[assignment]
    Socket.connect = slack.around(Socket.connect)  # type: ignore[assignment, method-assign]

    def observe(_number: int, _frame: FrameType | None) -> None:
        modules = dict(sys.modules)
        libraries = [name for name, module in modules.items() if "site-packages" in (_file(module) or "")]
        partial = report.with_suffix(".part")
        partial.write_text(json.dumps({"modules": list(modules), "libraries": libraries, "slack": slack.seconds}))
        partial.rename(report)

    signal.signal(signal.SIGUSR1, observe)
    return bot.__main__.main(list(command))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:] or ("run",)))
