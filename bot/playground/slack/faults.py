"""Failures of Slack's Web API that can be switched on, to try an app against them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = ("rate_limited", "server_error", "internal_error", "slow", "cut", "disconnect")
DEFAULT_DELAY = 5.0


@dataclass
class Fault:
    """`times`: how often it still strikes (None: until cleared). `method`: a Web API method, None for all.

    `delay`: seconds of real time; what "slow" waits, and what "rate_limited" says in Retry-After.
    """

    kind: str
    times: int | None = None
    method: str | None = None
    delay: float = DEFAULT_DELAY

    @property
    def retry_after(self) -> int:
        """Whole seconds for the Retry-After header."""
        return max(1, math.ceil(self.delay))


class Faults:
    """The faults that are switched on, at most one of each kind."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._faults: dict[str, Fault] = {}
        self._changed = changed
        self.on_set: Callable[[dict[str, Any] | None], None] = lambda fault: None  # None: all switched off

    @property
    def active(self) -> list[dict[str, Any]]:
        """What is switched on."""
        return [vars(fault).copy() for fault in self._faults.values()]

    def set(self, kind: str, times: int | None = None, method: str | None = None, delay: float | None = None) -> None:
        """Switch a fault on. Raises ValueError for what can't be."""
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}; there are: {', '.join(KINDS)}")
        if times is not None and times < 1:
            raise ValueError("times must be at least 1")
        if delay is not None and delay < 0:
            raise ValueError("delay must not be negative")
        self.on_set({"kind": kind, "times": times, "method": method, "delay": delay})
        default = 1.0 if kind == "rate_limited" else DEFAULT_DELAY
        self._faults[kind] = Fault(kind, times, method, default if delay is None else delay)
        self._changed()

    def clear(self) -> None:
        """Switch everything off."""
        if self._faults:
            self.on_set(None)
        self._faults.clear()
        self._changed()

    def take(self, kind: str, method: str) -> Fault | None:
        """The fault of this kind if it strikes this call; one stroke is used up."""
        fault = self._faults.get(kind)
        if fault is None or fault.method not in (None, method):
            return None
        if fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                del self._faults[kind]
            self._changed()
        return fault
