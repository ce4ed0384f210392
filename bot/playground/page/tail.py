"""The process's own log, for the inspector: the last lines, with secrets cut, while somebody has the page open."""

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..world.clock import SimulatedClock
from .secrecy import cut

_KEPT = 500
_LONGEST = 400  # characters of one line
_OURS = __name__.partition(".page")[0]  # the far side's own lines are no news about the app
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


@dataclass(frozen=True)
class Line:
    """One line of the log. `t` is simulated time, epoch seconds."""

    t: float
    level: int
    logger: str
    text: str

    @property
    def is_bad(self) -> bool:
        """Whether it tells of something wrong."""
        return self.level >= logging.WARNING


class Tail(logging.Handler):
    """Remembers the last lines from INFO on. It listens only inside `listening`."""

    def __init__(self, clock: SimulatedClock) -> None:
        super().__init__(logging.INFO)
        self._clock = clock
        self._listeners = 0
        self.lines: deque[Line] = deque(maxlen=_KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        if record.name.startswith(_OURS):
            return
        try:
            extra = {key: value for key, value in vars(record).items() if key not in _STANDARD}
            said = [record.getMessage(), *(f"{key}={cut(value, key)}" for key, value in extra.items())]
            if record.exc_info and record.exc_info[1] is not None:
                said.append(repr(record.exc_info[1]))
            line = Line(self._clock.now().timestamp(), record.levelno, record.name, _short(" ".join(said)))
        except Exception:
            self.handleError(record)
            return
        self.lines.append(line)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """A line that can't be shown is left out; the standard answer would print its arguments as they are."""

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear the whole process for as long as the block lasts."""
        root = logging.getLogger()
        if self._listeners == 0:
            root.addHandler(self)
        self._listeners += 1
        try:
            yield
        finally:
            self._listeners -= 1
            if self._listeners == 0:
                root.removeHandler(self)


def _short(text: Any) -> str:
    shown = " ".join(str(cut(text)).split())
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
