"""What holds for every test."""

import asyncio
import functools
import inspect
import logging
import re
import ssl
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from hypothesis import settings

from bot import logs
from bot.store import database
from bot.texts import catalogue

catalogue.strict = True  # a string without Chinese fails the test that shows it

settings.register_profile("untimed", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("untimed")  # a busy machine is no failure

LONGEST = 300  # seconds that an asynchronous test may take: a drill needs 90 on a slow machine


def pytest_itemcollected(item: pytest.Item) -> None:
    """No test waits for ever: it fails and shows where it waited.

    One that is not asynchronous, or blocks the loop, fails with its process (`faulthandler_timeout` in pyproject).
    """
    if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
        item.obj = limited(item.obj)


def limited(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """The same test with a deadline."""

    @functools.wraps(test)
    async def in_time(*args: Any, **kwargs: Any) -> None:
        async with asyncio.timeout(LONGEST):
            await test(*args, **kwargs)

    return in_time


@pytest.fixture(scope="session", autouse=True)
def cheaper() -> Iterator[None]:
    """What costs much and shows nothing here is left out.

    Each HTTP client would read the machine's certificates, which takes longer than most tests. And a transaction on
    the disk outlives the end of its process; only one of the machine's would need it to be there at once.
    """
    pragmas = tuple(each.replace("synchronous=FULL", "synchronous=OFF") for each in database.SQLITE_PRAGMAS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        patch.setattr(database, "SQLITE_PRAGMAS", pragmas)
        yield


LOUD_ON_PURPOSE = "test_logs.py"
"""Logs secrets to see what becomes of them."""


class Canaries(logging.Handler):
    """Hears every record as it was written, before anything is redacted, and keeps those that hold a secret.

    Whatever has the shape of a token, an assertion, a key or a one-time address counts: the stories are full of real
    ones. Of libraries only what the bot lets through (`logs.FLOORS`).
    """

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.sang: list[str] = []
        self.addFilter(logs._above_floor)

    def emit(self, record: logging.LogRecord) -> None:
        """Look at the text, the traceback, and all that was handed over with it."""
        text = f"{self.format(record)} {vars(record)!r}"
        if logs._TOKEN.search(text) or ONCE.search(text):
            self.sang.append(f"{record.name} {record.levelname}: {logs.redact(text)}")


ONCE = re.compile(r"/once/[A-Za-z0-9_-]{20,}")


@pytest.fixture(autouse=True)
def canaries(request: pytest.FixtureRequest) -> Iterator[Canaries]:
    """No test leaves a secret in a log, with our own loggers telling all they can."""
    handler, ours, root = Canaries(), logging.getLogger("bot"), logging.getLogger()
    if request.node.path.name == LOUD_ON_PURPOSE:
        yield handler
        return
    level = ours.level
    ours.setLevel(logging.DEBUG)
    for logger in (ours, root):
        logger.addHandler(handler)
    yield handler
    for logger in (ours, root):
        logger.removeHandler(handler)
    ours.setLevel(level)
    assert not handler.sang
