"""How a process that goes on until it is told to end does end, whatever it waits for."""

import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable, Coroutine
from typing import Any

log = logging.getLogger(__name__)

Work = Callable[[asyncio.Event, asyncio.Event], Coroutine[Any, Any, None]]

STARTING = 3.0  # seconds that a start which is given up has to tidy up


async def until_told(work: Work, ending: float) -> None:
    """Do the work until SIGTERM or Ctrl-C, of which its first event tells. Before it has set the second, to say that
    it has started, it is cancelled: it may wait for somebody who does not come.

    What has not ended after `ending` seconds, a name that is being looked up or another's lock, is left behind.
    """
    stop, started = asyncio.Event(), asyncio.Event()
    working = asyncio.create_task(work(stop, started))

    def end() -> None:
        if stop.is_set():
            return
        stop.set()
        _leave_after(ending if started.is_set() else STARTING)
        if not started.is_set():
            working.cancel()

    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers of the loop
            loop.add_signal_handler(name, end)
    try:
        await working
    except asyncio.CancelledError:
        if not stop.is_set():
            raise


def _leave_after(seconds: float) -> None:
    """From a thread that nobody waits for: threads of others, which can't be cancelled, hold up a process's end."""

    def leave() -> None:
        log.warning("ended without what took longer than %.0f s", seconds)
        os._exit(0)

    leaving = threading.Timer(seconds, leave)
    leaving.daemon = True
    leaving.start()
