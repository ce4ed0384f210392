"""What holds for every test."""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.texts import catalogue

catalogue.strict = True  # a string without Chinese fails the test that shows it

LONGEST = 120  # seconds that an asynchronous test may take


def pytest_itemcollected(item: pytest.Item) -> None:
    """No test waits for ever: it fails and shows where it waited. (What blocks the loop is ended by faulthandler.)"""
    if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
        item.obj = limited(item.obj)


def limited(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """The same test with a deadline."""

    @functools.wraps(test)
    async def in_time(*args: Any, **kwargs: Any) -> None:
        async with asyncio.timeout(LONGEST):
            await test(*args, **kwargs)

    return in_time
