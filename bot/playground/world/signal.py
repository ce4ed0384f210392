"""One signal for everything that is different now: the page, a scenario and a journal wait for it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Signal:
    """Counts changes and wakes whoever watches."""

    def __init__(self) -> None:
        self.revision = 0
        self._watchers: set[asyncio.Event] = set()

    def changed(self) -> None:
        """Tell everyone who watches that something is different now."""
        self.revision += 1
        for watcher in self._watchers:
            watcher.set()

    @contextmanager
    def watch(self) -> Iterator[asyncio.Event]:
        """An event that is set at each change, for as long as the block lasts; the watcher clears it."""
        event = asyncio.Event()
        self._watchers.add(event)
        try:
            yield event
        finally:
            self._watchers.discard(event)
