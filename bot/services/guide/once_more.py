"""What a person does with their guide is done again where the guide was changed between reading and writing it."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import wraps
from typing import ParamSpec, TypeVar

from bot.core.errors import Overtaken

TRIES = 5
P = ParamSpec("P")
T = TypeVar("T")


def once_more(verb: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """A job may save the guide just then, on PostgreSQL: what was pressed is still meant, if its step still stands.

    Nothing of a try that lost is kept, the delivery's key neither. Who loses `TRIES` times is told.
    """

    @wraps(verb)
    async def again(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(TRIES - 1):
            with suppress(Overtaken):
                return await verb(*args, **kwargs)
        return await verb(*args, **kwargs)

    return again
