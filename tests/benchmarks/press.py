"""How many of the bot's files a press on "approve" enters: what has to be read to follow one.

Counted by tracing in a demo, from the dispatch of the payload up to and including its invitation job. What
else runs meanwhile (other jobs, cards that are drawn, the playground) does not count, nor do the texts' files.
"""

import sys
from contextvars import ContextVar
from pathlib import Path
from types import FrameType
from typing import Any

import bot
from tests.benchmarks.numbers import Bound, Options, report, run
from tests.stories.story import told

MOST = 20
LOOKED_UP = 24  # four files more: who asks Slack about somebody, how it answers, and the sentence meanwhile
ROOT = Path(bot.__file__).parent
OTHERS = ("playground", "demo", "texts")
TRANSPORT = "slack/socket.py"  # before the dispatch, and after it
PRESSED = "'join.approve'"

_followed: ContextVar[bool] = ContextVar("followed", default=False)
"""Whether what runs belongs to the press: tasks that it starts inherit it."""


class Trace:
    """Functions that were entered, by file, in the order in which they came."""

    def __init__(self) -> None:
        self.files: dict[str, list[str]] = {}

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        """What `sys.setprofile` calls."""
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(f"{ROOT}/") or code.co_name == "<module>":
            return
        if code.co_qualname == "Dispatch.__call__":
            _followed.set(PRESSED in str(frame.f_locals["body"]))
        if code.co_qualname == "JobRunner._handle":
            _followed.set(frame.f_locals["row"].kind in ("request", "invite"))
        file = Path(code.co_filename).relative_to(ROOT)
        if _followed.get() and file.parts[0] not in OTHERS and file.as_posix() != TRANSPORT:
            entered = self.files.setdefault(file.as_posix(), [])
            if code.co_qualname not in entered:
                entered.append(code.co_qualname)


async def benchmark(options: Options) -> bool:
    """Ask, approve, and look where that went: for an admin who was seen this minute, and for one who was not."""
    return all([await approved(options, seen=seen) for seen in (True, False)])


async def approved(options: Options, *, seen: bool) -> bool:
    """One press. Who was not `seen` this minute is looked up first, by a job that takes the press up again."""
    trace, name = Trace(), "seen this minute" if seen else "looked up first"
    async with told(f"sqlite:///{options.folder / name}.db") as story:
        await story.asks_and_waits()
        if seen:
            await story.types("lin", "/sharge queue")
            await story.reads("lin", "团队申请")
        sys.setprofile(trace)
        try:
            await story.presses("lin", "批准", channel="admins")
            await story.reads("lin", "等对方", channel="admins")
        finally:
            sys.setprofile(None)
    figures = {file: ", ".join(entered) for file, entered in trace.files.items()}
    return report(
        options,
        f"approve, {name}",
        figures,
        [Bound("files entered", len(trace.files), MOST if seen else LOOKED_UP, "files")],
    )


if __name__ == "__main__":
    run("press", 1, benchmark)
