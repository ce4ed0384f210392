"""Gauges: what a look at the process's health has found, as metrics."""

from collections.abc import Callable, Mapping
from math import nan

from bot.clock import Clock
from bot.metrics import CALLS_LEFT, DEAD, DUE, OLDEST, OWNER_ENDS, OWNER_REFUSED, READY, SKEW, SWEPT

from .call_counter import CallCounter
from .health import Health
from .owner_credential import OwnerWatch

Skew = Callable[[], float | None]
"""Seconds by which this machine's clock is ahead of somebody else's; None while that is not known."""


class Gauges:
    """`counter` counts the calls of the operator's account on Coze, None without one; `owner` watches the credential
    of that account; `skews` are by whose clock.
    """

    def __init__(
        self,
        health: Health,
        clock: Clock,
        counter: CallCounter | None,
        owner: OwnerWatch,
        skews: Mapping[str, Skew],
    ) -> None:
        self._health, self._clock, self._counter, self._owner = health, clock, counter, owner
        self._skews = {"database": lambda: health.skew, **skews}

    async def measure(self) -> None:
        """As things are now. What is not known is NaN."""
        for what, found in self._health().items():
            READY.labels(what).set(found is True)
        for whose, skew in self._skews.items():
            SKEW.labels(whose).set(_known(skew()))
        work = self._health.work
        waits = (self._clock.now() - work.oldest).total_seconds() if work and work.oldest else 0.0
        DUE.set(work.due if work else nan)
        OLDEST.set(waits if work else nan)
        DEAD.set(work.dead if work else nan)
        SWEPT.set(_known(work.swept_at if work else None))
        OWNER_ENDS.set(_known(await self._owner.end()))
        OWNER_REFUSED.set(await self._owner.is_refused())
        CALLS_LEFT.set(nan)
        if self._counter:
            CALLS_LEFT.set(_known((await self._counter.usage()).left))


def _known(value: float | None) -> float:
    return nan if value is None else value
