"""Which delivery of Slack's is being handled, so that its first transaction also remembers it.

Slack repeats what was not acknowledged in time. A delivery counts when its key is committed, together with the rows
that it caused: whoever comes later with the same key changes nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


class WroteWhileReading(RuntimeError):
    """A handler that is declared to read only has opened a transaction: a mistake of ours."""


@dataclass
class Delivery:
    """One delivery. `claimed` says that its key is committed; `reads_only` that its handler must not write."""

    team_id: str
    idempotency_key: str
    claimed: bool = False
    reads_only: bool = False


_current: ContextVar[Delivery | None] = ContextVar("delivery", default=None)


@contextmanager
def handling(delivery: Delivery) -> Iterator[None]:
    """Within the block every transaction belongs to this delivery, and the first of them claims its key."""
    token = _current.set(delivery)
    try:
        yield
    finally:
        _current.reset(token)


def unclaimed() -> Delivery | None:
    """The delivery whose key the next transaction has to claim. Raises WroteWhileReading."""
    delivery = _current.get()
    if delivery is not None and delivery.reads_only:
        raise WroteWhileReading(delivery.idempotency_key)
    return None if delivery is None or delivery.claimed else delivery
